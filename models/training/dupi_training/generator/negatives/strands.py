"""Many strands that are not hair on a scalp: fur, wool, grass, hay, noodles, cables, feathers, brushes."""

import cv2
import numpy as np

from .. import photographs
from ..noise import bank, soft_step
from .paint import (
    colour, eight_bit, flat, gradient, hair_colour, lit, paths, plane, scattered, strokes, tapered, tones,
)


def coat(rng, height, width, base, count, length, spread, thick, curl=0.4):
    """A surface wholly covered with short strokes that lean one way, the way turning slowly."""
    canvas = flat(height, width, base * rng.uniform(0.3, 0.8))
    starts = scattered(rng, count, height, width)
    turn = bank().field(rng, height, width, 110)
    rows, columns = np.clip(starts[:, 1], 0, height - 1).astype(int), np.clip(starts[:, 0], 0, width - 1).astype(int)
    lean = rng.uniform(0, 2 * np.pi) + turn[rows, columns] * rng.uniform(0, 1.2) + rng.normal(0, spread, count)
    drawn = paths(rng, starts, lean, length * rng.uniform(0.6, 1.3, count), curl, 4)
    return lit(strokes(canvas, drawn, tones(rng, base, count, 0.4, 1.5), thick), rng)


def fur(rng, height, width):
    """An animal's coat: no skin, no opening; now and then patches of another colour."""
    base = hair_colour(rng) * rng.uniform(0.8, 2.2) if rng.random() < 0.7 else colour(rng)
    image = coat(rng, height, width, base, int(rng.uniform(300, 800)), rng.uniform(10, 70), rng.uniform(0.05, 0.6), int(rng.integers(1, 4)))
    if rng.random() < 0.4:
        patch = soft_step(bank().field(rng, height, width, 48), rng.uniform(-0.5, 1), 0.6)[..., None]
        image = image * (1 - patch) + image.mean(2, keepdims=True) * colour(rng) * rng.uniform(0.6, 2.5) * patch
    return image


def grass(rng, height, width):
    """Blades and hay, thick and crossing."""
    base = np.array(((0.3, 0.5, 0.15), (0.45, 0.6, 0.25), (0.75, 0.65, 0.4), (0.5, 0.42, 0.28))[rng.integers(4)], np.float32)
    return coat(rng, height, width, base, int(rng.uniform(120, 500)), rng.uniform(30, 160), rng.uniform(0.2, 1.5), int(rng.integers(1, 8)), 0.6)


def wool(rng, height, width):
    """Curls of wool, felt, a doll's or a poodle's hair."""
    base = colour(rng)
    count = int(rng.uniform(150, 380))
    drawn = paths(rng, scattered(rng, count, height, width), rng.uniform(0, 6.3, count), rng.uniform(30, 120, count), 3.0, 9, 0.4)
    return lit(strokes(flat(height, width, base * 0.6), drawn, tones(rng, base, count, 0.6, 1.3), int(rng.integers(1, 5))), rng)


def doll_hair(rng, height, width):
    """Parallel shiny plastic strands, or a wig, of any colour."""
    base = colour(rng, 1.3)
    u, v = plane(rng, height, width, 30)
    lines = bank().field(rng, 64, 1024, 3)[:8]
    sheen = np.exp(-(((v - rng.uniform(0, height)) / rng.uniform(15, 60)) ** 2))
    lane = np.mod(u * rng.uniform(0.6, 3), 1023).astype(np.float32)
    streak = cv2.remap(lines, lane, np.clip(v / height * 7, 0, 7).astype(np.float32), cv2.INTER_LINEAR)
    return np.clip(0.6 + 0.22 * streak + 0.6 * sheen * (0.6 + 0.3 * streak), 0, 2)[..., None] * base


def brush(rng, height, width):
    """Combs, brushes and brooms: bristles in a row on a handle, before some ground."""
    canvas = eight_bit(_ground(rng, height, width)).copy()
    top, count = rng.uniform(0.05, 0.4) * height, int(rng.uniform(10, 90))
    x = np.linspace(rng.uniform(-20, 60), width - rng.uniform(-20, 60), count) + rng.normal(0, 1, count)
    starts = np.stack([x, np.full(count, top)], 1)
    lean = np.pi / 2 + rng.normal(0, rng.uniform(0, 0.15), count)
    base = colour(rng)
    drawn = paths(rng, starts, lean, np.full(count, rng.uniform(0.3, 0.8) * height), 0.1, 3)
    strokes(canvas, drawn, tones(rng, base, count, 0.7, 1.2), int(max(1, width / count * rng.uniform(0.3, 0.7))), 0.2)
    body = eight_bit(colour(rng)[None, None])[0, 0].tolist()
    cv2.rectangle(canvas, (0, int(top - rng.uniform(15, 60))), (width, int(top)), body, -1)
    tilt = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(0, 360), rng.uniform(0.9, 1.8))
    return lit(cv2.warpAffine(canvas, tilt, (width, height), borderMode=cv2.BORDER_REFLECT), rng)


def cables(rng, height, width):
    """Cables, twigs, ropes, pencils on anything but skin with openings: thick lines alone make no scalp."""
    canvas = eight_bit(_ground(rng, height, width)).copy()
    count = int(rng.integers(2, 26))
    lean = rng.uniform(0, 6.3) + rng.normal(0, rng.uniform(0.05, 1.5), count)
    drawn = paths(rng, scattered(rng, count, height, width, 60), lean, rng.uniform(80, 420, count), 0.6, 12, 0.08)
    inks = tones(rng, colour(rng), count) if rng.random() < 0.6 else np.stack([colour(rng) for _ in range(count)])
    return strokes(canvas, drawn, inks, rng.integers(2, 17, count), rng.uniform(0, 0.4))


def insect_legs(rng, height, width):
    """A body with jointed, bristly legs on a coloured ground."""
    canvas = eight_bit(_ground(rng, height, width)).copy()
    ink, middle = hair_colour(rng), np.array((rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height))
    count = int(rng.integers(4, 11))
    legs = paths(rng, np.repeat(middle[None], count, 0), np.linspace(0, 6.3, count) + rng.normal(0, 0.2, count), rng.uniform(80, 220, count), 1.4, 8)
    strokes(canvas, legs, tones(rng, ink, count), int(rng.integers(2, 9)), 0.15)
    roots = legs[:, 1:-1].reshape(-1, 2)
    roots = np.repeat(roots, 5, 0) + rng.normal(0, 6, (len(roots) * 5, 2))
    strokes(canvas, paths(rng, roots, rng.uniform(0, 6.3, len(roots)), rng.uniform(5, 16, len(roots)), 0.3, 3), tones(rng, ink, len(roots)), 1)
    axes = (int(rng.uniform(15, 50)), int(rng.uniform(10, 30)))
    cv2.ellipse(canvas, middle.astype(int).tolist(), axes, rng.uniform(0, 180), 0, 360, eight_bit(ink[None, None])[0, 0].tolist(), -1, cv2.LINE_AA)
    return canvas


def hair_on_table(rng, height, width):
    """Loose hairs, threads or a lock on cloth, paper, a table: hair without a scalp."""
    canvas = eight_bit(_ground(rng, height, width)).copy()
    count = int(np.exp(rng.uniform(np.log(3), np.log(200))))
    drawn = paths(rng, scattered(rng, count, height, width, 40), rng.uniform(0, 6.3) + rng.normal(0, rng.uniform(0.1, 3), count),
                  rng.uniform(80, 400, count), 2.0, 14, 0.12)
    return strokes(canvas, drawn, tones(rng, hair_colour(rng), count), 1 if count > 40 else int(rng.integers(1, 3)))


def noodles(rng, height, width):
    """Spaghetti and noodles: pale thick ropes over one another, with sauce."""
    base = np.array(((0.92, 0.8, 0.5), (0.85, 0.65, 0.35), (0.95, 0.92, 0.85), (0.6, 0.4, 0.25))[rng.integers(4)], np.float32)
    canvas, count, thick = flat(height, width, base * 0.45), int(rng.uniform(30, 110)), int(rng.integers(4, 15))
    drawn = paths(rng, scattered(rng, count, height, width, 50), rng.uniform(0, 6.3, count), rng.uniform(100, 350, count), 2.5, 12, 0.2)
    for path in drawn:
        one = path[None]
        strokes(canvas, one, base[None] * 0.55, thick + 2)
        strokes(canvas, one, tones(rng, base, 1, 0.85, 1.1), thick, 0.15)
    sauce = soft_step(bank().field(rng, height, width, 48), rng.uniform(0.3, 2), 0.3)[..., None] * 0.7
    return lit(canvas, rng) * (1 - sauce) + np.array((0.7, 0.15, 0.05), np.float32) * sauce


def feathers(rng, height, width):
    """Overlapping feathers: a shaft with barbs on both sides."""
    base = colour(rng)
    canvas = flat(height, width, base * 0.6)
    for _ in range(int(rng.integers(2, 6))):
        length, lean, start = rng.uniform(120, 360), rng.uniform(0, 6.3), scattered(rng, 1, height, width, 20)
        shaft = paths(rng, start, [lean], [length], 0.3, 34)[0]
        tone = base * rng.uniform(0.6, 1.4)
        for side in (-1, 1):
            reach = length * rng.uniform(0.1, 0.25) * np.sin(np.linspace(0.15, 3.1, len(shaft)))
            barbs = paths(rng, shaft, np.full(len(shaft), lean + side * rng.uniform(0.5, 1.0)), reach, 0.1, 4)
            strokes(canvas, barbs, tones(rng, tone, len(barbs), 0.8, 1.2), int(max(2, length / 34 * 0.8)))
        strokes(canvas, shaft[None], tone[None] * 1.5, 2)
    return lit(canvas, rng)


def carpet(rng, height, width):
    """Pile in tufts or loops, plain or patterned."""
    base, pitch = colour(rng), rng.uniform(6, 20)
    y, x = np.mgrid[0 : height + pitch : pitch, 0 : width + pitch : pitch]
    roots = np.stack([x.ravel(), y.ravel()], 1) + rng.normal(0, pitch * 0.25, (x.size, 2))
    roots = roots[rng.permutation(len(roots))[:700]]
    canvas = flat(height, width, base * 0.4)
    drawn = paths(rng, roots, rng.uniform(0, 6.3, len(roots)), rng.uniform(0.8, 2.4, len(roots)) * pitch, 2.0, 4)
    inks = tones(rng, base, len(roots), 0.6, 1.3)
    if rng.random() < 0.5:
        other = np.sin(roots[:, 0] / rng.uniform(10, 40)) * np.sin(roots[:, 1] / rng.uniform(10, 40)) > 0
        inks[other] = tones(rng, colour(rng), int(other.sum()), 0.6, 1.3)
    return lit(strokes(canvas, drawn, inks, max(2, int(pitch * 0.3))), rng)


def cactus(rng, height, width):
    """Spines in clusters on a green or brown skin, a hedgehog, a pincushion."""
    base = np.array(((0.3, 0.5, 0.25), (0.5, 0.6, 0.4), (0.4, 0.3, 0.2), (0.75, 0.25, 0.3))[rng.integers(4)], np.float32)
    canvas = eight_bit(base * (0.9 + 0.2 * bank().field(rng, height, width, 48))[..., None])
    roots = np.repeat(scattered(rng, int(rng.integers(8, 50)), height, width), int(rng.integers(4, 10)), 0)
    drawn = paths(rng, roots, rng.uniform(0, 6.3, len(roots)), rng.uniform(15, 60, len(roots)), 0.1, 4)
    return lit(tapered(canvas, drawn, tones(rng, colour(rng), len(roots)), 3), rng)


def _ground(rng, height, width):
    roll = rng.random()
    if roll < 0.5:
        return photographs.crop(rng, photographs.TRAINING, height, width)
    if roll < 0.75:
        return gradient(rng, height, width)
    return np.clip(colour(rng) * (1 + 0.12 * bank().field(rng, height, width, rng.choice((3, 8, 48))))[..., None], 0, 1)
