"""Real photographs that are not scalps: the samples that come with scikit-image.

They are read from the installed package, never copied into this repository. Some are kept for
measuring only, so that the gate is judged on photographs that it never saw.
"""

import os
from functools import cache

import cv2
import numpy as np
import skimage

TRAINING = (
    "astronaut.png", "brick.png", "camera.png", "cell.png", "coins.png", "grass.png",
    "hubble_deep_field.jpg", "ihc.png", "motorcycle_left.png", "page.png", "retina.jpg", "horse.png", "logo.png",
)
HELD_OUT = ("chelsea.png", "coffee.png", "gravel.png", "rocket.jpg", "text.png", "moon.png", "color.png", "clock_motion.png")


@cache
def photograph(name):
    """One sample as uint8 RGB."""
    path = os.path.join(os.path.dirname(skimage.__file__), "data", name)
    pixels = cv2.imread(path, cv2.IMREAD_COLOR)
    if pixels is None:
        raise FileNotFoundError(f"scikit-image does not bring {name}")
    return np.ascontiguousarray(pixels[..., ::-1])


def crop(rng, names, height, width):
    """A random window of a random photograph, from a tenth of its side up to all of it."""
    pixels = photograph(names[rng.integers(len(names))])
    if rng.random() < 0.3:
        pixels = np.rot90(pixels, int(rng.integers(4)))
    rows, columns = pixels.shape[:2]
    share = np.exp(rng.uniform(np.log(0.25), 0))
    tall = max(24, int(min(rows, columns * height / width) * share))
    wide = max(32, int(tall * width / height))
    tall, wide = min(tall, rows), min(wide, columns)
    top, left = rng.integers(rows - tall + 1), rng.integers(columns - wide + 1)
    way = cv2.INTER_AREA if tall > height else cv2.INTER_CUBIC
    window = np.ascontiguousarray(pixels[top : top + tall, left : left + wide])
    return cv2.resize(window, (width, height), interpolation=way)
