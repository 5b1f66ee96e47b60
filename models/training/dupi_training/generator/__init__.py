"""Images made by this project alone: contact-microscope frames with known grades, scalps seen from
afar, and pictures of other things. Nothing here is or resembles any particular person's scalp.
"""

from dataclasses import dataclass

import numpy as np

from . import close_up, from_afar, negatives
from .grades import draw_grades

CLOSE_UP, FROM_AFAR, OTHER = 0, 1, 2
SHARES = (0.70, 0.10, 0.20)


@dataclass
class Sample:
    """A picture, its view, its six grades and where they show (only meaningful in a close-up)."""

    pixels: np.ndarray
    view: int
    grades: np.ndarray
    evidence: np.ndarray


def sample(seed, index, height=240, width=320, normal_share=0.2):
    """Picture number `index` of the endless stream `seed`; the same pair always gives the same picture."""
    rng = np.random.default_rng((seed, index))
    view = int(rng.choice(3, p=SHARES))
    grades, evidence = np.zeros(6, np.int64), np.zeros((15, 20, 6), np.float32)
    if view == CLOSE_UP:
        wanted = draw_grades(rng, normal_share)
        pixels, grades, evidence = close_up.render_with_evidence(rng, height, width, wanted)
    elif view == FROM_AFAR:
        pixels = from_afar.render(rng, height, width)
    else:
        pixels = negatives.render(rng, height, width)
    return Sample(np.ascontiguousarray(pixels), view, grades, evidence)
