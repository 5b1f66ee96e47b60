"""Images made by this project alone: contact-microscope frames with known grades, scalps seen from
afar, and pictures of other things. Nothing here is or resembles any particular person's scalp.

Close-ups come from several renderers that were written independently of one another and share only
the scale of severities (`grades`): what a network learns from all of them is not one renderer's habit.
"""

from dataclasses import dataclass
from importlib import import_module

import numpy as np

from . import close_up, from_afar, negatives
from .grades import draw_grades

CLOSE_UP, FROM_AFAR, OTHER = 0, 1, 2


def renderer(name):
    """A renderer of close-ups: `render(rng, height, width, grades, gentle)` to pixels, grades, evidence."""
    if name == "layers":
        return close_up.render_with_evidence
    return import_module(f".{name}", __name__).render


RENDERERS = ("layers", "optics", "collage")
# Every kind of picture, and its share while training. The third renderer is kept for measuring, as the
# nearest thing to another camera that we can make, and joins only at the end of the training.
SHARES = {"layers": 0.345, "optics": 0.345, "collage": 0.0, "from_afar": 0.09, "other": 0.22}
LATE_SHARES = {"layers": 0.24, "optics": 0.24, "collage": 0.22, "from_afar": 0.09, "other": 0.21}
HELD_OUT = "collage"


@dataclass
class Sample:
    """A picture, its view, its six grades and where they show (only meaningful in a close-up)."""

    pixels: np.ndarray
    view: int
    grades: np.ndarray
    evidence: np.ndarray


def sample(seed, index, kind=None, height=240, width=320, normal_share=0.25, shares=LATE_SHARES):
    """Picture number `index` of the endless stream `seed`; the same arguments always give the same picture.

    `kind` is a key of `shares`; without one it is drawn.
    """
    if kind is None:
        kind = list(shares)[np.random.default_rng((seed, index, 1)).choice(len(shares), p=list(shares.values()))]
    rng = np.random.default_rng((seed, index))
    grades, evidence = np.zeros(6, np.int64), np.zeros((15, 20, 6), np.float32)
    if kind == "from_afar":
        return Sample(np.ascontiguousarray(from_afar.render(rng, height, width)), FROM_AFAR, grades, evidence)
    if kind == "other":
        return Sample(np.ascontiguousarray(negatives.render(rng, height, width)), OTHER, grades, evidence)
    wanted = draw_grades(rng, normal_share)
    pixels, grades, evidence = renderer(kind)(rng, height, width, wanted)
    return Sample(np.ascontiguousarray(pixels), CLOSE_UP, np.asarray(grades), evidence)
