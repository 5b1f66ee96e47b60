"""Real photographs that are not scalps: freely licensed ones that ordinary packages ship.

They are read from a cache that `python -m dupi_training photographs` fills, or, without it, from the
samples that scikit-image installs; never copied into this repository. Whole packages are kept for
measuring only, so that the gate is judged on photographs that it never saw.
"""

import os
import sys
from collections import OrderedDict
from functools import cache

import cv2
import numpy as np
import skimage

from . import photograph_cache
from .photograph_packages import HELD_OUT, SCIKIT_IMAGE, TRAINING

__all__ = ("HELD_OUT", "TRAINING", "crop", "names", "paste", "photograph")

REMEMBERED = 300_000_000
_memory = OrderedDict()
_warned = False


@cache
def packages(group):
    """(names by package, share of each package) of one group. Large packages count less than their size."""
    global _warned
    kept = [SCIKIT_IMAGE[group]]
    for entry in (value for _, value in sorted(photograph_cache.manifest().items())):
        if entry["role"] == group and entry["files"]:
            kept.append(tuple(entry["files"]))
    if len(kept) == 1 and not _warned:
        _warned = True
        print(
            f"no photographs in {photograph_cache.folder()}: only scikit-image's samples are shown as pictures to refuse; "
            "`python -m dupi_training photographs` fetches more",
            file=sys.stderr,
        )
    shares = np.array([len(files) ** 0.7 for files in kept])
    return kept, shares / shares.sum()


def names(group):
    """Every photograph of a group."""
    return [name for files in packages(group)[0] for name in files]


def photograph(name):
    """One picture as uint8, RGB or RGBA. The latest ones are remembered, up to 300 MB."""
    if name in _memory:
        _memory.move_to_end(name)
        return _memory[name]
    place = photograph_cache.folder() if "/" in name else os.path.join(os.path.dirname(skimage.__file__), "data")
    pixels = cv2.imread(os.path.join(place, name), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise FileNotFoundError(f"no photograph {name} in {place}")
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
    else:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGB)
    _memory[name] = pixels
    while sum(held.nbytes for held in _memory.values()) > REMEMBERED:
        _memory.popitem(last=False)
    return pixels


def pick(rng, group):
    """The name of a random picture; `group` may also be a sequence of names."""
    if not isinstance(group, str):
        return group[rng.integers(len(group))]
    kept, shares = packages(group)
    files = kept[rng.choice(len(kept), p=shares)]
    return files[rng.integers(len(files))]


def crop(rng, group, height, width):
    """A random window of a random photograph, from a tenth of its side up to all of it: uint8 RGB."""
    pixels = photograph(pick(rng, group))
    if pixels.shape[2] == 4:
        return paste(rng, pixels, ground(rng, group, height, width))
    for _ in range(3):
        part = window(rng, pixels, height, width)
        # A black sky or a bare wall teaches little; now and then it may stay.
        if part[::8, ::8].std() > 12:
            break
    return part


def window(rng, pixels, height, width):
    if rng.random() < 0.3:
        pixels = np.rot90(pixels, int(rng.integers(4)))
    rows, columns = pixels.shape[:2]
    share = 1.0 if rng.random() < 0.15 else np.exp(rng.uniform(np.log(0.1), 0))
    tall = max(40, int(min(rows, columns * height / width) * share))
    wide = max(54, int(tall * width / height))
    tall, wide = min(tall, rows), min(wide, columns)
    top, left = rng.integers(rows - tall + 1), rng.integers(columns - wide + 1)
    way = cv2.INTER_AREA if tall > height else cv2.INTER_CUBIC
    part = np.ascontiguousarray(pixels[top : top + tall, left : left + wide])
    return cv2.resize(part, (width, height), interpolation=way)


def ground(rng, group, height, width):
    """What a cut-out thing lies on: one colour, or another photograph."""
    if rng.random() < 0.5:
        plain = np.empty((height, width, 3), np.uint8)
        plain[:] = rng.integers(0, 256, 3) if rng.random() < 0.6 else rng.integers(200, 256)
        return plain
    for _ in range(6):
        below = photograph(pick(rng, group))
        if below.shape[2] == 3:
            return window(rng, below, height, width)
    return np.full((height, width, 3), 230, np.uint8)


def paste(rng, thing, below):
    """Lays a cut-out RGBA thing on a ground, whole or much enlarged."""
    height, width = below.shape[:2]
    rows, columns = thing.shape[:2]
    if rng.random() < 0.5:
        thing = thing[:, ::-1]
    scale = min(height / rows, width / columns) * np.exp(rng.uniform(np.log(0.5), np.log(5)))
    centre = np.array((columns, rows)) * (rng.uniform(0.25, 0.75, 2) if scale * rows > height else 0.5)
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), rng.normal(0, 15), scale)
    turn[:, 2] += np.array((width, height)) * rng.uniform(0.4, 0.6, 2) - centre
    laid = cv2.warpAffine(np.ascontiguousarray(thing), turn, (width, height), flags=cv2.INTER_LINEAR)
    solid = laid[..., 3:].astype(np.float32) / 255
    return (below + (laid[..., :3].astype(np.float32) - below) * solid).astype(np.uint8)
