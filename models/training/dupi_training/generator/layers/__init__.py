"""The layered renderer of contact-microscope frames: skin, films, rings, shafts, discs, plates, camera.

Whatever is no sign of a condition (casts, glints, stains, bubbles, stray hairs, vignettes) is drawn at
every grade. The amounts behind the grades are areas, counts and contrasts: see `conditions` and `hair`.
"""

import numpy as np

from .. import camera
from ..grades import draw_quantities
from . import clutter, conditions, follicles, hair, plates, skin


def render(rng, height, width, grades, gentle=False):
    """Returns (uint8 RGB [height,width,3], six grades, evidence [15,20,6]).

    `gentle` keeps the camera well behaved: no blur, no heavy cast, no compression.
    """
    grades = np.asarray(grades)
    quantity = draw_quantities(rng, grades)
    scene = skin.bare(rng, height, width)
    hair.place_openings(scene, quantity[5])
    hair.plan(scene, quantity[5])
    conditions.erythema(scene, quantity[2])
    clutter.stains(scene)
    hair.paint_openings(scene)
    conditions.sebum_film(scene, quantity[1])
    conditions.scaling(scene, quantity[0])
    discs = follicles.rings(scene, quantity[3])
    over_hair = rng.random() < 0.5
    if not over_hair:
        conditions.scale_specks(scene, quantity[0])
    hair.paint(scene, wet=quantity[1] / 4)
    if over_hair:
        conditions.scale_specks(scene, quantity[0])
    follicles.pustules(scene, discs)
    conditions.sebum_blobs(scene, quantity[1])
    plates.dandruff(scene, quantity[4])
    clutter.stray_hairs(scene)
    clutter.glints(scene)
    clutter.contact_plate(scene)
    pixels = camera.photograph(rng, scene.image, scene.unit, gentle)
    evidence = scene.evidence()
    if not gentle:
        pixels, evidence = camera.turn(rng, pixels, evidence)
    return pixels, grades, evidence
