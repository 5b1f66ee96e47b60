"""What lies on or in the skin: redness, wet film, dry film. Every painter takes the quantity in 0..4 and
turns it into areas, counts and contrasts, so that a grade is something that can be measured in the frame."""

import cv2
import numpy as np

from ..grades import along
from ..noise import bank, soft_step, top_share
from .follicles import FINDING


def erythema(scene, quantity):
    """Diffuse redness between the openings, with fine vessels from the middle grades on."""
    rng, unit = scene.rng, scene.unit
    field = bank().field(rng, scene.height, scene.width, rng.choice((48, 110)) * unit)
    field = field + 0.35 * bank().field(rng, scene.height, scene.width, 20 * unit)
    share = np.clip(along(quantity, 0.02, 0.3, 0.55, 0.78, 0.97) * rng.uniform(0.9, 1.1), 0, 1)
    strength = along(quantity, 0.02, 0.15, 0.27, 0.40, 0.55) * rng.uniform(0.88, 1.12)
    area = soft_step(field, top_share(field, share), rng.uniform(0.7, 1.8))
    area = 0.12 * strength + area * (0.8 + 0.2 * np.tanh(field))
    scene.absorb(area * strength, (rng.uniform(0.05, 0.25), rng.uniform(0.8, 1.0), rng.uniform(0.62, 0.9)))
    if quantity >= FINDING:
        scene.mark(2, np.clip(area * strength / 0.55, 0, 1))
    vessels(scene, rng.poisson(along(quantity, 0.0, 0.8, 3.0, 7.0, 12.0)), strength)


def vessels(scene, count, strength):
    """Thin wandering red lines, out of focus under the skin."""
    rng, unit = scene.rng, scene.unit
    if not count:
        return
    layer = np.zeros((scene.height, scene.width), np.uint8)
    for _ in range(count):
        x, y = scene.place()
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.4, 16))
        stride = rng.uniform(2.5, 7) * unit
        path = np.stack([x + np.cumsum(np.cos(heading)) * stride, y + np.cumsum(np.sin(heading)) * stride], 1)
        wide = max(1, int(round(rng.uniform(0.5, 1.5) * unit)))
        cv2.polylines(layer, [np.round(path * 16).astype(np.int32)], False, 255, wide, cv2.LINE_AA, 4)
    layer = cv2.GaussianBlur(layer, (0, 0), 0.7 * unit).astype(np.float32) / 255
    scene.absorb(layer * (0.25 + 0.6 * strength), (0.15, 0.85, 0.7))


def sebum_film(scene, quantity):
    """A yellowish wet film that smooths the skin, with broad soft gloss."""
    rng, unit = scene.rng, scene.unit
    share = np.clip(along(quantity, 0.0, 0.35, 0.6, 0.8, 0.97) * rng.uniform(0.9, 1.1), 0, 1)
    strength = along(quantity, 0.0, 0.16, 0.27, 0.38, 0.50) * rng.uniform(0.88, 1.12)
    if strength < 0.02:
        return
    field = bank().field(rng, scene.height, scene.width, 110 * unit)
    film = soft_step(field, top_share(field, share), 0.9)
    smooth = cv2.GaussianBlur(scene.image, (0, 0), 1.8 * unit)
    scene.image += (smooth - scene.image) * (film * min(1.0, strength * 1.8))[..., None]
    scene.absorb(film * strength, (0.02, rng.uniform(0.10, 0.2), rng.uniform(0.75, 1.0)))
    if quantity >= FINDING:
        scene.mark(1, film * min(1.0, strength * 2))
    ripple = bank().field(rng, scene.height, scene.width, 20 * unit)
    lit = along(quantity, 0.0, 0.012, 0.035, 0.07, 0.12) * rng.uniform(0.8, 1.2)
    gloss = soft_step(ripple, top_share(ripple, lit), rng.uniform(1.2, 2.2)) * film
    # Wet highlights are broad and fade out softly; only dry scale and mirror glints are jagged.
    gloss = cv2.GaussianBlur(gloss.astype(np.float32), (0, 0), rng.uniform(1.5, 3.5) * unit)
    gloss = np.clip(1.25 * gloss, 0, 1) ** rng.uniform(1.0, 1.6)
    scene.blend(gloss * rng.uniform(0.6, 1.0), (1.0, 0.98, 0.88))


def sebum_blobs(scene, quantity):
    """Drops of light round the openings: rounded, translucent, yellow at the edge."""
    rng, unit = scene.rng, scene.unit
    for _ in range(rng.poisson(along(quantity, 0.1, 1.4, 3.5, 7.0, 11.0))):
        opening = scene.opening_or_skin() if rng.random() < 0.75 else None
        x, y = (opening.x, opening.y) if opening else scene.place()
        x, y = x + rng.normal(0, 7) * unit, y + rng.normal(0, 7) * unit
        radius = rng.uniform(2.5, 4.5 + 2.0 * quantity) * unit
        found = scene.window(x, y, radius * 1.5)
        if found is None:
            continue
        part, across, down = found
        squash = rng.uniform(0.7, 1.4)
        distance = np.sqrt((across * squash) ** 2 + (down / squash) ** 2) / radius
        body = np.clip((1.0 - distance) * 3, 0, 1)
        if quantity >= FINDING:
            scene.mark(1, body, "window")
        part *= 1 - (body * 0.3)[..., None] * np.array((0.05, 0.2, 0.85), np.float32)
        shine = np.exp(-(((across + radius * 0.25) ** 2 + (down + radius * 0.25) ** 2) / (radius * 0.4) ** 2))
        part += (np.array((1.0, 0.99, 0.92), np.float32) - part) * (shine * rng.uniform(0.5, 0.95))[..., None]


def scaling(scene, quantity):
    """A thin whitish film cracked like dry varnish."""
    rng, unit = scene.rng, scene.unit
    share = np.clip(along(quantity, 0.0, 0.26, 0.48, 0.72, 0.95) * rng.uniform(0.9, 1.1), 0, 1)
    strength = along(quantity, 0.0, 0.34, 0.46, 0.58, 0.70) * rng.uniform(0.88, 1.12)
    if strength < 0.05:
        return
    field = bank().field(rng, scene.height, scene.width, rng.choice((48, 110)) * unit)
    field = field + 0.3 * bank().field(rng, scene.height, scene.width, 8 * unit)
    film = soft_step(field, top_share(field, share), rng.uniform(0.4, 1.3))
    if quantity >= FINDING:
        scene.mark(0, film * min(1.0, strength * 1.4))
    spacing = float(np.exp(rng.uniform(np.log(9), np.log(26)))) * unit
    crack = bank().crack(rng, scene.height, scene.width, spacing)
    fine = bank().field(rng, scene.height, scene.width, 3 * unit, rng.uniform(1.0, 2.5))
    style, lift = rng.random(), rng.uniform(0.0, 0.6)
    if style < 0.42:
        # Lifted edges are brighter than the middle of a scale.
        leaf = np.where(crack < 0.16, 0.12, 1.0 - 0.55 * crack)
    elif style < 0.8:
        leaf = 0.15 + 0.85 * crack
    else:
        # Too fine to be cracked: a matt powder in clumps, with hardly a border in it.
        clumps = bank().field(rng, scene.height, scene.width, 8 * unit)
        leaf, lift = 0.78 + 0.15 * fine + 0.3 * clumps - rng.uniform(0.0, 0.25) * (1 - crack), lift * 0.3
    texture = 0.85 + 0.25 * fine
    tint = np.array((0.98, 0.97, 0.95)) + rng.normal(0, 0.012, 3)
    scene.blend(np.clip(film * leaf * texture, 0, 1) * strength, tint)
    # Borders peel off here and there, not everywhere.
    peel = np.clip(0.6 + 0.6 * bank().field(rng, scene.height, scene.width, 20 * unit), 0, 1)
    edge = np.clip(1 - np.abs(crack - 0.3) / 0.14, 0, 1) * film * peel
    scene.blend(edge * strength * lift, (1.0, 1.0, 0.98))


def scale_specks(scene, quantity):
    """Small matt flecks round the openings and along cracks, irregular and never saturated."""
    rng, unit = scene.rng, scene.unit
    count = rng.poisson(along(quantity, 0.5, 14, 35, 75, 140))
    if not count:
        return
    points = []
    for _ in range(count):
        if rng.random() < 0.6 and scene.openings:
            opening = scene.openings[rng.integers(len(scene.openings))]
            reach = opening.radius * unit * rng.uniform(1.0, 4.5)
            angle = rng.uniform(0, 2 * np.pi)
            points.append((opening.x + np.cos(angle) * reach, opening.y + np.sin(angle) * reach))
        else:
            points.append(scene.place())
    sizes = rng.uniform(0.6, 2.1, count) * unit
    layer = scene.dots(points, sizes, rng.uniform(0.45, 0.95, count))
    for x, y in points[:: 5]:
        found = scene.window(x, y, 9 * unit)
        if found is None:
            continue
        part, across, down = found
        turn = rng.uniform(0, np.pi)
        length, breadth = rng.uniform(2, 6) * unit, rng.uniform(0.7, 1.6) * unit
        u = across * np.cos(turn) + down * np.sin(turn)
        v = -across * np.sin(turn) + down * np.cos(turn) + u * u / (12 * unit)
        flake = np.clip(2.0 - 2.0 * np.maximum(np.abs(u) / length, np.abs(v) / breadth), 0, 1)
        part += (np.array((0.92, 0.91, 0.88), np.float32) - part) * (flake * rng.uniform(0.3, 0.7))[..., None]
    scene.blend(layer * 0.8, (0.97, 0.96, 0.93))
