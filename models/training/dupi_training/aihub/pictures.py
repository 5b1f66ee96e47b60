"""Looks at each image file: its hash, its size, and whether it is a whole JPEG."""

import hashlib
import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image
from tqdm import tqdm

from .files import Reader

# Fewer images than this are not worth starting processes for.
WORTH_PROCESSES = 1000
_reader = None


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen; `problem` is "" or image_unreadable, not_a_jpeg, image_corrupt."""

    sha256: str
    width: int = 0
    height: int = 0
    problem: str = ""
    detail: str = ""


def examine(place):
    """Hashes a file and reads its header and markers, but no pixels."""
    try:
        content = _reader.read(*place)
    except Exception as error:  # zlib, zipfile and the file system each have their own
        return Look("", 0, 0, "image_unreadable", str(error))
    sha256 = hashlib.sha256(content).hexdigest()
    if not content.startswith(b"\xff\xd8"):
        return Look(sha256, 0, 0, "not_a_jpeg", f"{len(content)} bytes without a JPEG's start")
    if not content.rstrip(b"\0").endswith(b"\xff\xd9"):
        return Look(sha256, 0, 0, "image_corrupt", f"ends after {len(content)} bytes without a JPEG's end")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            return Look(sha256, *image.size)
    except Exception as error:
        return Look(sha256, 0, 0, "image_corrupt", str(error).replace("\n", " "))


def decode(place):
    """Why an image's pixels cannot be decoded; "" if they can."""
    try:
        with Image.open(io.BytesIO(_reader.read(*place)), formats=("JPEG",)) as image:
            lowest = np.asarray(image.convert("RGB"))[-8:]
    except Exception as error:
        return str(error).replace("\n", " ") or type(error).__name__
    # Where data is missing inside the file, decoders only warn and paint the rest in one flat colour.
    return "" if np.ptp(lowest, axis=(0, 1)).any() else "its lowest rows are one flat colour"


def start(root):
    global _reader
    _reader = Reader(root)


def each(root, act, places, jobs, title):
    """`act` on every place, in order, with a progress bar; in `jobs` processes if there are many."""
    bar = {"total": len(places), "desc": title, "unit": "file", "disable": None, "smoothing": 0.05}
    if jobs < 2 or len(places) < WORTH_PROCESSES:
        start(root)
        yield from tqdm(map(act, places), **bar)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, start, (root,)) as pool:
        yield from tqdm(pool.map(act, places, chunksize=64), **bar)
