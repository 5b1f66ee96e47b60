"""Pictures and their grades for the network: photos of a table, and generated pictures of other views among them.

Which pictures an epoch holds, and how each is changed, follows from the seed, the epoch and the picture's number
alone: neither the number of workers nor an interruption changes it.
"""

import io

import cv2
import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from .. import preprocess
from ..contract import CONDITIONS, VIEWS
from ..generator import from_afar, negatives
from . import augmentation

CLOSE_UP, FROM_AFAR, OTHER = range(len(VIEWS))
UNKNOWN = -1
# Generated pictures of measuring sets are drawn from their own seeds, and are no more than this.
VALIDATION_SEED, TEST_SEED = 910_001, 910_002
MOST_GENERATED = 600


def opened(content, name):
    """A JPEG's pixels as a PIL picture; an unreadable one is named."""
    try:
        photo = Image.open(io.BytesIO(content))
        photo.load()
    except OSError as error:
        raise ValueError(
            f"photo {name} cannot be read: {error}; run `prepare` again, which leaves such photos out"
        ) from error
    return photo


class Photos(Dataset):
    """Item (epoch, number): uint8 [H,W,3], view, six grades (-1 is unknown), number.

    Numbers below the count of rows are photos, those above are generated pictures, from afar and other by turns.
    With `settings` pictures are changed at random; without they are as the service would see them.
    """

    def __init__(self, source, rows, spec, seed, generated=0, settings=None, unseen=False):
        self.source, self.rows, self.spec, self.seed = source, list(rows), spec, seed
        self.generated, self.settings, self.unseen = generated, settings, unseen
        self.grades = np.array([row.grades for row in self.rows], np.int64).reshape(-1, len(CONDITIONS))

    def __len__(self):
        return len(self.rows) + self.generated

    def __getitem__(self, key):
        epoch, number = key
        cv2.setNumThreads(1)
        rng = np.random.default_rng((self.seed, epoch, number))
        if number < len(self.rows):
            row = self.rows[number]
            photo, view, grades = opened(self.source.read(row), row.name), CLOSE_UP, self.grades[number]
        else:
            view = FROM_AFAR if number % 2 else OTHER
            photo, grades = Image.fromarray(self.drawn(view, rng)), np.full(len(CONDITIONS), UNKNOWN)
        if self.settings is None:
            frame = preprocess.frame(photo, self.spec)
        else:
            frame = augmentation.framed(photo, self.spec, self.settings, rng)
        return torch.from_numpy(np.array(frame)), view, torch.from_numpy(grades), number

    def drawn(self, view, rng):
        """A generated picture of the dataset's usual size."""
        if view == FROM_AFAR:
            pixels = from_afar.render(rng, 480, 640)
        else:
            family = negatives.UNSEEN[int(rng.integers(len(negatives.UNSEEN)))] if self.unseen else None
            pixels = negatives.render(rng, 480, 640, family=family)
        return np.ascontiguousarray(pixels)

    def views(self):
        return np.array(
            [CLOSE_UP] * len(self.rows) + [FROM_AFAR if n % 2 else OTHER for n in range(len(self.rows), len(self))]
        )

    def all_grades(self):
        """[N,6], generated pictures all -1."""
        return np.concatenate([self.grades, np.full((self.generated, len(CONDITIONS)), UNKNOWN)])


def generated_for(count, share):
    """How many generated pictures make that share of all."""
    return round(count * share / (1 - share))


def order(dataset, batch, seed, epoch):
    """The batches of one epoch as lists of keys, without a last one that is not full unless it is the only one."""
    numbers = np.random.default_rng((seed, epoch, 1 << 40)).permutation(len(dataset))
    batches = [[(epoch, int(number)) for number in numbers[at : at + batch]] for at in range(0, len(numbers), batch)]
    return batches[:-1] if len(batches) > 1 and len(batches[-1]) < batch else batches


def in_order(dataset, batch):
    """Every picture once, in order, for measuring."""
    return [
        [(0, number) for number in range(at, min(at + batch, len(dataset)))] for at in range(0, len(dataset), batch)
    ]


def loader(dataset, batches, workers, pinned=False):
    """Yields (uint8 [B,H,W,3], views [B], grades [B,6], numbers [B]) for the batches given."""
    ahead = 4 if workers else None
    # Its own generator: the one that dropout draws from must not notice how often a loader was made.
    own = torch.Generator().manual_seed(0)
    return DataLoader(
        dataset, batch_sampler=batches, num_workers=workers, prefetch_factor=ahead, pin_memory=pinned, generator=own
    )
