"""Renders a contact-microscope frame with the wanted grades.

Glints, stains, bubbles, casts and vignettes are drawn at every grade: none of them is a sign of anything.
"""

import cv2
import numpy as np

from . import camera, conditions, hair
from .grades import along, draw_grades, draw_quantities
from .noise import bank, soft_step, top_share
from .scene import Scene

SKINS = ((0.90, 0.76, 0.66), (0.86, 0.70, 0.58), (0.93, 0.82, 0.74), (0.80, 0.63, 0.50), (0.88, 0.78, 0.72))


def render(rng, height=240, width=320, grades=None, gentle=False):
    """Returns (uint8 RGB frame, six grades). `gentle` keeps the camera well behaved."""
    pixels, grades, _ = render_with_evidence(rng, height, width, grades, gentle)
    return pixels, grades


def render_with_evidence(rng, height=240, width=320, grades=None, gentle=False):
    """The same, and where each condition was painted, [15,20,6]."""
    if grades is None:
        grades = draw_grades(rng)
    grades = np.asarray(grades)
    quantity = draw_quantities(rng, grades)
    scene = skin(rng, height, width)
    hair.place_openings(scene, quantity[5])
    conditions.erythema(scene, quantity[2])
    stains(scene)
    hair.paint_openings(scene)
    before_hair = rng.random() < 0.5
    conditions.sebum_film(scene, quantity[1])
    conditions.scaling(scene, quantity[0])
    conditions.follicles(scene, quantity[3])
    if before_hair:
        conditions.scale_specks(scene, quantity[0])
    hair.paint_hairs(scene, quantity[5], wet=quantity[1] / 4)
    if not before_hair:
        conditions.scale_specks(scene, quantity[0])
    conditions.sebum_blobs(scene, quantity[1])
    conditions.dandruff(scene, quantity[4])
    glints(scene)
    image = scene.image
    image = camera.vignette(rng, image, rng.uniform(-0.05, 0.45))
    image = camera.cast(rng, image, 0.5 if gentle else 1.0)
    image = camera.tone(rng, image)
    if not gentle:
        image = camera.focus(rng, image, scene.unit)
    pixels = camera.sensor(rng, image, compress=not gentle)
    evidence = scene.evidence()
    if not gentle:
        pixels, evidence = camera.turn(rng, pixels, evidence)
    return pixels, grades, evidence


def skin(rng, height, width):
    """Bare skin: colour, mottling, fine furrows, pores."""
    unit = width / 320
    tone = np.array(SKINS[rng.integers(len(SKINS))], np.float32) * rng.uniform(0.66, 0.96)
    tone = tone + rng.normal(0, 0.015, 3).astype(np.float32)
    image = np.empty((height, width, 3), np.float32)
    shade = 1 + bank().field(rng, height, width, 110 * unit) * rng.uniform(0.01, 0.06)
    shade += bank().field(rng, height, width, 8 * unit) * rng.uniform(0.0, 0.022)
    shade += bank().field(rng, height, width, 3 * unit) * rng.uniform(0.0, 0.022)
    if rng.random() < 0.5:
        furrow = bank().crack(rng, height, width, rng.uniform(9, 24) * unit)
        shade -= (1 - furrow) ** 2 * rng.uniform(0.0, 0.10)
    image[:] = tone
    image *= shade[..., None]
    mottle = bank().field(rng, height, width, 48 * unit) * rng.uniform(0.0, 0.03)
    image[..., 0] += mottle * 0.3
    image[..., 1] -= mottle * 0.5
    return Scene(rng, height, width, image, unit)


def stains(scene):
    """Dye, dirt, moles: brown or dark patches that no grade counts."""
    rng, unit = scene.rng, scene.unit
    if rng.random() < 0.12:
        field = bank().field(rng, scene.height, scene.width, 48 * unit)
        area = soft_step(field, top_share(field, rng.uniform(0.05, 0.4)), 0.8)
        scene.absorb(area * rng.uniform(0.1, 0.35), (0.5, 0.6, 0.65))
    for _ in range(rng.poisson(0.15)):
        x, y = scene.place()
        found = scene.window(x, y, 16 * unit)
        part, across, down = found
        spot = np.exp(-((across**2 + down**2) / (rng.uniform(2, 7) * unit) ** 2) ** 2) * rng.uniform(0.3, 0.8)
        part *= 1 - spot[..., None] * np.array((0.6, 0.75, 0.8), np.float32)


def glints(scene):
    """Mirror reflections of the ring light: saturated, sharp, in clusters, arcs and ridges."""
    rng, unit = scene.rng, scene.unit
    points, sizes = [], []
    for _ in range(rng.poisson(rng.choice((0.5, 3.0, 9.0)))):
        x, y = scene.place()
        spread = rng.uniform(3, 26) * unit
        count = int(rng.integers(1, 16))
        if rng.random() < 0.25:
            # The lamps of the ring, mirrored one by one.
            angles = rng.uniform(0, 2 * np.pi) + np.linspace(0, rng.uniform(2, 6.2), count)
            cluster = np.stack([x + np.cos(angles) * spread, y + np.sin(angles) * spread * rng.uniform(0.5, 1)], 1)
        else:
            cluster = rng.normal(0, spread, (count, 2)) + (x, y)
        points.extend(cluster)
        sizes.extend(rng.uniform(0.4, rng.uniform(0.8, 2.6), count) * unit)
    if points:
        layer = scene.dots(points, sizes, np.ones(len(points)))
        scene.blend(layer * rng.uniform(0.75, 1.0), (1.0, 1.0, 1.0))
    if rng.random() < 0.6:
        stretch = rng.uniform(1.0, 3.0)
        ridge = bank().field(rng, scene.height, scene.width, rng.choice((3, 3, 3, 8)) * unit, stretch)
        where = bank().field(rng, scene.height, scene.width, 48 * unit)
        share = rng.uniform(0.001, 0.03)
        lit = soft_step(ridge, top_share(ridge, share * 3), 0.25) * soft_step(where, rng.uniform(-0.2, 0.8), 0.5)
        scene.blend(lit * rng.uniform(0.6, 1.0), (1.0, 1.0, 0.98))
    if rng.random() < 0.2:
        # Flare of the lamp on the contact plate.
        x, y = scene.place()
        found = scene.window(x, y, rng.uniform(20, 70) * unit)
        part, across, down = found
        reach = max(across.max(), -across.min(), 1.0)
        flare = np.exp(-((across**2 + down**2) / (0.45 * reach) ** 2)) * rng.uniform(0.1, 0.6)
        part += (1 - part) * flare[..., None].astype(np.float32)
    for _ in range(rng.poisson(0.3)):
        x, y = scene.place()
        radius = rng.uniform(3, 22) * unit
        found = scene.window(x, y, radius * 1.3)
        part, across, down = found
        distance = np.sqrt(across**2 + down**2)
        rim = np.exp(-(((distance - radius) / (0.9 * unit)) ** 2)) * rng.uniform(0.3, 0.8)
        part += (rng.choice((0.15, 1.0)) - part) * rim[..., None].astype(np.float32)
