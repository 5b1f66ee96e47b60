"""Paints the six conditions. Every painter takes the quantity in 0..4 and turns it into areas, counts
and contrasts, so that a grade is something that can be measured in the frame."""

import cv2
import numpy as np

from .grades import along
from .noise import bank, soft_step, top_share


def erythema(scene, quantity):
    """Diffuse redness between the openings, with fine vessels from the middle grades on."""
    rng, unit = scene.rng, scene.unit
    field = bank().field(rng, scene.height, scene.width, rng.choice((48, 110)) * unit)
    field = field + 0.35 * bank().field(rng, scene.height, scene.width, 20 * unit)
    share = np.clip(along(quantity, 0.04, 0.3, 0.55, 0.78, 0.97) * rng.uniform(0.85, 1.15), 0, 1)
    strength = along(quantity, 0.02, 0.15, 0.27, 0.40, 0.55) * rng.uniform(0.88, 1.12)
    area = soft_step(field, top_share(field, share), rng.uniform(0.7, 1.8))
    area = 0.12 * strength + area * (0.8 + 0.2 * np.tanh(field))
    scene.absorb(area * strength, (rng.uniform(0.05, 0.25), rng.uniform(0.8, 1.0), rng.uniform(0.62, 0.9)))
    scene.mark(2, np.clip(area * strength / 0.55, 0, 1))
    vessels(scene, rng.poisson(along(quantity, 0.1, 0.8, 3.0, 7.0, 12.0)), strength)


def vessels(scene, count, strength):
    """Thin wandering red lines, out of focus under the skin."""
    rng, unit = scene.rng, scene.unit
    if not count:
        return
    layer = np.zeros((scene.height, scene.width), np.uint8)
    for _ in range(count):
        x, y = scene.place()
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.5, 12))
        stride = rng.uniform(3, 9) * unit
        path = np.stack([x + np.cumsum(np.cos(heading)) * stride, y + np.cumsum(np.sin(heading)) * stride], 1)
        wide = max(1, int(round(rng.uniform(0.6, 2.0) * unit)))
        cv2.polylines(layer, [np.round(path * 16).astype(np.int32)], False, 255, wide, cv2.LINE_AA, 4)
    layer = cv2.GaussianBlur(layer, (0, 0), 0.7 * unit).astype(np.float32) / 255
    scene.absorb(layer * (0.25 + 0.6 * strength), (0.15, 0.85, 0.7))


def follicles(scene, quantity):
    """Red rings round openings, and smooth rimmed pustules in the upper grades."""
    rng, unit = scene.rng, scene.unit
    if quantity < 0.65:
        return
    rings = max(1, int(round(along(quantity, 0, 1.2, 2.2, 3.2, 4.5) + rng.normal(0, 0.4))))
    strength = along(quantity, 0.0, 0.38, 0.52, 0.62, 0.75)
    for _ in range(rings):
        opening = scene.opening_or_skin()
        red_ring(scene, opening.x, opening.y, opening.radius * unit * rng.uniform(2.2, 4.5), strength * rng.uniform(0.8, 1.2))
    if quantity >= 3:
        count, small, large = 1 + rng.poisson(1.0 + (quantity - 3) * 1.5), 9.0, 27.0
    elif quantity >= 2:
        count, small, large = int(rng.random() < 0.6 + 0.4 * (quantity - 2)), 5.0, 12.0
    else:
        return
    for _ in range(count):
        opening = scene.opening_or_skin()
        pustule(scene, opening.x + rng.normal(0, 4) * unit, opening.y + rng.normal(0, 4) * unit, rng.uniform(small, large) * unit)


def red_ring(scene, x, y, reach, strength):
    """A red collar that fades outwards."""
    rng = scene.rng
    found = scene.window(x, y, reach * 2.0)
    if found is None:
        return
    part, across, down = found
    squash = rng.uniform(0.75, 1.3)
    distance = np.sqrt((across * squash) ** 2 + (down / squash) ** 2) / reach
    wobble = 1 + 0.18 * bank().field(rng, *distance.shape, 20 * scene.unit)
    collar = np.exp(-(np.clip(distance * wobble - rng.uniform(0.1, 0.45), 0, None) ** 2) * 3.0) * strength
    scene.mark(3, np.clip(collar * 2, 0, 1), "window")
    part *= 1 - collar[..., None] * np.array((rng.uniform(0.05, 0.2), 0.85, 0.72), np.float32)


def pustule(scene, x, y, radius):
    """A smooth greenish-white dome with a rim, a red court and one broad highlight."""
    rng = scene.rng
    red_ring(scene, x, y, radius * rng.uniform(1.3, 1.9), rng.uniform(0.35, 0.7))
    found = scene.window(x, y, radius * 1.4)
    if found is None:
        return
    part, across, down = found
    squash = rng.uniform(0.85, 1.18)
    distance = np.sqrt((across * squash) ** 2 + (down / squash) ** 2) / radius
    dome = np.clip((1.0 - distance) * radius / (1.5 * scene.unit) + 0.5, 0, 1)
    scene.mark(3, dome, "window")
    colour = np.array(((0.90, 0.92, 0.74), (0.95, 0.93, 0.84), (0.90, 0.88, 0.62))[rng.integers(3)], np.float32)
    shade = 1.05 - 0.22 * distance**2 + rng.normal(0, 0.04) * across / radius
    paint = colour * shade[..., None].astype(np.float32)
    part += (paint - part) * (dome * rng.uniform(0.72, 0.95))[..., None]
    rim = np.exp(-(((distance - 0.97) / 0.10) ** 2)) * rng.uniform(0.2, 0.5)
    part += (np.array((0.62, 0.42, 0.30), np.float32) - part) * rim[..., None].astype(np.float32)
    shine = np.exp(-(((across - radius * 0.3) ** 2 + (down + radius * 0.3) ** 2) / (radius * 0.22) ** 2))
    part += (1 - part) * (shine * rng.uniform(0.2, 0.8))[..., None]


def sebum_film(scene, quantity):
    """A yellowish wet film that smooths the skin, with broad soft gloss."""
    rng, unit = scene.rng, scene.unit
    share = np.clip(along(quantity, 0.03, 0.35, 0.6, 0.8, 0.97) * rng.uniform(0.85, 1.15), 0, 1)
    strength = along(quantity, 0.0, 0.16, 0.27, 0.38, 0.50) * rng.uniform(0.88, 1.12)
    if strength < 0.02:
        return
    field = bank().field(rng, scene.height, scene.width, 110 * unit)
    film = soft_step(field, top_share(field, share), 0.9)
    smooth = cv2.GaussianBlur(scene.image, (0, 0), 1.8 * unit)
    scene.image += (smooth - scene.image) * (film * min(1.0, strength * 1.8))[..., None]
    scene.absorb(film * strength, (0.02, rng.uniform(0.10, 0.2), rng.uniform(0.75, 1.0)))
    scene.mark(1, film * min(1.0, strength * 2))
    ripple = bank().field(rng, scene.height, scene.width, 20 * unit)
    lit = along(quantity, 0.0, 0.012, 0.035, 0.07, 0.12) * rng.uniform(0.8, 1.2)
    gloss = soft_step(ripple, top_share(ripple, lit), 0.5) * film
    # Wet highlights have soft, rounded edges; only dry scale and mirror glints are jagged.
    gloss = np.clip(1.5 * cv2.GaussianBlur(gloss.astype(np.float32), (0, 0), rng.uniform(1.2, 2.4) * unit), 0, 1)
    scene.blend(gloss * rng.uniform(0.5, 0.95), (1.0, 0.98, 0.88))


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
        scene.mark(1, body, "window")
        part *= 1 - (body * 0.3)[..., None] * np.array((0.05, 0.2, 0.85), np.float32)
        shine = np.exp(-(((across + radius * 0.25) ** 2 + (down + radius * 0.25) ** 2) / (radius * 0.4) ** 2))
        part += (np.array((1.0, 0.99, 0.92), np.float32) - part) * (shine * rng.uniform(0.5, 0.95))[..., None]


def scaling(scene, quantity):
    """A thin whitish film cracked like dry varnish."""
    rng, unit = scene.rng, scene.unit
    share = np.clip(along(quantity, 0.02, 0.26, 0.48, 0.72, 0.95) * rng.uniform(0.85, 1.15), 0, 1)
    strength = along(quantity, 0.0, 0.34, 0.46, 0.58, 0.70) * rng.uniform(0.88, 1.12)
    if strength < 0.05:
        return
    field = bank().field(rng, scene.height, scene.width, rng.choice((48, 110)) * unit)
    field = field + 0.3 * bank().field(rng, scene.height, scene.width, 8 * unit)
    film = soft_step(field, top_share(field, share), 0.45)
    scene.mark(0, film * min(1.0, strength * 1.4))
    spacing = float(np.exp(rng.uniform(np.log(9), np.log(26)))) * unit
    crack = bank().crack(rng, scene.height, scene.width, spacing)
    if rng.random() < 0.6:
        # Lifted edges are brighter than the middle of a scale.
        leaf = np.where(crack < 0.16, 0.12, 1.0 - 0.55 * crack)
    else:
        leaf = 0.15 + 0.85 * crack
    texture = 0.85 + 0.25 * bank().field(rng, scene.height, scene.width, 3 * unit)
    tint = np.array((0.98, 0.97, 0.95)) + rng.normal(0, 0.012, 3)
    scene.blend(np.clip(film * leaf * texture, 0, 1) * strength, tint)
    edge = np.clip(1 - np.abs(crack - 0.3) / 0.14, 0, 1) * film
    scene.blend(edge * strength * rng.uniform(0.0, 0.6), (1.0, 1.0, 0.98))


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
    sizes = rng.uniform(0.5, 1.7, count) * unit
    layer = scene.dots(points, sizes, rng.uniform(0.35, 0.8, count))
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


def dandruff(scene, quantity, hair=None):
    """Opaque, textured, crusty plates stuck on skin and hair. Grown until the wanted area is covered."""
    rng, unit = scene.rng, scene.unit
    frame = scene.height * scene.width
    area = along(quantity, 0.0, 0.006, 0.032, 0.10, 0.32) * frame * rng.uniform(0.9, 1.1)
    if quantity < 0.6 and rng.random() < 0.6:
        return
    typical = np.clip(np.sqrt(area / np.pi / rng.uniform(1.5, 7)), 3 * unit, 52 * unit)
    yellow = rng.uniform(0, 1)
    covered, tries = 0.0, 0
    while covered < area and tries < 60:
        tries += 1
        largest = min(60 * unit, 1.1 * np.sqrt(max(area - covered, 1.0) / np.pi))
        radius = float(np.clip(typical * np.exp(rng.normal(0, 0.45)), 2.0 * unit, max(largest, 2.0 * unit)))
        if scene.openings and rng.random() < 0.5:
            opening = scene.openings[rng.integers(len(scene.openings))]
            x, y = opening.x + rng.normal(0, 14) * unit, opening.y + rng.normal(0, 14) * unit
        else:
            x, y = scene.place()
        covered += plate(scene, x, y, radius, yellow)


def plate(scene, x, y, radius, yellow):
    """One plate; returns how many pixels it covers."""
    rng, unit = scene.rng, scene.unit
    found = scene.window(x, y, radius * 2.1)
    if found is None:
        return 0.0
    part, across, down = found
    turn, squash = rng.uniform(0, np.pi), rng.uniform(0.5, 1.0)
    u = (across * np.cos(turn) + down * np.sin(turn)) * squash
    v = (-across * np.sin(turn) + down * np.cos(turn)) / squash
    distance = np.sqrt(u * u + v * v) / radius
    ragged = bank().field(rng, *distance.shape, np.clip(radius * 0.55, 3, 110))
    frayed = bank().field(rng, *distance.shape, np.clip(radius * 0.16, 3, 40))
    height = 1.0 - distance + 0.26 * ragged + 0.11 * frayed
    edge = radius / (1.3 * unit)
    mask = np.clip(height * edge, 0, 1).astype(np.float32)
    scene.mark(4, mask, "window")
    shift = int(max(1, round(rng.uniform(1, 2.5) * unit)))
    under = np.zeros_like(mask)
    under[shift:, shift:] = cv2.GaussianBlur(mask, (0, 0), 1.5 * unit)[:-shift, :-shift]
    part *= 1 - (np.clip(under - mask, 0, 1) * rng.uniform(0.25, 0.55))[..., None]
    grain = bank().field(rng, *distance.shape, 3 * unit) * 0.07 + bank().field(rng, *distance.shape, 8 * unit) * 0.06
    crust = np.clip(1.0 - height * edge / 5.0, 0, 1) * rng.uniform(0.0, 0.14)
    light = 0.93 + grain + crust
    cream = np.array((0.95, 0.93, 0.87), np.float32) * (1 - yellow) + np.array((0.90, 0.80, 0.55), np.float32) * yellow
    paint = np.clip(light[..., None] * cream * rng.uniform(0.90, 1.08), 0, 1)
    part += (paint - part) * (mask * rng.uniform(0.8, 0.98))[..., None].astype(np.float32)
    return float(mask.sum())
