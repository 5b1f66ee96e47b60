"""Numbers that hold the service to this preprocessing: small pictures of many sizes, shapes, formats and orientations,
and what the network is given of each.

A picture is made from an integer pattern, so it is the same everywhere; its file is written once and kept. Of each the
book `agreement.json` keeps, per channel, the mean and every 383rd byte (0-255, before normalising) of the frame
that `preprocess.frame` gives: 600 numbers a picture, of 230,400.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from . import preprocess
from .contract import DEMONSTRATION_INPUT

STEP = 383
ORIENTATION = 0x0112

# Name: width, height, format, EXIF orientation (0: none), what the file is saved with.
PICTURES = {
    "same_size": (320, 240, "PNG", 0, {}),
    "double_size": (640, 480, "JPEG", 0, {"quality": 50, "subsampling": 0}),
    "smaller": (200, 150, "PNG", 0, {}),
    "tiny": (33, 47, "PNG", 0, {}),
    "square": (301, 301, "JPEG", 0, {"quality": 75, "subsampling": 0}),
    "wide": (700, 160, "JPEG", 0, {"quality": 75, "subsampling": 2}),
    "tall": (160, 700, "JPEG", 0, {"quality": 75, "subsampling": 2}),
    "very_wide": (900, 60, "PNG", 0, {}),
    "odd": (641, 479, "JPEG", 0, {"quality": 60, "subsampling": 1}),
    "one_more": (321, 241, "PNG", 0, {}),
    "phone": (1280, 960, "JPEG", 0, {"quality": 20, "subsampling": 2}),
    "phone_tall": (720, 960, "JPEG", 6, {"quality": 50, "subsampling": 2}),
    "large": (1600, 1200, "JPEG", 0, {"quality": 20, "subsampling": 2}),
    "progressive": (500, 400, "JPEG", 0, {"quality": 75, "progressive": True}),
    "mirrored": (400, 300, "JPEG", 2, {"quality": 75, "subsampling": 0}),
    "upside_down": (400, 300, "JPEG", 3, {"quality": 75, "subsampling": 0}),
    "transposed": (300, 400, "JPEG", 5, {"quality": 75, "subsampling": 0}),
    "turned_left": (300, 400, "JPEG", 8, {"quality": 75, "subsampling": 2}),
    "lossless_webp": (480, 360, "WEBP", 0, {"lossless": True}),
    "grey": (450, 350, "JPEG", 0, {"quality": 75, "grey": True}),
}


def pattern(width, height):
    """Slopes in steps, wide rings and a few thick dark strands [height,width,3], from whole numbers alone."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    u, v = x * 1024 // width, y * 1024 // height
    rings = ((u - 512) ** 2 + (v - 400) ** 2) // 32768 % 8
    rings = np.minimum(rings, 7 - rings) * 12
    slope = (u + v) // 256 * 12
    pixels = np.stack([110 + slope + rings, 80 + slope + rings // 2, 60 + slope // 2 + rings], -1)
    strands = ((u * 3 + v * 2) % 2400 < 90) | ((u * 2 - v * 3) % 3000 < 80)
    pixels[strands] //= 3
    return np.clip(pixels, 0, 255).astype(np.uint8)


def coded(width, height, kind, orientation, options):
    """The file of one picture."""
    options = dict(options)
    photo = Image.fromarray(pattern(width, height))
    if options.pop("grey", False):
        photo = photo.convert("L")
    if orientation:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options["exif"] = exif
    out = io.BytesIO()
    if kind != "WEBP":
        options["optimize"] = True
    photo.save(out, kind, **options)
    return out.getvalue()


def numbers(file):
    """What the network is given of a file: per channel the mean, and every 383rd byte row by row."""
    frame = preprocess.frame(Image.open(io.BytesIO(file)))
    planes = frame.transpose(2, 0, 1).reshape(3, -1)
    return {
        "means": [round(float(mean), 3) for mean in planes.mean(1)],
        "every": [plane[::STEP].tolist() for plane in planes],
    }


def write(folder):
    """Writes the pictures that are not there yet, and `agreement.json` from all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    book = {"width": DEMONSTRATION_INPUT.width, "height": DEMONSTRATION_INPUT.height, "step": STEP, "pictures": {}}
    for name, (width, height, kind, orientation, options) in PICTURES.items():
        path = folder / f"{name}.{kind.lower()}"
        if not path.exists():
            path.write_bytes(coded(width, height, kind, orientation, options))
        book["pictures"][path.name] = numbers(path.read_bytes())
        print(f"{path.name}: {path.stat().st_size} bytes", file=sys.stderr)
    text = json.dumps(book, separators=(",", ":")).replace('},"', '},\n"')
    (folder / "agreement.json").write_text(text + "\n")


def register(commands):
    command = commands.add_parser("agreement", help=write.__doc__)
    command.add_argument("--out", required=True, help="the folder for pictures and numbers")
    command.set_defaults(action=lambda options: write(Path(options.out)))
