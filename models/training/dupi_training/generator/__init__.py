"""Images made by this project alone: contact-microscope frames with known grades, scalps seen from
afar, and pictures of other things. Nothing here is or resembles any particular person's scalp.
"""

from dataclasses import dataclass

import numpy as np

from . import close_up, from_afar, negatives
from .grades import draw_grades

CLOSE_UP, FROM_AFAR, OTHER = 0, 1, 2
SHARES = (0.66, 0.12, 0.22)


@dataclass
class Sample:
    """A picture, its view, and its six grades (only meaningful in a close-up)."""

    pixels: np.ndarray
    view: int
    grades: np.ndarray


def sample(seed, index, height=240, width=320, normal_share=0.2):
    """Picture number `index` of the endless stream `seed`; the same pair always gives the same picture."""
    rng = np.random.default_rng((seed, index))
    view = int(rng.choice(3, p=SHARES))
    grades = np.zeros(6, np.int64)
    if view == CLOSE_UP:
        pixels, grades = close_up.render(rng, height, width, draw_grades(rng, normal_share))
    elif view == FROM_AFAR:
        pixels = from_afar.render(rng, height, width)
    else:
        pixels = negatives.render(rng, height, width)
    return Sample(np.ascontiguousarray(pixels), view, grades)
