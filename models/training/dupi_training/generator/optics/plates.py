"""Dandruff: thick cream-white to yellow plates with crusty edges, stuck to skin and hair."""

import cv2
import numpy as np

from ..grades import along
from .lamps import slopes
from .textures import cover, sample, window


def lay_plates(rng, quantity, layout, shape, unit):
    """The plates' mask in 0..1 covering the wanted share of the frame, or nothing when there are none."""
    share = along(quantity, 0, 0.008, 0.035, 0.10, 0.32) * rng.uniform(0.93, 1.07)
    if quantity < 0.7:
        return None
    height, width = shape
    count = 1 + rng.poisson(along(quantity, 1, 1.6, 3, 5, 7))
    field = np.full(shape, -3.0, np.float32)
    size = float(np.sqrt(share * height * width / count / 3.14))
    for _ in range(count):
        radius = max(size * float(np.exp(rng.normal(0.1, 0.4))), 3.5 * unit)
        x, y = rng.uniform((0.03, 0.03), (0.97, 0.97)) * (width, height)
        if layout.openings and rng.random() < 0.6:
            opening = layout.openings[rng.integers(len(layout.openings))]
            x, y = np.array([opening.x, opening.y]) + rng.normal(0, 0.6 * radius + opening.radius, 2)
            x, y = np.clip(x, 0.02 * width, 0.98 * width), np.clip(y, 0.02 * height, 0.98 * height)
        place = window(shape, x, y, radius * 3.6)
        if place is None:
            continue
        part, dx, dy = place
        turn, stretch = rng.uniform(0, 3.14), rng.uniform(0.7, 1.0)
        cosine, sine = float(np.cos(turn)), float(np.sin(turn))
        s, t = dx * cosine + dy * sine, dy * cosine - dx * sine
        field[part] = np.maximum(field[part], 1 - np.sqrt((s * stretch) ** 2 + (t / stretch) ** 2) / radius)
    field += rng.uniform(0.07, 0.16) * sample(rng, "ragged", height, width, rng.uniform(0.35, 0.8) * unit)
    field += rng.uniform(0.12, 0.25) * sample(rng, "cloud", height, width, rng.uniform(0.2, 0.5) * unit)
    return field, cover(field, share, 0.07 * min(1, 9 * unit / size) + 0.03)


def paint_plates(rng, canvas, field, mask, unit):
    """Paints the plates over everything: terraces of crust, lit from aslant, casting a shadow."""
    height, width = mask.shape
    crust = sample(rng, "ragged", height, width, rng.uniform(0.3, 0.6) * unit)
    grain = sample(rng, "grain", height, width, rng.uniform(0.8, 1.4) * unit)
    depth = np.clip(field + 0.3, 0, 1.2)
    steps = rng.uniform(2, 5)
    terraces = depth + 0.25 * np.abs(np.sin((field + 0.2 * crust) * steps * 2))
    relief = terraces * rng.uniform(2.5, 5) + crust * rng.uniform(0.15, 0.45) + grain * rng.uniform(0.05, 0.16)
    relief = cv2.GaussianBlur(relief * (unit * mask), (0, 0), 0.8 * unit)
    slope_x, slope_y = slopes(relief)
    direction = rng.uniform(0, 6.28)
    toward = float(np.cos(direction)) * slope_x + float(np.sin(direction)) * slope_y
    lit = (1 + 0.5 * toward) / np.sqrt(1 + slope_x**2 + slope_y**2)
    lit = np.clip(lit, 0.4, 1.2) * rng.uniform(1.0, 1.25)
    yellow = float(rng.choice((rng.uniform(0.02, 0.14), rng.uniform(0.14, 0.42)), p=(0.6, 0.4)))
    cells = sample(rng, "cells", height, width, rng.uniform(0.3, 0.6) * unit)
    seams = 1 - rng.uniform(0.05, 0.3) * np.exp(-cells / (0.8 * unit))
    stain = np.clip(0.6 + 0.35 * crust + 0.4 * depth, 0.1, 1.6) * yellow
    colour = np.stack([1 - 0.04 * stain, 1 - 0.26 * stain, 1 - 0.95 * stain]) * (lit * seams)
    shift = np.float32([[1, 0, rng.uniform(-2.5, 2.5) * unit], [0, 1, rng.uniform(-2.5, 2.5) * unit]])
    shadow = cv2.GaussianBlur(cv2.warpAffine(mask, shift, (width, height)), (0, 0), 1.8 * unit)
    canvas *= 1 - rng.uniform(0.25, 0.5) * shadow
    opacity = mask * np.clip(0.8 + 0.5 * depth, 0, 0.985)
    canvas += (colour - canvas) * opacity
