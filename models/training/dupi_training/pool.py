"""A pool of rendered pictures on disk: rendered once by all cores, read many times while training.

Picture number i of a pool is `generator.sample(seed, i)`, kept as JPEG of high quality with its
labels, in shards. A pool that was interrupted is completed by the same command.
"""

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import generator

SHARD = 250
QUALITY = 96


def shard_path(folder, number):
    return Path(folder) / f"shard-{number:05d}.npz"


def render_shard(folder, seed, number, only=None):
    """Renders pictures number*SHARD and following, and puts the shard in place in one move."""
    cv2.setNumThreads(1)
    coded, views, grades, evidence = [], [], [], []
    for index in range(number * SHARD, (number + 1) * SHARD):
        item = generator.sample(seed, index, only=only)
        done, data = cv2.imencode(".jpg", item.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444])
        assert done
        coded.append(data)
        views.append(item.view)
        grades.append(item.grades)
        evidence.append((np.clip(item.evidence, 0, 1) * 255).astype(np.uint8))
    ends = np.cumsum([len(data) for data in coded])
    path = shard_path(folder, number)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    with open(draft, "wb") as file:
        np.savez(file, coded=np.concatenate(coded), ends=ends, views=np.array(views), grades=np.array(grades), evidence=np.array(evidence))
    draft.rename(path)
    return number


def fill(folder, seed, count, workers, say, only=None):
    """Renders what is missing of the first `count` pictures; a whole number of shards."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    missing = [n for n in range(-(-count // SHARD)) if not shard_path(folder, n).exists()]
    say(f"{len(missing)} shards of {SHARD} pictures to render into {folder}")
    if workers <= 1:
        for number in missing:
            render_shard(folder, seed, number, only)
        return
    with ProcessPoolExecutor(workers) as crew:
        for done in as_completed(crew.submit(render_shard, folder, seed, number, only) for number in missing):
            if done.result() % 20 == 0:
                say(f"rendered shard {done.result()}")


@dataclass
class Pool:
    """All pictures of a folder, coded, in memory: 60,000 take about 3 GB."""

    coded: list
    views: np.ndarray
    grades: np.ndarray
    evidence: np.ndarray

    @classmethod
    def load(cls, folder, limit=None):
        coded, parts = [], []
        for path in sorted(Path(folder).glob("shard-*.npz"))[:limit]:
            with np.load(path) as shard:
                ends, data = shard["ends"], shard["coded"]
                coded += [data[start:end] for start, end in zip(np.concatenate(([0], ends[:-1])), ends)]
                parts.append((shard["views"], shard["grades"], shard["evidence"]))
        if not coded:
            raise FileNotFoundError(f"{folder} holds no rendered pictures; fill it with `dupi_training render`")
        return cls(coded, *(np.concatenate(column) for column in zip(*parts)))

    def __len__(self):
        return len(self.coded)

    def pixels(self, index):
        """uint8 RGB [240,320,3]."""
        return cv2.imdecode(self.coded[index], cv2.IMREAD_COLOR)[..., ::-1]
