"""Feeds pictures to the network: an endless stream for training, fixed sets for measuring."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset

from . import generator
from .contract import HEIGHT, MEAN, STD, WIDTH

VALIDATION_SEED, TEST_SEED = 900_001, 900_002


class Stream(IterableDataset):
    """Pictures number 0, 1, 2, ... of one seed, dealt out to the workers."""

    def __init__(self, seed):
        self.seed = seed

    def __iter__(self):
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        index, stride = (worker.id, worker.num_workers) if worker else (0, 1)
        while True:
            item = generator.sample(self.seed, index)
            yield torch.from_numpy(item.pixels), item.view, torch.from_numpy(item.grades), evidence_of(item)
            index += stride


def evidence_of(item):
    """[6,15,20] as bytes, to travel cheaply between processes."""
    return torch.from_numpy((np.clip(item.evidence, 0, 1) * 255).astype(np.uint8)).permute(2, 0, 1).contiguous()


def stream(seed, batch, workers):
    """Batches (uint8 [B,240,320,3], view [B], grades [B,6], evidence [B,6,15,20]) without end."""
    ahead = 12 if workers else None
    return iter(DataLoader(Stream(seed), batch_size=batch, num_workers=workers, prefetch_factor=ahead))


class Replay:
    """Keeps recent pictures, so that each is seen more than once, changed a little each time."""

    def __init__(self, capacity, seed):
        self.capacity, self.count, self.next = capacity, 0, 0
        self.pixels = torch.empty((capacity, HEIGHT, WIDTH, 3), dtype=torch.uint8)
        self.views = torch.empty(capacity, dtype=torch.int64)
        self.grades = torch.empty((capacity, 6), dtype=torch.int64)
        self.evidence = torch.empty((capacity, 6, HEIGHT // 16, WIDTH // 16), dtype=torch.uint8)
        self.random = torch.Generator().manual_seed(seed)

    def add(self, pixels, views, grades, evidence):
        slots = (self.next + torch.arange(len(pixels))) % self.capacity
        self.pixels[slots], self.views[slots], self.grades[slots] = pixels, views, grades
        self.evidence[slots] = evidence
        self.next = int(self.next + len(pixels)) % self.capacity
        self.count = min(self.capacity, self.count + len(pixels))

    def draw(self, count):
        slots = torch.randint(self.count, (count,), generator=self.random)
        return self.pixels[slots], self.views[slots], self.grades[slots], self.evidence[slots]


def normalise(pixels):
    """uint8 [N,H,W,3] to float32 [N,3,H,W], as the exported model wants it."""
    mean, std = torch.tensor(MEAN) * 255, torch.tensor(STD) * 255
    return ((pixels.float() - mean) / std).permute(0, 3, 1, 2)


@dataclass
class FixedSet:
    """Pictures for measuring, all in memory."""

    pixels: torch.Tensor
    views: np.ndarray
    grades: np.ndarray


def fixed(seed, count, normal_share=0.2):
    """The first `count` pictures of a seed that training never uses."""
    items = [generator.sample(seed, index, normal_share=normal_share) for index in range(count)]
    return FixedSet(
        torch.from_numpy(np.stack([item.pixels for item in items])),
        np.array([item.view for item in items]),
        np.stack([item.grades for item in items]),
    )
