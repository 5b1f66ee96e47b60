"""Brushes that every family shares: colours, grounds, many strokes at once."""

import cv2
import numpy as np

from ..noise import bank

SKINS = np.array(((0.88, 0.70, 0.58), (0.78, 0.58, 0.45), (0.50, 0.34, 0.25), (0.94, 0.82, 0.74), (0.85, 0.62, 0.55)), np.float32)
HAIRS = np.array(((0.08, 0.06, 0.05), (0.2, 0.13, 0.09), (0.35, 0.22, 0.12), (0.65, 0.5, 0.3), (0.55, 0.54, 0.53)), np.float32)


def colour(rng, spread=1.0):
    """A random colour, seldom grey, often skin- or hair-like: the hard cases."""
    if rng.random() < 0.35:
        base = np.array(((0.85, 0.68, 0.56), (0.2, 0.13, 0.1), (0.6, 0.4, 0.3), (0.9, 0.85, 0.8))[rng.integers(4)])
        return np.clip(base * rng.uniform(0.7, 1.15) + rng.normal(0, 0.03, 3), 0, 1).astype(np.float32)
    return np.clip(0.5 + (rng.random(3) - 0.5) * spread, 0, 1).astype(np.float32)


def skin_colour(rng):
    return np.clip(SKINS[rng.integers(len(SKINS))] * rng.uniform(0.8, 1.1) + rng.normal(0, 0.02, 3), 0, 1).astype(np.float32)


def hair_colour(rng):
    return np.clip(HAIRS[rng.integers(len(HAIRS))] * rng.uniform(0.7, 1.3), 0, 1).astype(np.float32)


def shade(value, gain=1.0):
    """A colour in 0..1 as OpenCV wants it."""
    return tuple(np.clip(np.asarray(value) * (255 * gain), 0, 255).astype(int).tolist())


def eight_bit(image):
    """A canvas to draw on."""
    return image if image.dtype == np.uint8 else np.clip(image * 255, 0, 255).astype(np.uint8)


def flat(height, width, value):
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = shade(value)
    return canvas


def gradient(rng, height, width):
    """Two colours that run into each other."""
    y, x = np.linspace(0, 1, height, dtype=np.float32)[:, None], np.linspace(0, 1, width, dtype=np.float32)[None]
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.clip(0.5 + (x - 0.5) * np.float32(np.cos(angle)) + (y - 0.5) * np.float32(np.sin(angle)), 0, 1)[..., None]
    first, second = colour(rng), colour(rng)
    return second + (first - second) * ramp


def plane(rng, height, width, bend=6.0):
    """Two crossing coordinates in pixels, turned at random and slightly bent."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    along, across = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    u = x * along + y * across + bank().field(rng, height, width, 110) * np.float32(rng.uniform(0, bend))
    v = -x * across + y * along + bank().field(rng, height, width, 110) * np.float32(rng.uniform(0, bend))
    return u, v


def shaded(rng, image, fine=0.06, broad=0.12):
    """Light that falls unevenly, and grain."""
    height, width = image.shape[:2]
    light = 1 + bank().field(rng, height, width, 3) * np.float32(fine) + bank().field(rng, height, width, 110) * np.float32(broad)
    return image * light[..., None]


def lit(canvas, rng, broad=0.15):
    """A drawn canvas under uneven light, float32."""
    return canvas.astype(np.float32) / 255 * (1 + bank().field(rng, *canvas.shape[:2], 110) * np.float32(broad))[..., None]


def paths(rng, starts, headings, lengths, curl=0.3, points=5, jitter=0.0):
    """Curved paths, [n, points, 2]: each starts somewhere, heads somewhere and bends by about `curl` in all."""
    count = len(starts)
    bend = np.linspace(0, 1, points - 1)[None] * rng.normal(0, curl, (count, 1)) + rng.normal(0, 1, (count, points - 1)).cumsum(1) * jitter
    heading = np.asarray(headings)[:, None] + bend
    step = np.stack([np.cos(heading), np.sin(heading)], 2) * (np.asarray(lengths) / (points - 1)).reshape(-1, 1, 1)
    return np.concatenate([np.asarray(starts)[:, None], np.asarray(starts)[:, None] + step.cumsum(1)], 1)


def strokes(canvas, drawn, colours, thickness, shine=0.0):
    """Draws paths, each in its own colour; `shine` adds a light line along the middle."""
    fixed = np.round(drawn * 16).astype(np.int32)
    inks = np.clip(np.asarray(colours) * 255, 0, 255).astype(int).tolist()
    wide = np.maximum(1, np.broadcast_to(thickness, len(fixed))).astype(int).tolist()
    for path, ink, thick in zip(fixed, inks, wide):
        cv2.polylines(canvas, [path], False, ink, thick, cv2.LINE_AA, 4)
        if shine and thick > 2:
            cv2.polylines(canvas, [path], False, [min(255, int(c + 255 * shine)) for c in ink], max(1, thick // 4), cv2.LINE_AA, 4)
    return canvas


def tapered(canvas, drawn, ink, root):
    """Hairs that thin out towards their tips: lashes, eyebrows, bristles of fur."""
    half = drawn.shape[1] // 2 + 1
    strokes(canvas, drawn, ink, max(1, round(root * 0.5)))
    return strokes(canvas, drawn[:, :half], ink, root)


def scattered(rng, count, height, width, margin=10):
    return np.stack([rng.uniform(-margin, width + margin, count), rng.uniform(-margin, height + margin, count)], 1)


def tones(rng, base, count, low=0.5, high=1.4):
    return np.asarray(base)[None] * rng.uniform(low, high, (count, 1)) + rng.normal(0, 0.02, (count, 3))
