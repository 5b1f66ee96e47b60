"""Two pictures for the report: the label table, and examples of every condition and grade."""

import io

from PIL import Image, ImageDraw, ImageFont

from ..contract import CONDITIONS, GRADES
from .report import GRADE_NAMES
from .table import SPLITS

INK, PAPER, LINE = (32, 36, 42), (255, 255, 255), (205, 210, 216)
# One hue, light to dark: read by lightness alone, so colour-blind people and printers see it too.
LIGHT, DARK = (239, 245, 250), (24, 84, 140)


def font(size):
    return ImageFont.load_default(size)


def shade(share):
    """Cell colour and ink for a share in 0..1; square-rooted, so that one per cent is still seen."""
    level = share**0.5
    colour = tuple(round(a + (b - a) * level) for a, b in zip(LIGHT, DARK))
    return (colour if share else PAPER), (PAPER if level > 0.55 else INK)


def words(name):
    return name.replace("_", " ")


def labels(table, path):
    """Images per condition and grade, one block of four columns per split; shaded by the share within the row."""
    left, top, cell, height, gap = 300, 92, 96, 44, 18
    block = GRADES * cell + gap
    image = Image.new("RGB", (left + len(SPLITS) * block + 6, top + len(CONDITIONS) * height + 52), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((16, 14), f"Images per condition and grade ({len(table.all):,}, parted by {table.by})", INK, font(20))
    for at, split in enumerate(SPLITS):
        counts, x = table.counts(split), left + at * block
        draw.text((x, 46), f"{split}: {len(table.rows(split)):,}", INK, font(17))
        for grade, name in enumerate(GRADE_NAMES):
            draw.text((x + (grade + 0.5) * cell, top - 12), f"{grade} {name}", INK, font(13), anchor="mm")
        for row, condition in enumerate(CONDITIONS):
            y = top + row * height
            if at == 0:
                draw.text((16, y + height / 2), words(condition), INK, font(17), anchor="lm")
            for grade, number in enumerate(counts[condition]):
                colour, ink = shade(number / max(sum(counts[condition]), 1))
                box = (x + grade * cell, y, x + (grade + 1) * cell, y + height)
                draw.rectangle(box, colour, LINE)
                middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
                draw.text(middle, f"{number:,}", ink, font(17), anchor="mm")
    draw.text((16, image.height - 32), "Darker: a larger share of that condition's images in a split.", INK, font(14))
    image.save(path)


def examples(table, path, each=2):
    """Images of train for every condition (rows) and grade (columns), the purest first: little else to be seen."""
    wide, high, left, top = 200, 150, 150, 34
    image = Image.new("RGB", (left + GRADES * (each * wide + 8), top + len(CONDITIONS) * (high + 8)), PAPER)
    draw = ImageDraw.Draw(image)
    rows = sorted(table.rows("train"), key=lambda row: (sum(row.grades), row.sha256))
    for grade, name in enumerate(GRADE_NAMES):
        draw.text((left + grade * (each * wide + 8), 8), f"{grade} {name}", INK, font(16))
    for head, condition in enumerate(CONDITIONS):
        y = top + head * (high + 8)
        for line, word in enumerate(words(condition).split()):
            draw.text((8, y + 8 + 20 * line), word, INK, font(15))
        for grade in range(GRADES):
            fitting = [row for row in rows if row.grades[head] == grade]
            for at, row in enumerate(fitting[:each]):
                x = left + grade * (each * wide + 8) + at * wide
                with Image.open(io.BytesIO(table.read(row))) as picture:
                    picture = picture.convert("RGB")
                picture.thumbnail((wide - 4, high))
                image.paste(picture, (x, y))
    image.save(path)
