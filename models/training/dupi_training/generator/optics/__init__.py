"""A second, independent renderer of contact-microscope frames, built from optics: pigments in optical density,
surface relief mirrored in a ring of lamps, hairs as shaded cylinders, and a camera. It shares only the meaning
of the grades with the first one, so that a network which reads both has not learnt either's habits.
"""

import cv2
import numpy as np

from ..grades import along, draw_quantities
from .device import photograph
from .lamps import draw_ring
from .layout import draw_layout
from .plate_glass import add_glass, add_skin_light
from .plates import lay_plates, paint_plates
from .signs import flecks, oil_over, raise_pustules, redden_between, redden_openings, scale_film
from .skin import draw_skin
from .strands import coverage_of, paint, shadow_of, trace

MOST_HAIR = 0.72  # beyond this share too little skin shows to be graded
CELLS = (20, 15)


def render(rng, height, width, grades, gentle=False):
    """Draws one frame: (pixels uint8 [height, width, 3], grades seen [6], evidence float32 [15, 20, 6])."""
    grades = np.array(grades, np.int64)
    quantities = draw_quantities(rng, grades).tolist()
    unit = width / 320
    layout = draw_layout(rng, height, width, quantities[5])
    shafts = [trace(hair, height, width) for hair in layout.hairs]
    covered = coverage_of(shafts, height, width)
    while covered.mean() > MOST_HAIR:
        drop = int(rng.integers(len(shafts)))
        del shafts[drop], layout.hairs[drop]
        covered = coverage_of(shafts, height, width)
    free = 1 - covered
    bare = free > 0.5

    ring = draw_ring(rng, height, width)
    skin = draw_skin(rng, height, width, layout.openings, layout.shaft, quantities[5])
    shown = np.zeros((6, height, width), np.float32)
    oily, gloss = oil_over(rng, skin, quantities[1], layout.openings, bare, unit)
    shown[1] = oily * free
    shown[2] = redden_between(rng, skin, quantities[2], bare, unit) * free
    shown[3] = redden_openings(rng, skin, quantities[3], layout.openings, free, unit)
    pustules = raise_pustules(rng, skin, quantities[3], layout.openings, free, unit)
    film, pull = scale_film(rng, quantities[0], bare, unit)
    flakes = flecks(rng, quantities[0], layout.openings, (height, width), unit)

    canvas = skin.colour()
    white = np.array([0.97, 0.95, 0.92], np.float32)[:, None, None] * np.float32(rng.uniform(0.92, 1.03))
    if pustules is not None:
        matter, rim = pustules
        tone = np.array([0.90, 0.90, 0.70]) + rng.normal(0, 0.025, 3) + (0, 0, rng.uniform(-0.12, 0.1))
        canvas += (tone.astype(np.float32)[:, None, None] - canvas) * (matter * rng.uniform(0.78, 0.96))
        film = film * (1 - matter)
        shown[3] = np.maximum(shown[3], np.maximum(matter, 0.6 * rim) * free)
    if quantities[0] > 0:
        canvas += (white - canvas) * (film * pull)
    turn = rng.uniform(0, 6.28)
    shadow = shadow_of(layout.hairs, height, width, unit, (np.cos(turn), np.sin(turn)))
    canvas *= 1 - rng.uniform(0.15, 0.5) * shadow
    add_skin_light(rng, canvas, skin, np.clip(film + flakes, 0, 1), ring, unit)
    canvas += gloss * rng.uniform(0.25, 0.5) * np.array([1, 0.98, 0.9], np.float32)[:, None, None]
    canvas += (white * rng.uniform(0.95, 1.12) - canvas) * (flakes * 0.95)
    shown[0] = np.maximum(film * min(along(quantities[0], 0, 0.7, 0.85, 1), 1), flakes) * free

    flat = canvas.reshape(3, -1)
    shine = float(rng.choice((0.12, 0.4, 0.75), p=(0.25, 0.45, 0.3))) * (1 + 0.1 * quantities[1])
    paint(rng, flat, shafts, ring.lamps, shine, rng.choice((0.0, 0.5)))
    if grades[0]:  # some flakes cling to the hairs, too
        clinging = flakes * covered * (rng.random() * 0.8)
        canvas += (white * 0.92 - canvas) * clinging
    laid = lay_plates(rng, quantities[4], layout, (height, width), unit)
    if laid is not None:
        field, mask = laid
        paint_plates(rng, canvas, field, mask, unit)
        shown[:4] *= 1 - mask
        shown[4] = mask
    add_glass(rng, canvas, ring, unit)
    pixels = photograph(rng, canvas, gentle)

    shown[5] = covered
    grades = seen(grades, quantities, shown)
    evidence = np.stack([cv2.resize(one, CELLS, interpolation=cv2.INTER_AREA) for one in shown], axis=2)
    evidence[..., :5] *= grades[:5] > 0
    return pixels, grades, np.clip(evidence, 0, 1)


def seen(grades, quantities, shown):
    """The grades that can be told from the picture: red rings that hair or plates hide lose theirs."""
    red = float(shown[3].mean())
    least = (0, 0.008, 0.02, 0.045)
    corrected = grades.copy()
    while corrected[3] > 0 and red < least[corrected[3]]:
        corrected[3] -= 1
    return corrected
