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
SHARES = (0.70, 0.09, 0.21)


def renderer(name):
    """A renderer of close-ups: `render(rng, height, width, grades, gentle)` to pixels, grades, evidence."""
    if name == "layers":
        return close_up.render_with_evidence
    return import_module(f".{name}", __name__).render


# Trained on; the third is only measured on, as the nearest thing to another camera that we can make.
TRAINED, HELD_OUT = ("layers", "optics"), "collage"


@dataclass
class Sample:
    """A picture, its view, its six grades and where they show (only meaningful in a close-up)."""

    pixels: np.ndarray
    view: int
    grades: np.ndarray
    evidence: np.ndarray


def sample(seed, index, height=240, width=320, normal_share=0.25, only=None):
    """Picture number `index` of the endless stream `seed`; the same arguments always give the same picture.

    `only` names a renderer: then every picture is a close-up by it.
    """
    rng = np.random.default_rng((seed, index))
    view = CLOSE_UP if only else int(rng.choice(3, p=SHARES))
    grades, evidence = np.zeros(6, np.int64), np.zeros((15, 20, 6), np.float32)
    if view == CLOSE_UP:
        wanted = draw_grades(rng, normal_share)
        render = renderer(only or TRAINED[rng.integers(len(TRAINED))])
        pixels, grades, evidence = render(rng, height, width, wanted)
    elif view == FROM_AFAR:
        pixels = from_afar.render(rng, height, width)
    else:
        pixels = negatives.render(rng, height, width)
    return Sample(np.ascontiguousarray(pixels), view, np.asarray(grades), evidence)
