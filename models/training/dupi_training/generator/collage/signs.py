"""The signs of the five skin conditions, each pasted in the measured amount of its quantity.

Every function changes the image and returns the mask of what it painted (float32 0..1).
"""

import cv2
import numpy as np

from ..grades import along
from .banks import VESSEL_SIDE, any_of, banks, clouded, drawn, lay, placement
from .ground import lamp, pull, stamp


def level_for(field, bare, share):
    """The height above which `share` of the bare pixels lie (every fourth pixel is asked)."""
    asked = field[::4, ::4][bare[::4, ::4] > 0.5]
    return float(np.quantile(asked, 1 - min(share, 0.999))) if asked.size > 8 else 0.0


def ramp(field, level, softness):
    """0..1, one half at the level."""
    return np.clip((field - level) / softness + 0.5, 0, 1)


def varied(rng, amount):
    """The amount with the spread of ten percent that all renderers share."""
    return amount * rng.uniform(0.9, 1.1)


def redness(rng, image, quantity, bare):
    """Interfollicular erythema: soft patches that swallow green, and fine vessels."""
    shape, unit = image.shape[:2], image.shape[1] / 320
    share = varied(rng, along(quantity, 0.02, 0.3, 0.55, 0.78, 0.97))
    depth = varied(rng, along(quantity, 0.02, 0.15, 0.27, 0.40, 0.55))
    field = clouded(rng, shape, unit, rng.uniform(1.2, 3.0))
    field = field + 0.10 * drawn(rng, banks().tissue, shape, unit, 1)
    mask = ramp(field, level_for(field, bare, share), rng.uniform(0.7, 1.7))
    absorbed = mask * depth
    vessels = np.zeros(shape, np.float32)
    for _ in range(rng.poisson(along(quantity, 0, 0.8, 3, 7, 12)) if quantity > 0.6 else 0):
        paste_vessel(rng, vessels, unit)
    absorbed = absorbed + np.minimum(vessels, 1) * rng.uniform(0.25, 0.45) * (0.6 + 0.4 * mask)
    image[..., 0] *= 1 - 0.14 * absorbed
    image[..., 1] *= 1 - absorbed
    image[..., 2] *= 1 - rng.uniform(0.72, 0.95) * absorbed
    return mask


def paste_vessel(rng, layer, unit):
    """One vessel sprite, turned and stretched, on the layer of vessels."""
    sprite = any_of(rng, banks().vessels)
    scale = unit * rng.uniform(0.45, 1.1)
    matrix = cv2.getRotationMatrix2D((VESSEL_SIDE / 2, VESSEL_SIDE / 2), rng.uniform(0, 360), scale)
    middle = rng.random(2) * layer.shape[::-1]
    reach = int(VESSEL_SIDE * scale * 0.7)
    left, top = int(middle[0]) - reach, int(middle[1]) - reach
    matrix[:, 2] += reach - VESSEL_SIDE / 2
    turned = cv2.warpAffine(sprite, matrix, (2 * reach, 2 * reach), flags=cv2.INTER_AREA)
    top_cut, left_cut = max(-top, 0), max(-left, 0)
    target = layer[max(top, 0) : top + 2 * reach, max(left, 0) : left + 2 * reach]
    piece = turned[top_cut : top_cut + target.shape[0], left_cut : left_cut + target.shape[1]]
    np.maximum(target, piece * np.float32(rng.uniform(0.5, 1) / 255), out=target)


def rings(rng, image, quantity, openings, bare):
    """Red rings round openings, as wide as the visible share asks; then pustules on their hairs."""
    shape, unit = image.shape[:2], image.shape[1] / 320
    share = varied(rng, along(quantity, 0, 0.012, 0.035, 0.07, 0.12))
    inner = [o for o in openings if 0 < o.x < shape[1] and 0 < o.y < shape[0]] or openings
    affected = len(inner) * along(quantity, 0.3, 0.35, 0.5, 0.7, 0.9) * rng.uniform(0.7, 1.3)
    count = int(np.clip(round(affected), 1, len(inner)))
    chosen = [inner[index] for index in rng.permutation(len(inner))[:count]]
    thickness = [rng.uniform(0.32, 0.6) for _ in chosen]
    step = max(int(4 * unit), 1)
    rows, columns = np.mgrid[0 : shape[0] : step, 0 : shape[1] : step].astype(np.float32)
    seen = bare[::step, ::step]
    away = [np.hypot(columns - o.x, rows - o.y) / unit for o in chosen]
    low, high = 1.0, 70.0
    for _ in range(9):
        size = (low + high) / 2
        weight = np.maximum.reduce([ring(distance, size, wide) for distance, wide in zip(away, thickness)])
        low, high = (size, high) if (weight * seen).mean() < share else (low, size)
    wobble = drawn(rng, banks().tissue, shape, unit, 0.8)
    mask = np.zeros(shape, np.float32)
    for opening, wide in zip(chosen, thickness):
        found = stamp(shape, opening.x, opening.y, unit * size * (1 + 2.2 * wide))
        if found:
            where, across, down = found
            distance = np.hypot(across, down) / unit + 0.05 * size * wobble[where]
            mask[where] = np.maximum(mask[where], ring(distance, size, wide))
    depth = varied(rng, along(quantity, 0.10, 0.36, 0.44, 0.50, 0.58))
    absorbed = mask * np.clip(0.9 + 0.13 * wobble, 0.5, 1.2) * depth
    image[..., 0] *= 1 - 0.10 * absorbed
    image[..., 1] *= 1 - absorbed
    image[..., 2] *= 1 - 0.85 * absorbed
    if quantity >= 2:
        for place in range(int(rng.integers(1, 5)) if quantity >= 3 else 1):
            opening = chosen[place % len(chosen)]
            radius = unit * (rng.uniform(9, 27) if quantity >= 3 else rng.uniform(5, 12))
            angle = rng.uniform(0, 2 * np.pi)
            gap = (radius * rng.uniform(0, 0.7)) if place < len(chosen) else radius * 1.8
            pustule(rng, image, mask, opening.x + gap * np.cos(angle), opening.y + gap * np.sin(angle), radius)
    return mask


def ring(distance, size, wide):
    """A ring's weight at a distance from the opening, full at `size`, weaker inside."""
    return np.exp(-(((distance - size) / (size * wide * np.where(distance < size, 1.6, 1.0))) ** 2))


def pustule(rng, image, mask, x, y, radius):
    """A smooth dome of pus with a brighter crown, a rim of shade and a red court."""
    found = stamp(image.shape, x, y, radius * 1.9)
    if not found:
        return
    where, across, down = found
    unit = image.shape[1] / 320
    away = np.hypot(across, down * rng.uniform(0.85, 1.1)) / radius
    court = np.exp(-(((away - 1.15) / 0.28) ** 2)) * rng.uniform(0.25, 0.5)
    patch = image[where]
    patch *= 1 - court[..., None] * np.float32((0.08, 0.85, 0.75))
    cloudy = drawn(rng, banks().tissue, (patch.shape[0], patch.shape[1]), unit, 0.7)
    body = ramp(-away + 0.02 * cloudy, -1.0, rng.uniform(2.0, 5.0) * unit / radius)
    dome = np.sqrt(np.clip(1 - away**2, 0, 1))
    angle = rng.uniform(0, 2 * np.pi)
    lit = 0.66 + 0.32 * dome + 0.015 * cloudy + 0.13 * (across * np.cos(angle) + down * np.sin(angle)) / radius
    colour = np.float32(any_of(rng, ((0.88, 0.89, 0.74), (0.84, 0.88, 0.70), (0.92, 0.89, 0.76), (0.80, 0.82, 0.68))))
    # The pus shows yellower through the thin edge of the dome than through its crown.
    seen = lit[..., None] * colour * (1 - (1 - dome)[..., None] * np.float32((0.0, 0.08, 0.22)))
    patch += (body * rng.uniform(0.78, 0.95))[..., None] * (seen - patch)
    np.maximum(mask[where], body, out=mask[where])


def cracks(rng, values, borders, shape, unit):
    """Cells and the distance to their borders on the frame, drawn out in one direction."""
    matrix = placement(rng, unit, rng.uniform(0.6, 1.3))
    middle = matrix @ (160 * unit, 120 * unit, 1)
    stretched = np.diag((rng.uniform(0.55, 1.1), 1.0)) @ matrix[:, :2]
    matrix = np.column_stack((stretched, middle - stretched @ (160 * unit, 120 * unit)))
    return [lay(field, matrix, shape, cv2.INTER_LINEAR, cv2.BORDER_REFLECT) for field in (values, borders)]


def dry_film(rng, image, quantity, openings, bare):
    """Fine scaling: a matt, cracked, whitish film that lifts at its edges, and small jagged flecks."""
    shape, unit = image.shape[:2], image.shape[1] / 320
    share = varied(rng, along(quantity, 0, 0.26, 0.48, 0.72, 0.95))
    whiteness = varied(rng, along(quantity, 0, 0.34, 0.46, 0.58, 0.70))
    if share < 0.01:
        return np.zeros(shape, np.float32)
    values, borders = any_of(rng, banks().cells)
    value, border = cracks(rng, values, borders, shape, unit)
    tissue = drawn(rng, banks().tissue, shape, unit, rng.uniform(0.8, 1.25))
    field = clouded(rng, shape, unit, rng.uniform(1.5, 3.5))
    field = field + rng.uniform(0.7, 1.6) * (value - 0.5) + 0.25 * tissue
    level = level_for(field, bare, share)
    mask = ramp(field, level, rng.uniform(0.15, 0.45))
    # From varnish with open cracks to a powdery film that is only patchy.
    open_crack, powder = rng.uniform(0.25, 0.85), rng.uniform(0.06, 0.26)
    crack = np.exp(-((border / rng.uniform(0.8, 1.5) + 0.10 * np.abs(tissue)) ** 2))
    lifted = np.exp(-(((border - 2.2) / 1.1) ** 2))
    uneven = 0.85 + powder * tissue + 0.25 * lifted - open_crack * crack + 0.25 * (value - 0.5)
    thickness = mask * np.clip(uneven, 0, 1.25)
    white = np.float32((0.93, 0.925, 0.90)) * np.float32(rng.uniform(0.9, 1.02))
    pull(image, np.clip(whiteness * thickness, 0, 0.92), white)
    flecks = int(round(varied(rng, along(quantity, 0.5, 14, 35, 75, 140))))
    np.maximum(mask, scatter_flecks(rng, image, flecks, openings, unit), out=mask)
    return mask


def scatter_flecks(rng, image, count, openings, unit):
    """Jagged matt flecks of one to a few units, mostly round the openings."""
    shape = image.shape[:2]
    layer = np.zeros(shape, np.uint8)
    for _ in range(count):
        if rng.random() < 0.7:
            near = any_of(rng, openings)
            away, angle = near.radius + unit * rng.exponential(9), rng.uniform(0, 2 * np.pi)
            middle = np.array((near.x + away * np.cos(angle), near.y + away * np.sin(angle)))
        else:
            middle = rng.random(2) * shape[::-1]
        corners = int(rng.integers(4, 8))
        turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
        size = unit * rng.uniform(0.8, 3.2) * rng.uniform(0.4, 1.2, corners)
        outline = middle + np.stack((size * np.cos(turn), size * np.sin(turn) * rng.uniform(0.4, 1)), axis=1)
        cv2.fillPoly(layer, [np.round(outline * 16).astype(np.int32)], int(rng.integers(150, 240)), cv2.LINE_AA, 4)
    weight = layer.astype(np.float32) / 255
    pull(image, weight, np.float32((0.93, 0.92, 0.89)))
    return weight


def oil(rng, image, quantity, openings, bare, relief):
    """Sebum: a yellowish wet film with broad soft gloss, and drops that gather at the openings."""
    shape, unit = image.shape[:2], image.shape[1] / 320
    share = varied(rng, along(quantity, 0, 0.35, 0.6, 0.8, 0.97))
    strength = varied(rng, along(quantity, 0, 0.16, 0.27, 0.38, 0.5))
    field = clouded(rng, shape, unit, rng.uniform(1.0, 2.5))
    for opening in openings:
        found = stamp(shape, opening.x, opening.y, unit * 45)
        if found:
            where, across, down = found
            field[where] += 0.9 * np.exp(-(across**2 + down**2) / (unit * 22) ** 2)
    mask = np.zeros(shape, np.float32)
    if share > 0.01:
        mask = ramp(field, level_for(field, bare, share), rng.uniform(0.7, 1.5))
    absorbed = mask * strength
    image[..., 0] *= 1 - 0.05 * absorbed
    image[..., 1] *= 1 - rng.uniform(0.2, 0.36) * absorbed
    image[..., 2] *= 1 - absorbed
    gloss_share = varied(rng, along(quantity, 0, 0.012, 0.035, 0.07, 0.12))
    if gloss_share > 0.002:
        wet = clouded(rng, shape, unit, rng.uniform(2.0, 5.0)) + 0.8 * mask
        wet += 0.7 * clouded(rng, shape, unit, rng.uniform(4.0, 7.0))
        gloss = ramp(wet, level_for(wet, bare, gloss_share), rng.uniform(1.2, 2.2)) ** 2
        gloss = gloss * np.clip(1 + 0.12 * relief, 0.5, 1.4)
        pull(image, np.minimum(gloss * rng.uniform(0.75, 1.0), 0.95), np.float32((1.0, 0.99, 0.93)))
    for _ in range(rng.poisson(along(quantity, 0.1, 1.4, 3.5, 7, 11))):
        near = any_of(rng, openings)
        angle = rng.uniform(0, 2 * np.pi)
        away = near.radius + unit * rng.exponential(5)
        drop(rng, image, mask, near.x + away * np.cos(angle), near.y + away * np.sin(angle), unit * rng.uniform(3, 10))
    return mask


def drop(rng, image, mask, x, y, radius):
    """A clear yellow drop: darker at the far rim, a caustic on the near side, one lamp in it."""
    found = stamp(image.shape, x, y, radius * 1.5)
    if not found:
        return
    where, across, down = found
    shape_angle, squash = rng.uniform(0, np.pi), rng.uniform(0.6, 1)
    along_axis = across * np.cos(shape_angle) + down * np.sin(shape_angle)
    away = np.hypot(along_axis, (down * np.cos(shape_angle) - across * np.sin(shape_angle)) / squash) / radius
    body = ramp(-away, -1.0, 0.25)
    angle = rng.uniform(0, 2 * np.pi)
    lean = (across * np.cos(angle) + down * np.sin(angle)) / radius
    patch = image[where]
    patch *= 1 - body[..., None] * np.float32((0.02, 0.10, 0.34)) * rng.uniform(0.7, 1.2)
    patch *= 1 + (body * np.clip(0.30 * lean * away, -0.3, 0.3))[..., None]
    aside, below = across + 0.4 * radius * np.cos(angle), down + 0.4 * radius * np.sin(angle)
    lamp_spot = np.exp(-((aside**2 + below**2) / (0.30 * radius) ** 2))
    patch += (lamp_spot * body * rng.uniform(0.5, 1.0))[..., None] * (np.float32((1.0, 1.0, 0.95)) - patch)
    np.maximum(mask[where], body, out=mask[where])


def plates(rng, image, quantity, openings, free):
    """Dandruff: thick plates with crusty edges on skin and hair; `free` is what later hair leaves visible."""
    shape, unit = image.shape[:2], image.shape[1] / 320
    share = varied(rng, along(quantity, 0, 0.008, 0.035, 0.10, 0.32))
    if share < 0.0015:
        return np.zeros(shape, np.float32)
    ridges = drawn(rng, banks().ridges, shape, unit, rng.uniform(0.7, 1.25))
    values, borders = banks().cells[2]
    matrix = placement(rng, unit, rng.uniform(0.7, 1.25))
    value = lay(values, matrix, shape, cv2.INTER_LINEAR, cv2.BORDER_REFLECT)
    border = lay(borders, matrix, shape, cv2.INTER_LINEAR, cv2.BORDER_REFLECT)
    field = 0.35 * clouded(rng, shape, unit, rng.uniform(2, 5)) + 0.5 * value + 0.7 * ridges
    centres = int(rng.integers(2, 4) + 9 * share * rng.uniform(1, 3.5))
    reach = unit * np.sqrt(share * 76_800 / centres) * 1.1 + 5 * unit
    hills = np.zeros(shape, np.float32)
    for _ in range(centres):
        near = any_of(rng, openings)
        x, y = (near.x, near.y) if rng.random() < 0.5 else rng.random(2) * shape[::-1]
        found = stamp(shape, x + rng.normal(0, 8 * unit), y + rng.normal(0, 8 * unit), reach * 2.2)
        if found:
            where, across, down = found
            hill = rng.uniform(1.6, 2.6) * np.exp(-(across**2 + (down * rng.uniform(0.7, 1.4)) ** 2) / reach**2)
            np.maximum(hills[where], hill, out=hills[where])
    field += hills
    level = level_for(field, free, share / max(float(free.mean()), 0.2))
    mask = ramp(field, level, 0.16)
    # Layers: a terrace wherever the field has climbed another step, each a little lighter.
    height = np.clip((field - level) * 1.3, 0, 1.6)
    terraces = np.floor(height * 4) / 4
    bulk = cv2.GaussianBlur(mask * (0.6 + 0.5 * terraces + 0.6 * ridges), (0, 0), 0.8 * unit)
    shade = cv2.filter2D(bulk, -1, lamp(rng.uniform(0, 2 * np.pi))) * (rng.uniform(0.7, 1.5) * unit)
    crack = np.exp(-((border / 1.0) ** 2)) * 0.18
    yellow = rng.beta(1.2, 1.6)
    cream = np.float32((0.94, 0.91, 0.83)) * (1 - yellow) + np.float32((0.90, 0.79, 0.54)) * yellow
    tint = np.clip(0.95 + 0.08 * terraces - crack + np.clip(shade, -0.35, 0.25), 0.3, 1.12)
    under = cv2.GaussianBlur(np.roll(mask, (int(2 * unit), int(2 * unit)), (0, 1)), (0, 0), 2.0 * unit)
    pull(image, rng.uniform(0.2, 0.45) * under, np.zeros(3, np.float32))
    opacity = np.clip(mask * rng.uniform(0.88, 0.98), 0, 1)
    colour = tint[..., None] * cream
    colour[..., 2] *= np.clip(0.97 + 0.05 * (value - 0.5) * 4 * yellow, 0.7, 1.1)
    pull(image, opacity, colour)
    return mask
