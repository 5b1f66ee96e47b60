"""The conditions of the skin, each drawn in its measurable amount. Every function tells where its sign shows."""

import cv2
import numpy as np

from ..grades import along
from .skin import dome
from .textures import cover, sample, sample_soft, smooth, window


def redden_between(rng, skin, quantity, bare, unit):
    """Interfollicular erythema: patches of dense blood between the openings, and fine vessels."""
    height, width = skin.blood.shape
    share = along(quantity, 0.02, 0.3, 0.55, 0.78, 0.97) * rng.uniform(0.92, 1.08)
    absorbed = along(quantity, 0.02, 0.15, 0.27, 0.40, 0.55) * rng.uniform(0.92, 1.08)
    field = sample_soft(rng, "cloud", height, width, rng.uniform(0.6, 1.3) * unit)
    field = field + 0.09 * sample(rng, "ragged", height, width, rng.uniform(0.5, 1) * unit)
    patch = smooth(cover(field, share, rng.uniform(1.1, 2.6), bare))
    density = -float(np.log(1 - absorbed))
    unevenness = np.clip(1 + 0.16 * np.fliplr(field), 0.5, 1.5)
    skin.blood += patch * density * unevenness
    vessels = np.zeros((height, width), np.uint8)
    for _ in range(rng.poisson(along(quantity, 0, 0.8, 3, 7, 12))):
        vessel(rng, vessels, unit, rng.uniform(25, 110) * unit, 2)
    fine = cv2.GaussianBlur(vessels, (0, 0), 0.75 * unit).astype(np.float32) * (1 / 255)
    skin.blood += fine * (0.25 + density) * rng.uniform(0.8, 1.3)
    return np.clip(patch * (0.4 + 0.6 * min(density / 0.4, 1)) + 0.5 * fine, 0, 1)


def vessel(rng, picture, unit, length, branches, start=None, heading=None):
    """A crooked line that wanders and branches; its thickness is a fifth of a hair's or less."""
    height, width = picture.shape
    steps = max(int(length / (4 * unit)), 3)
    heading = (rng.uniform(0, 6.28) if heading is None else heading) + np.cumsum(rng.normal(0, 0.35, steps))
    start = rng.uniform((0, 0), (width, height)) if start is None else start
    points = start + np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1) * 4 * unit, axis=0)
    strength = int(rng.integers(120, 250))
    thickness = max(round(1.3 * unit), 1)
    cv2.polylines(picture, [np.round(points * 4).astype(np.int32)], False, strength, thickness, cv2.LINE_AA, 2)
    for _ in range(branches):
        if rng.random() < 0.6:
            place = int(rng.integers(steps))
            aside = heading[place] + rng.choice((-0.7, 0.7))
            vessel(rng, picture, unit, length * 0.45, branches - 1, points[place], aside)


def redden_openings(rng, skin, quantity, openings, free, unit):
    """Red rings round openings, widened until the wanted share of the frame shows red past the hairs."""
    shape = skin.blood.shape
    wanted = along(quantity, 0, 0.012, 0.035, 0.07, 0.12) * rng.uniform(0.93, 1.07)
    shown = np.zeros(shape, np.float32)
    inside = [one for one in openings if 0 < one.x < shape[1] and 0 < one.y < shape[0]]
    if wanted < 0.003 or not inside:
        return shown
    first = int(np.clip(round(len(inside) * rng.uniform(0.3, 0.75)), 1, len(inside)))
    order = rng.permutation(len(inside))
    y, x = np.mgrid[2 : shape[0] : 4, 2 : shape[1] : 4].astype(np.float32)
    thin_free = free[2::4, 2::4]
    distances = [np.hypot(x - inside[place].x, y - inside[place].y) - 0.5 * inside[place].radius for place in order]
    sizes = rng.uniform(0.75, 1.25, len(order)).tolist()
    for count in range(first, len(inside) + 1):  # more openings only where rings of a likely size do not do
        low, high = 1.5 * unit, 42.0 * unit
        for _ in range(7):
            breadth = (low + high) / 2
            rings = np.max([ring(distances[n], breadth * sizes[n]) for n in range(count)], axis=0)
            low, high = (breadth, high) if float((rings * thin_free).mean()) < wanted else (low, breadth)
        if breadth < 30 * unit or count == len(inside):
            break
    density = (rng.uniform(0.3, 0.5) + 0.06 * quantity) * min(1, quantity)
    for n in range(count):
        opening, reach = inside[order[n]], breadth * sizes[n]
        part, dx, dy = window(shape, opening.x, opening.y, opening.radius + 2.2 * reach)
        angle = np.arctan2(dy, dx)
        uneven = 1 + 0.16 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.1 * np.sin(5 * angle + rng.uniform(0, 6))
        distance = (np.hypot(dx, dy) - 0.5 * opening.radius) * uneven
        shown[part] = np.maximum(shown[part], ring(distance, reach))
    skin.blood += shown * density
    return shown * free


def ring(distance, breadth):
    """Weight of redness at a distance from an opening's rim: full at the rim, soft outwards."""
    return smooth(1.45 - distance / breadth) * (0.55 + 0.45 * np.clip(distance / (0.3 * breadth) + 0.5, 0, 1))


def raise_pustules(rng, skin, quantity, openings, free, unit):
    """Pustules: smooth round domes of greenish-white matter at a hair, in a red rim: (matter, rim) or nothing."""
    shape = skin.blood.shape
    inside = [one for one in openings if 0.04 < one.x / shape[1] < 0.96 and 0.05 < one.y / shape[0] < 0.95]
    if quantity < 2 or not inside:
        return None
    many = quantity >= 3
    chances = (0, 0.4, 0.33, 0.17, 0.1) if many else (0.15, 0.75, 0.1, 0, 0)
    count = int(rng.choice(5, p=chances))
    matter, rim = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for number in rng.permutation(len(inside))[:count]:
        opening = inside[number]
        radius = (rng.uniform(9, 9 + 18 * min(quantity - 2.7, 1)) if many else rng.uniform(5, 11)) * unit
        best = None
        for _ in range(6):  # beside the hair rather than under it
            angle, away = rng.uniform(0, 6.28), rng.uniform(0.2, 0.8) * radius + 0.3 * opening.radius
            x, y = opening.x + np.cos(angle) * away, opening.y + np.sin(angle) * away
            place = window(shape, x, y, radius)
            if place is not None:
                inside_disc = np.hypot(place[1], place[2]) < radius
                seen = float((free[place[0]] * inside_disc).sum()) / (3.14 * radius * radius)
                best = max(best or (-1, 0, 0), (seen, x, y))
        if best is None:
            continue
        _, x, y = best
        raised = dome(skin.relief, x, y, radius * 1.1, rng.uniform(0.25, 0.45), 2.6)
        part, dx, dy = window(shape, x, y, radius * 2.4)
        stretch, turn = rng.uniform(0.88, 1.12), rng.uniform(0, 3.14)
        cosine, sine = float(np.cos(turn)), float(np.sin(turn))
        s, t = dx * cosine + dy * sine, dy * cosine - dx * sine
        distance = np.sqrt((s * stretch) ** 2 + (t / stretch) ** 2) / radius
        matter[part] = np.maximum(matter[part], smooth((1 - distance) * (radius / (3.0 * unit)) + 0.5))
        rim[part] = np.maximum(rim[part], np.exp(-(((distance - 1.12) / rng.uniform(0.16, 0.4)) ** 2)))
        if raised is not None:
            skin.wet[raised[0]] = np.maximum(skin.wet[raised[0]], 0.7 * smooth(raised[1] * 3))
    skin.blood += rim * rng.uniform(0.3, 0.6)
    return matter, rim


def oil_over(rng, skin, quantity, openings, bare, unit):
    """Excess sebum: a yellow wet film, drops of oil at the openings, broad soft gloss. Returns (evidence, gloss)."""
    height, width = skin.oil.shape
    share = along(quantity, 0, 0.35, 0.6, 0.8, 0.97) * rng.uniform(0.92, 1.08)
    strength = -float(np.log(1 - along(quantity, 0, 0.16, 0.27, 0.38, 0.5) * rng.uniform(0.92, 1.08)))
    field = sample_soft(rng, "cloud", height, width, rng.uniform(0.5, 1.2) * unit)
    field = field + 0.1 * sample_soft(rng, "ragged", height, width, unit)
    film = smooth(cover(field, share, rng.uniform(1.2, 2.6), bare))
    skin.oil += film * strength * np.clip(1 + 0.15 * field, 0.7, 1.4)
    skin.wet += film * min(0.14 * quantity, 0.5)
    skin.relief *= 1 - (0.1 * min(quantity, 3)) * film  # oil fills the finest relief
    drops, light = np.zeros((2, height, width), np.float32)
    for _ in range(rng.poisson(along(quantity, 0.1, 1.4, 3.5, 7, 11))):
        x, y = rng.uniform((0, 0), (width, height))
        if openings and rng.random() < 0.85:
            opening = openings[rng.integers(len(openings))]
            angle, away = rng.uniform(0, 6.28), opening.radius * rng.uniform(0.4, 2.2)
            x, y = opening.x + np.cos(angle) * away, opening.y + np.sin(angle) * away
        raised = dome(skin.relief, x, y, rng.uniform(3.5, 10) * unit, rng.uniform(0.25, 0.5))
        if raised is not None:
            part, inside = raised
            body = smooth(inside * 2.5)
            drops[part] = np.maximum(drops[part], body)
            light[part] = np.maximum(light[part], inside**2 * min(quantity, 1))
            skin.wet[part] = np.maximum(skin.wet[part], body)
            skin.oil[part] += body * (0.5 * strength + 0.06)
    wanted = along(quantity, 0, 0.012, 0.035, 0.07, 0.12) * rng.uniform(0.9, 1.1)
    sheen = sample_soft(rng, "cloud", height, width, rng.uniform(0.35, 0.9) * unit) + 0.6 * film
    sheen += 0.16 * sample(rng, "ragged", height, width, rng.uniform(0.5, 1.2) * unit)
    gloss = smooth(cover(sheen, 1.3 * wanted, 2.4, bare)) * (0.35 + 0.65 * film)
    gloss = cv2.GaussianBlur(gloss + 0.6 * light, (0, 0), rng.uniform(1.2, 3) * unit) * (1 + 0.2 * skin.relief / unit)
    gloss = np.clip(gloss, 0, 1)
    evidence = np.clip(film * (0.3 + 0.7 * min(strength / 0.45, 1)) + drops + gloss, 0, 1)
    return evidence, gloss


def scale_film(rng, quantity, bare, unit):
    """Fine scaling: (film, thickness in 0..1.4) of a whitish film cracked like dry varnish, and its pull to white."""
    height, width = bare.shape
    share = along(quantity, 0, 0.26, 0.48, 0.72, 0.95) * rng.uniform(0.92, 1.08)
    pull = along(quantity, 0, 0.34, 0.46, 0.58, 0.70) * rng.uniform(0.92, 1.08)
    zoom = rng.uniform(0.3, 1.0) * unit
    cells = sample(rng, "cells", height, width, zoom)
    ragged = sample(rng, "ragged", height, width, rng.uniform(0.6, 1.2) * unit)
    field = sample_soft(rng, "cloud", height, width, rng.uniform(0.4, 0.9) * unit) + 0.55 * ragged
    gap = rng.uniform(0.5, 1.3) * unit
    cracks = np.clip((cells - gap * (0.8 + 0.9 * ragged)) * (1.2 / unit) + 0.5, 0, 1)
    film = cover(field, min(share * 1.1, 1), 0.16, bare) * (0.12 + 0.88 * cracks)
    # Each flake lifts at its border and turns whiter there; the middle is half transparent.
    lifted = np.exp(-np.maximum(cells - gap, 0) * (1 / (2.2 * unit)))
    thickness = np.clip(0.75 + 0.6 * lifted + 0.16 * sample(rng, "ragged", height, width, 0.7 * unit), 0.4, 1.4)
    return film, thickness * pull


def flecks(rng, quantity, openings, shape, unit):
    """Small jagged matt flakes round the openings, [height, width] in 0..1."""
    picture = np.zeros(shape, np.uint8)
    count = rng.poisson(along(quantity, 0.5, 14, 35, 75, 140) * rng.uniform(0.9, 1.1))
    places = rng.uniform((0, 0), (shape[1], shape[0]), (count, 2))
    if openings and count:
        centres = np.array([(one.x, one.y, one.radius) for one in openings])[rng.integers(len(openings), size=count)]
        angles, away = rng.uniform(0, 6.28, count), centres[:, 2] * rng.uniform(0.6, 3.5, count)
        around = centres[:, :2] + np.stack([np.cos(angles), np.sin(angles)], 1) * away[:, None]
        places = np.where(rng.random((count, 1)) < 0.65, around, places)
    angles = np.sort(rng.uniform(0, 6.28, (count, 6)), axis=1)
    sizes = np.minimum(0.9 + rng.exponential(1.0, (count, 1)), 4.2) * unit * 1.3
    radii = rng.uniform(0.35, 1, (count, 6)) * sizes
    points = np.stack([np.cos(angles), np.sin(angles) * rng.uniform(0.4, 1, (count, 1))], 2) * radii[..., None]
    corners = np.round((points + places[:, None]) * 8).astype(np.int32)
    for polygon, strength in zip(corners, rng.integers(150, 256, count).tolist()):
        cv2.fillPoly(picture, [polygon], strength, cv2.LINE_AA, 3)
    return picture.astype(np.float32) * (1 / 255)
