"""Fixed sets of generated pictures for choosing thresholds and for measuring."""

from dataclasses import dataclass

import numpy as np
import torch

from . import generator

VALIDATION_SEED, TEST_SEED = 900_001, 900_002


@dataclass
class FixedSet:
    """Pictures for measuring, all in memory."""

    pixels: torch.Tensor
    views: np.ndarray
    grades: np.ndarray


def fixed(seed, count):
    """The first `count` pictures of a seed that training never uses, of every kind that it saw."""
    items = [generator.sample(seed, index) for index in range(count)]
    return FixedSet(
        torch.from_numpy(np.stack([item.pixels for item in items])),
        np.array([item.view for item in items]),
        np.stack([item.grades for item in items]),
    )
