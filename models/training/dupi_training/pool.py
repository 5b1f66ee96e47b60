"""A pool of rendered pictures on disk: rendered once by all cores, read many times while training.

A pool has a folder per kind of picture; number i of a kind is `generator.sample(seed, i, kind)`, kept as JPEG of
high quality with its labels, in shards. A pool that was interrupted is completed by the same command.
"""

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import generator

SHARD = 250
CODING = [cv2.IMWRITE_JPEG_QUALITY, 96, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]


def shard_path(folder, number):
    return Path(folder) / f"shard-{number:05d}.npz"


def render_shard(folder, seed, kind, number):
    """Renders pictures number*SHARD and following, and puts the shard in place in one move."""
    cv2.setNumThreads(1)
    coded, views, grades, evidence = [], [], [], []
    for index in range(number * SHARD, (number + 1) * SHARD):
        item = generator.sample(seed, index, kind)
        coded.append(cv2.imencode(".jpg", item.pixels[..., ::-1], CODING)[1])
        views.append(item.view)
        grades.append(item.grades)
        evidence.append((np.clip(item.evidence, 0, 1) * 255).astype(np.uint8))
    ends = np.cumsum([len(data) for data in coded])
    path = shard_path(folder, number)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    with open(draft, "wb") as file:
        labels = {"views": np.array(views), "grades": np.array(grades), "evidence": np.array(evidence)}
        np.savez(file, coded=np.concatenate(coded), ends=ends, **labels)
    draft.rename(path)
    return number


def fill(folder, seed, counts, workers, say):
    """Renders what is missing of the first `counts[kind]` pictures of each kind; whole shards."""
    wanted = [(Path(folder) / kind, kind, n) for kind, count in counts.items() for n in range(-(-count // SHARD))]
    missing = [(home, seed, kind, n) for home, kind, n in wanted if not shard_path(home, n).exists()]
    for home in {home for home, *_ in missing}:
        home.mkdir(parents=True, exist_ok=True)
    say(f"{len(missing)} of {len(wanted)} shards of {SHARD} pictures to render into {folder}")
    with ProcessPoolExecutor(workers) as crew:
        for count, done in enumerate(as_completed(crew.submit(render_shard, *work) for work in missing), 1):
            done.result()
            if count % 10 == 0:
                say(f"rendered {count} shards")


@dataclass
class Pool:
    """All pictures of a folder, coded, in memory: 60,000 take about 3 GB."""

    coded: list
    views: np.ndarray
    grades: np.ndarray
    evidence: np.ndarray
    kinds: dict

    @classmethod
    def load(cls, folder):
        coded, parts, kinds = [], [], {}
        for home in sorted(path for path in Path(folder).iterdir() if path.is_dir()):
            first = len(coded)
            for path in sorted(home.glob("shard-*.npz")):
                with np.load(path) as shard:
                    ends, data = shard["ends"], shard["coded"]
                    coded += [data[start:end] for start, end in zip(np.concatenate(([0], ends[:-1])), ends)]
                    parts.append((shard["views"], shard["grades"], shard["evidence"]))
            kinds[home.name] = range(first, len(coded))
        if not coded:
            raise FileNotFoundError(f"{folder} holds no rendered pictures; fill it with `dupi_training render`")
        return cls(coded, *(np.concatenate(column) for column in zip(*parts)), kinds)

    def __len__(self):
        return len(self.coded)

    def pixels(self, index):
        """uint8 RGB [240,320,3]."""
        return cv2.imdecode(self.coded[index], cv2.IMREAD_COLOR)[..., ::-1]

    def order(self, rng, count, shares):
        """`count` indices: kinds drawn by their shares, each kind's pictures in turn before any comes again."""
        names = [name for name, share in shares.items() if share > 0]
        if missing := [name for name in names if not len(self.kinds.get(name, ()))]:
            raise ValueError(f"the pool has no pictures of {', '.join(missing)}")
        weights = np.array([shares[name] for name in names])
        drawn, order = rng.choice(len(names), count, p=weights / weights.sum()), np.empty(count, np.int64)
        for number, name in enumerate(names):
            places, known = np.flatnonzero(drawn == number), np.array(self.kinds[name])
            rounds = -(-len(places) // len(known))
            order[places] = np.concatenate([rng.permutation(known) for _ in range(max(rounds, 1))])[: len(places)]
        return order
