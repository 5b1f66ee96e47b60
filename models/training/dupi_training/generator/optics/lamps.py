"""The ring of lamps, seen as a picture in the space of surface slopes: which slopes mirror a lamp into the lens."""

from dataclasses import dataclass

import cv2
import numpy as np

HALF = 64  # half the width of the table; it reaches slopes of -1..1


@dataclass
class Ring:
    """Lamps as (direction, tilt) in radians, and their mirror pictures for a wet and for a matt surface."""

    lamps: list
    wet: np.ndarray
    matt: np.ndarray
    tilt_x: np.ndarray
    tilt_y: np.ndarray


def draw_ring(rng, height, width):
    """A ring light of 4 to 16 lamps, sometimes uneven, never quite centred over the frame."""
    count, turn = int(rng.integers(4, 17)), rng.uniform(0, 6.28)
    tilt = rng.uniform(0.5, 0.95)
    strength = rng.uniform(1 - rng.choice((0.15, 0.7)), 1, count)
    lamps = [(turn + 2 * np.pi * number / count, tilt) for number in range(count)]
    axis = np.linspace(-1, 1, 2 * HALF + 1, dtype=np.float32)
    wet, matt = np.zeros((2, 2 * HALF + 1, 2 * HALF + 1), np.float32)
    narrow, broad = rng.uniform(0.03, 0.06), rng.uniform(0.13, 0.2)
    for (direction, _), power in zip(lamps, strength):
        x, y = np.cos(direction) * np.tan(tilt / 2), np.sin(direction) * np.tan(tilt / 2)
        for table, breadth in ((wet, narrow), (matt, broad)):
            row, column = (np.exp(-(((axis - centre) / breadth) ** 2)) for centre in (y, x))
            table += power * row[:, None] * column[None]
    slant = rng.uniform(0.05, 0.22) / width
    offset = rng.normal(0, 0.05, 2)
    tilt_x = (np.arange(width, dtype=np.float32) - width / 2) * np.float32(slant) + np.float32(offset[0])
    tilt_y = (np.arange(height, dtype=np.float32) - height / 2) * np.float32(slant) + np.float32(offset[1])
    return Ring(lamps, np.minimum(wet, 1.5), matt / max(matt.max(), 1e-3), tilt_x[None], tilt_y[:, None])


def slopes(height_field):
    """Slopes along x and y of a height field in pixels."""
    along_x, along_y = ((1, 0), (0, 1))
    return tuple(cv2.Scharr(height_field, cv2.CV_32F, *way, scale=1 / 32) for way in (along_x, along_y))


def mirrored(ring, table, slope_x, slope_y):
    """How bright the lamps stand in a surface of these slopes."""
    column, row = (slope_x + ring.tilt_x) * HALF + HALF, (slope_y + ring.tilt_y) * HALF + HALF
    return cv2.remap(table, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
