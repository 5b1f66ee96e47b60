"""Smooth random fields, made once per process and cropped at random afterwards.

A fresh fractal field costs milliseconds; a crop of a ready one costs nothing. All fields are float32
with mean 0 and standard deviation 1.
"""

import cv2
import numpy as np

BANK_SIDE = 1024


def fractal(rng, height, width, coarsest, octaves=4, gain=0.55):
    """Sum of octaves of smoothed noise; `coarsest` is the size of the largest blobs in pixels."""
    field = np.zeros((height, width), np.float32)
    amplitude, size = 1.0, float(coarsest)
    for _ in range(octaves):
        rows, columns = max(2, int(height / size) + 2), max(2, int(width / size) + 2)
        grid = rng.standard_normal((rows, columns)).astype(np.float32)
        field += amplitude * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        amplitude *= gain
        size = max(1.0, size / 2)
    return (field - field.mean()) / (field.std() + 1e-6)


class Bank:
    """Ready-made fields by blob size. Deterministic: two banks of one seed are equal."""

    SIZES = (3, 8, 20, 48, 110)

    def __init__(self, seed=20261101, copies=3):
        rng = np.random.default_rng(seed)
        self.fields = {
            size: [fractal(rng, BANK_SIDE, BANK_SIDE, size) for _ in range(copies)] for size in self.SIZES
        }
        self.cracks = [bent(rng, cells(rng, BANK_SIDE, BANK_SIDE, size), size) for size in (11, 16, 24)]

    def field(self, rng, height, width, size, stretch=1.0):
        """A field of `height` x `width` whose blobs are about `size` pixels; any size is allowed."""
        nearest = min(self.SIZES, key=lambda known: abs(np.log(known / size)))
        source = self.fields[nearest][rng.integers(len(self.fields[nearest]))]
        return crop(rng, source, height, width, size / nearest, stretch)

    def crack(self, rng, height, width, spacing):
        """Cell interiors: distance to the nearest cell border, 0 on the crack, 1 well inside."""
        index = int(np.argmin([abs(np.log(known / spacing)) for known in (11, 16, 24)]))
        scale = spacing / (11, 16, 24)[index]
        return np.clip(crop(rng, self.cracks[index], height, width, scale, 1.0), 0, 1)


def crop(rng, source, height, width, scale, stretch):
    """A random window of `source`, enlarged by `scale` (times `stretch` along x), mirrored at random."""
    rows = int(np.clip(height / scale, 4, source.shape[0]))
    columns = int(np.clip(width / (scale * stretch), 4, source.shape[1]))
    top = rng.integers(source.shape[0] - rows + 1)
    left = rng.integers(source.shape[1] - columns + 1)
    window = source[top : top + rows, left : left + columns]
    if rng.random() < 0.5:
        window = window[::-1]
    if rng.random() < 0.5:
        window = window[:, ::-1]
    if window.shape == (height, width):
        return window.copy()
    return cv2.resize(window, (width, height), interpolation=cv2.INTER_LINEAR)


def cells(rng, height, width, spacing):
    """Irregular cells like dry varnish: 0 on the borders, rising to 1 inside."""
    points = np.full((height, width), 255, np.uint8)
    count = int(height * width / spacing**2)
    points[rng.integers(0, height, count), rng.integers(0, width, count)] = 0
    _, label = cv2.distanceTransformWithLabels(points, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    label = label.astype(np.float32)
    border = (cv2.morphologyEx(label, cv2.MORPH_GRADIENT, np.ones((2, 2))) > 0).astype(np.uint8)
    inside = cv2.distanceTransform(1 - border, cv2.DIST_L2, 3) / (spacing * 0.35)
    return np.clip(inside, 0, 1).astype(np.float32)


def bent(rng, plane, spacing):
    """The same plane with its straight lines bent, as borders in skin are."""
    height, width = plane.shape
    swing = 0.22 * spacing
    x = np.arange(width, dtype=np.float32)[None, :] + swing * fractal(rng, height, width, spacing, 3)
    y = np.arange(height, dtype=np.float32)[:, None] + swing * fractal(rng, height, width, spacing, 3)
    return cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def soft_step(field, edge, softness):
    """0 below `edge`, 1 above, with a ramp of width `softness`."""
    return np.clip((field - edge) / softness + 0.5, 0.0, 1.0)


def top_share(field, share):
    """The value above which `share` of the field lies (measured on a sparse grid)."""
    return float(np.quantile(field[::4, ::4], 1.0 - min(max(share, 0.0), 1.0)))


_BANK = None


def bank():
    """The process-wide bank."""
    global _BANK
    if _BANK is None:
        _BANK = Bank()
    return _BANK
