"""Red rings round openings, and pustules that sit on the hair: follicular erythema and its upper grades."""

import numpy as np

from ..grades import along
from ..noise import bank

# Below this quantity a condition is not a finding: whatever traces are painted leave no evidence.
FINDING = 0.7
BORDER = np.array((0.58, 0.40, 0.28), np.float32)
PUS = ((0.88, 0.92, 0.72), (0.95, 0.94, 0.84), (0.90, 0.89, 0.64), (0.84, 0.90, 0.76))


def rings(scene, quantity):
    """Paints the rings under the shafts, grown until the share of the frame that is *visibly* inside them
    (weight of the ring, not hidden by hair or pus) is what the grade asks for. Returns the discs to be
    painted over the hair, as (x, y, radius)."""
    rng, unit = scene.rng, scene.unit
    if quantity < FINDING and rng.random() < 0.75:
        return []
    wanted = along(quantity, 0, 0.012, 0.035, 0.07, 0.12) * rng.uniform(0.92, 1.08)
    discs = place_discs(scene, quantity)
    count = max(len(discs), 1, int(round(along(quantity, 0, 1.2, 2.4, 3.6, 5.0) + rng.normal(0, 0.5))))
    centres = [(x, y) for x, y, _ in discs]
    openings = [o for o in scene.openings if 0.04 < o.x / scene.width < 0.96 and 0.04 < o.y / scene.height < 0.96]
    rng.shuffle(openings)
    for opening in openings:
        if len(centres) < count:
            centres.append((opening.x, opening.y))
    while not centres:
        opening = scene.opening_or_skin()
        centres.append((opening.x, opening.y))

    hidden = scene.cover.astype(np.float32) / 255
    for x, y, radius in discs:
        part, across, down = scene.window(x, y, radius)
        np.maximum(hidden[scene.last], across**2 + down**2 < radius**2, out=hidden[scene.last])
    open_skin = 1 - hidden
    shapes = [(rng.uniform(0.8, 1.25), rng.uniform(0.75, 1.3), rng.uniform(0.1, 0.6)) for _ in centres]
    field = bank().field(rng, scene.height, scene.width, 20 * unit)
    reach = np.sqrt(wanted * scene.height * scene.width / len(centres) / np.pi / 0.7)
    for _ in range(7):
        ring = draw(scene, centres, shapes, reach, field)
        seen = float((ring * open_skin).mean())
        if abs(seen - wanted) < 0.06 * wanted:
            break
        reach *= np.clip(np.sqrt(wanted / max(seen, 1e-5)), 0.6, 1.7)
    strength = along(quantity, 0.10, 0.48, 0.58, 0.68, 0.80) * rng.uniform(0.9, 1.1)
    scene.absorb(ring * strength, (rng.uniform(0.04, 0.2), rng.uniform(0.8, 0.92), rng.uniform(0.62, 0.82)))
    if quantity >= FINDING:
        scene.mark(3, ring * open_skin)
    return discs


def draw(scene, centres, shapes, reach, field):
    """The weight of all rings, 0..1 over the frame: full up to a shoulder, then fading out to `reach`."""
    layer = np.zeros((scene.height, scene.width), np.float32)
    for (x, y), (size, squash, shoulder) in zip(centres, shapes):
        radius = max(reach * size, 2.0)
        found = scene.window(x, y, radius * 1.7)
        if found is None:
            continue
        _, across, down = found
        distance = np.sqrt((across * squash) ** 2 + (down / squash) ** 2) / radius
        distance += 0.10 * field[scene.last]
        collar = np.clip((1.15 - distance) / (1.15 - shoulder), 0, 1)
        collar = collar * collar * (3 - 2 * collar)
        np.maximum(layer[scene.last], collar, out=layer[scene.last])
    return layer


def place_discs(scene, quantity):
    """Where pustules stand and how large they are (pixels): none below 2, about one small one up to 3,
    one to four large ones above."""
    rng, unit = scene.rng, scene.unit
    if quantity < 2:
        return []
    if quantity < 3:
        count, small, large = int(rng.random() < 0.75 + 0.25 * (quantity - 2)), 5.0, 12.0
    else:
        count, small, large = min(4, 1 + rng.poisson(0.6 + (quantity - 3) * 1.4)), 9.0, 27.0
    discs = []
    for _ in range(count):
        radius = rng.uniform(small, large) * unit
        for _ in range(8):
            opening = scene.opening_or_skin()
            slip = rng.uniform(0, 0.8) * radius
            x = opening.x + np.cos(opening.lean) * slip
            y = opening.y + np.sin(opening.lean) * slip
            inside = 0.3 * radius < x < scene.width - 0.3 * radius and 0.3 * radius < y < scene.height - 0.3 * radius
            if inside and all(np.hypot(x - a, y - b) > 0.8 * (radius + c) for a, b, c in discs):
                discs.append((x, y, radius))
                break
    return discs


def pustules(scene, discs):
    """Smooth greenish-white domes with a rim and a broad highlight, over skin and hair."""
    rng, unit = scene.rng, scene.unit
    colour = np.array(PUS[rng.integers(len(PUS))], np.float32)
    for x, y, radius in discs:
        found = scene.window(x, y, radius * 1.5)
        if found is None:
            continue
        part, across, down = found
        squash = rng.uniform(0.85, 1.18)
        distance = np.sqrt((across * squash) ** 2 + (down / squash) ** 2) / radius
        distance += 0.035 * bank().field(rng, *distance.shape, 20 * unit)
        dome = np.clip((1.0 - distance) * radius / (1.6 * unit) + 0.5, 0, 1)
        scene.mark(3, dome, "window")
        # The dome throws a soft shadow and pushes up a red border.
        border = np.exp(-(((distance - 1.08) / 0.14) ** 2)) * rng.uniform(0.25, 0.6)
        part *= 1 - border[..., None] * np.array((0.25, 0.75, 0.65), np.float32)
        light = rng.uniform(0, 2 * np.pi)
        toward = (across * np.cos(light) + down * np.sin(light)) / radius
        shade = 1.04 - 0.20 * distance**2 + rng.uniform(0.02, 0.10) * toward
        paint = np.clip(colour * shade[..., None], 0, 1).astype(np.float32)
        part += (paint - part) * (dome * rng.uniform(0.82, 0.97))[..., None]
        rim = np.exp(-(((distance - 0.96) / 0.09) ** 2)) * rng.uniform(0.2, 0.5)
        part += (BORDER - part) * rim[..., None].astype(np.float32)
        high = (across - np.cos(light) * radius * 0.38) ** 2 + (down - np.sin(light) * radius * 0.38) ** 2
        shine = np.exp(-high / (radius * rng.uniform(0.12, 0.26)) ** 2) * rng.uniform(0.2, 0.9)
        part += (1 - part) * shine[..., None].astype(np.float32)
