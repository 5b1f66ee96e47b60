"""The renderer kept out of training: frames pasted together from sprites and synthesised textures.

A grader trained on the other renderers is judged here, so nothing of theirs is used but the table of
quantities per grade. Begin at [render]; `banks` holds the material, `growth` the hair, `ground` the
skin, `signs` the conditions, `lens` the camera.
"""

import cv2
import numpy as np

from ..grades import draw_quantities
from . import ground, growth, lens, signs

EVIDENCE_ROWS, EVIDENCE_COLUMNS = 15, 20


def render(rng, height, width, grades, gentle=False):
    """A contact-microscope frame of the six grades: uint8 RGB pixels [height, width, 3], the grades as
    seen, and float32 evidence [15, 20, 6] of where each condition was painted (5: covered by hair).

    `rng` is the only source of chance; `gentle` keeps the camera well behaved.
    """
    grades = np.asarray(grades, np.int64)
    scaling, oiliness, erythema, follicular, dandruff, loss = draw_quantities(rng, grades)
    # A plate or a ring is seen or not: without the grade there is at most a trace of one.
    follicular, dandruff = np.where(grades[3:5] > 0, (follicular, dandruff), (0.5 * follicular, 0.5 * dandruff))
    shape, unit = (height, width), width / 320
    openings, strands, _ = growth.plan(rng, height, width, loss)
    cover = growth.cover_of(strands, height, width)
    bare = 1 - cover

    image, relief = ground.skin(rng, shape, unit)
    ground.marks(rng, image, unit)
    masks = [None] * 6
    masks[2] = signs.redness(rng, image, erythema, bare)
    ground.mouths(rng, image, openings, unit)
    if follicular > 0.15:
        masks[3] = signs.rings(rng, image, follicular, openings, bare)
    masks[1] = signs.oil(rng, image, oiliness, openings, bare, relief)
    masks[0] = signs.dry_film(rng, image, scaling, openings, bare)
    cast_shadows(rng, image, cover, unit)

    light = np.float32((1.0, 0.98, 0.94)) * np.float32(rng.uniform(0.6, 0.95))
    late = [strand for strand in strands if strand.over_plates]
    for strand in strands:
        if not strand.over_plates:
            growth.paint(image, strand, light)
    free = 1 - growth.cover_of(late, height, width)
    plates = signs.plates(rng, image, dandruff, openings, free)
    for strand in late:
        growth.paint(image, strand, light)
    lens.glints(rng, image, relief)
    lens.glass(rng, image)
    if not gentle:
        image = lens.focus(rng, image)
    pixels, field = lens.develop(rng, image, gentle)

    masks[4], masks[5] = plates, cover
    visible = bare * (1 - plates) * field
    seen_through = (visible, visible, visible, visible, free * field, field)
    evidence = np.zeros((EVIDENCE_ROWS, EVIDENCE_COLUMNS, 6), np.float32)
    for condition, (mask, seen) in enumerate(zip(masks, seen_through)):
        # An amount too small to be a grade is drawn, but is no evidence of one.
        if condition == 5 or grades[condition] > 0:
            cells = cv2.resize(mask * seen, (EVIDENCE_COLUMNS, EVIDENCE_ROWS), interpolation=cv2.INTER_AREA)
            evidence[..., condition] = np.clip(cells, 0, 1)
    return np.ascontiguousarray(pixels), grades.copy(), evidence


def cast_shadows(rng, image, cover, unit):
    """The soft shade hair throws beside itself; blurred at a quarter of the size."""
    small = cv2.resize(cover, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    shift = np.float32(((1, 0, rng.normal(0, 1.2 * unit)), (0, 1, rng.normal(0, 1.2 * unit))))
    small = cv2.warpAffine(small, shift, small.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.7, 2.0) * unit)
    shade = cv2.resize(small, cover.shape[::-1], interpolation=cv2.INTER_LINEAR) * np.float32(rng.uniform(0.1, 0.45))
    image *= 1 - shade[..., None] * np.float32((0.85, 1.0, 1.0))
