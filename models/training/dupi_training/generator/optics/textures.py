"""Tileable random textures, made once per process and sampled with a random shift, turn and zoom."""

from functools import lru_cache

import cv2
import numpy as np

SIZE = 512
VARIANTS = 2
# Zooms are rounded to powers of this, so that the enlarged banks can be kept.
ZOOM_STEP = 1.4


@lru_cache(maxsize=None)
def bank(name, variant):
    """One tileable float32 picture [512, 512]. All but `cells` have mean 0 and standard deviation 1."""
    rng = np.random.default_rng((hash_of(name), variant))
    if name == "cells":
        return cells(rng)
    if name == "white":
        return rng.standard_normal((SIZE, SIZE)).astype(np.float32)
    exponent, low, high = {
        "cloud": (2.2, 3, 40),  # broad soft patches
        "ragged": (1.25, 6, 250),  # patches with torn borders at every scale
        "grain": (0.2, 50, 170),  # the fine relief of skin, some three pixels long
    }[name]
    frequency = np.hypot(np.fft.fftfreq(SIZE)[:, None], np.fft.rfftfreq(SIZE)[None]) * SIZE
    passed = (frequency >= low) & (frequency <= high)
    amplitude = np.where(passed, np.maximum(frequency, 1) ** -exponent, 0)
    noise = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((SIZE, SIZE))) * amplitude, s=(SIZE, SIZE))
    return ((noise - noise.mean()) / noise.std()).astype(np.float32)


def hash_of(name):
    """A number for a name that is the same in every process, unlike `hash`."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(name))


def cells(rng, count=20):
    """Distance to the nearest border of irregular cells (about 26 pixels wide), in pixels, as cracks run."""
    side = SIZE / count
    centres = (np.indices((count, count)).transpose(1, 2, 0) + rng.uniform(0.08, 0.92, (count, count, 2))) * side
    rows, columns = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    warp = bank("ragged", 0) * 1.3
    rows, columns = rows + warp, columns + np.roll(warp, 200, axis=0)
    own_row, own_column = (rows // side).astype(int), (columns // side).astype(int)
    nearest = np.full((2, SIZE, SIZE), 1e9, np.float32)
    for row in (-1, 0, 1):
        for column in (-1, 0, 1):
            at_row, at_column = own_row + row, own_column + column
            centre = centres[at_row % count, at_column % count]
            shift_row, shift_column = (at_row // count) * SIZE, (at_column // count) * SIZE
            distance = np.hypot(rows - centre[..., 0] - shift_row, columns - centre[..., 1] - shift_column)
            nearest[1] = np.minimum(nearest[1], np.maximum(nearest[0], distance))
            nearest[0] = np.minimum(nearest[0], distance)
    return ((nearest[1] - nearest[0]) * 0.5).astype(np.float32)


def sample(rng, name, height, width, zoom=1.0):
    """A crop [height, width] of a texture whose details are about `zoom` times as large as in its bank."""
    step = round(float(np.log(zoom) / np.log(ZOOM_STEP)))
    period = round(SIZE * ZOOM_STEP**step)
    longer = max(height, width)
    picture = enlarged(name, int(rng.integers(VARIANTS)), period, longer)
    top, left = rng.integers(0, picture.shape[0] - longer + 1, 2)
    crop = picture[top : top + longer, left : left + longer]
    if rng.random() < 0.5:
        crop = crop.T
    rows, columns = rng.choice((-1, 1), 2)
    return np.ascontiguousarray(crop[::rows, ::columns][:height, :width])


@lru_cache(maxsize=64)
def enlarged(name, variant, period, margin):
    """A bank resized to repeat after `period` pixels, and repeated once more by a margin."""
    side, zoom = period + margin, period / SIZE
    matrix = np.array([[1 / zoom, 0, 0], [0, 1 / zoom, 0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(bank(name, variant), matrix, (side, side), flags=flags, borderMode=cv2.BORDER_WRAP)


def sample_soft(rng, name, height, width, zoom):
    """As `sample`, freely turned and worked out at a quarter of the size: for textures without fine detail."""
    zoom, full = zoom / 4, (width, height)
    picture = bank(name, int(rng.integers(VARIANTS)))
    angle, shift = rng.uniform(0, 2 * np.pi), rng.uniform(0, SIZE, 2)
    cosine, sine = np.cos(angle) / zoom, np.sin(angle) / zoom
    matrix = np.array([[cosine, -sine, shift[0]], [sine, cosine, shift[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    quarter = (-(-width // 4), -(-height // 4))
    small = cv2.warpAffine(picture, matrix, quarter, flags=flags, borderMode=cv2.BORDER_WRAP)
    return cv2.resize(small, full, interpolation=cv2.INTER_CUBIC)


def along_line(rng, positions, period):
    """Smooth noise in 0..1 along a line: `positions` and `period` in the same unit."""
    knots = rng.random(64).astype(np.float32)
    place = positions / period + 400.0
    before = np.floor(place).astype(np.int32)
    share = place - before
    share = share * share * (3 - 2 * share)
    return knots[before % 64] * (1 - share) + knots[(before + 1) % 64] * share


def cover(field, share, edge, among=None):
    """A mask in 0..1 over the highest `share` of the field (among the pixels of a mask), its border `edge` wide."""
    if share <= 0.003:
        return np.zeros_like(field)
    if share >= 0.995:
        return np.ones_like(field)
    small = field[::3, ::3]
    values = small[among[::3, ::3]] if among is not None else small.ravel()
    if values.size < 50:
        values = small.ravel()
    place = min(int(values.size * (1 - share)), values.size - 1)
    border = np.partition(values, place)[place]
    return np.clip((field - border) * (1.0 / edge) + 0.5, 0, 1)


def window(shape, x, y, reach):
    """The part of a picture within `reach` of (x, y): its slices, and the offsets dx, dy to the centre."""
    top, left = max(int(y - reach), 0), max(int(x - reach), 0)
    bottom, right = min(int(y + reach) + 2, shape[0]), min(int(x + reach) + 2, shape[1])
    if top >= bottom or left >= right:
        return None
    dy = np.arange(top, bottom, dtype=np.float32)[:, None] - np.float32(y)
    dx = np.arange(left, right, dtype=np.float32)[None] - np.float32(x)
    return (slice(top, bottom), slice(left, right)), dx, dy


def smooth(value):
    """The usual S-curve over 0..1."""
    value = np.clip(value, 0, 1)
    return value * value * (3 - 2 * value)
