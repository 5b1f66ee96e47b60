"""A contact-microscope frame with the wanted grades, as the rest of the project asks for it."""

import numpy as np

from . import layers
from .grades import draw_grades


def render(rng, height=240, width=320, grades=None, gentle=False):
    """Returns (uint8 RGB frame, six grades). `gentle` keeps the camera well behaved."""
    pixels, grades, _ = render_with_evidence(rng, height, width, grades, gentle)
    return pixels, grades


def render_with_evidence(rng, height=240, width=320, grades=None, gentle=False):
    """The same, and where each condition was painted, [15,20,6]; grades are drawn when none are wanted."""
    wanted = draw_grades(rng) if grades is None else np.asarray(grades)
    return layers.render(rng, height, width, wanted, gentle)
