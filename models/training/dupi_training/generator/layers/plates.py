"""Dandruff: thick, opaque, crusty plates, cream-white to yellow, stuck on skin and hair alike."""

import cv2
import numpy as np

from ..grades import along
from ..noise import bank
from .follicles import FINDING


def dandruff(scene, quantity):
    """Adds plates until the share of the frame that they visibly cover is what the grade asks for."""
    rng, unit = scene.rng, scene.unit
    if quantity < FINDING:
        # A crumb or two in some of the normal frames.
        if rng.random() < 0.8:
            return
        quantity *= 0.5
    wanted = along(quantity, 0.0, 0.008, 0.035, 0.10, 0.32) * scene.height * scene.width * rng.uniform(0.93, 1.07)
    typical = np.clip(np.sqrt(wanted / np.pi / rng.uniform(1.5, 7)), 3.5 * unit, 55 * unit)
    look = Look(rng)
    covered = np.zeros((scene.height, scene.width), np.float32)
    area, tries = 0.0, 0
    while area < 0.96 * wanted and tries < 70:
        tries += 1
        largest = max(1.15 * np.sqrt((wanted - area) / np.pi), 2.5 * unit)
        radius = float(np.clip(typical * np.exp(rng.normal(0, 0.45)), 2.5 * unit, min(largest, 62 * unit)))
        x, y = spot(scene)
        area += plate(scene, x, y, radius, look, covered)
    if quantity >= FINDING:
        scene.mark(4, covered)


class Look:
    """What the plates of one frame have in common: tint, roughness, cracks, how they take the light."""

    def __init__(self, rng):
        yellow = rng.uniform(0, 1) ** 1.3
        white, deep = np.array((0.96, 0.94, 0.89), np.float32), np.array((0.90, 0.78, 0.50), np.float32)
        self.tint = (white + (deep - white) * yellow) * np.float32(rng.uniform(0.94, 1.06))
        self.light = rng.uniform(0, 2 * np.pi)
        self.relief = rng.uniform(0.01, 0.10)
        self.bumps = rng.uniform(0.05, 0.35)
        self.frayed = rng.uniform(0.02, 0.13)
        self.layered = rng.uniform(0.0, 0.3) if rng.random() < 0.6 else 0.0
        self.crack = rng.uniform(0.0, 0.3)
        self.shadow = rng.uniform(0.25, 0.6)
        self.ragged = rng.uniform(0.14, 0.36)
        self.opaque = rng.uniform(0.84, 1.0)


def spot(scene):
    """Near an opening, on a shaft, or anywhere; rather not where rings would be hidden."""
    rng, unit = scene.rng, scene.unit
    rings = scene.layers.get(3)
    for _ in range(4):
        kind = rng.random()
        x, y = scene.place(0.02)
        if kind < 0.35 and scene.openings:
            opening = scene.openings[rng.integers(len(scene.openings))]
            x, y = opening.x + rng.normal(0, 14) * unit, opening.y + rng.normal(0, 14) * unit
        elif kind < 0.65 and scene.units:
            path = scene.units[rng.integers(len(scene.units))][1][0][0]
            x, y = path[rng.integers(len(path))] + rng.normal(0, 3, 2) * unit
        x, y = float(np.clip(x, 0, scene.width - 1)), float(np.clip(y, 0, scene.height - 1))
        if rings is None or rings[int(y), int(x)] < 0.2:
            break
    return x, y


def plate(scene, x, y, radius, look, covered):
    """One plate, with relief, cracks, a bright crust at the edge and a shadow; returns the area it adds."""
    rng, unit = scene.rng, scene.unit
    found = scene.window(x, y, radius * 2.1)
    if found is None:
        return 0.0
    part, across, down = found
    known = covered[scene.last]
    turn, squash = rng.uniform(0, np.pi), rng.uniform(0.5, 1.0)
    u = (across * np.cos(turn) + down * np.sin(turn)) * squash
    v = (-across * np.sin(turn) + down * np.cos(turn)) / squash
    distance = (np.sqrt(u * u + v * v) / radius).astype(np.float32)
    size = distance.shape
    height = 1.0 - distance + look.ragged * bank().field(rng, *size, np.clip(radius * 0.55, 3, 110))
    if look.layered:
        # Torn along the cells of the horny layer: straight, angular edges.
        height += look.layered * (bank().crack(rng, *size, np.clip(radius * 0.5, 7, 26)) - 0.5)
    height += look.frayed * bank().field(rng, *size, np.clip(radius * 0.18, 2, 40))
    edge = radius / (1.1 * unit)
    mask = np.clip(height * edge, 0, 1).astype(np.float32)
    gain = float((np.maximum(mask, known) - known).sum())
    np.maximum(known, mask, out=known)

    # The shadow falls away from the light, on skin and hair.
    shift = rng.uniform(1.2, 3.2) * unit
    move = np.float32([[1, 0, -np.cos(look.light) * shift], [0, 1, -np.sin(look.light) * shift]])
    under = cv2.warpAffine(cv2.GaussianBlur(mask, (0, 0), 1.4 * unit), move, size[::-1])
    part *= 1 - (np.clip(under - mask, 0, 1) * look.shadow)[..., None]

    bumps = bank().field(rng, *size, 8 * unit) + 0.6 * bank().field(rng, *size, 3 * unit)
    thick = (np.minimum(height * edge / 4.0, 1.0) + look.bumps * bumps).astype(np.float32)
    rise, fall = cv2.Sobel(thick, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(thick, cv2.CV_32F, 0, 1, ksize=3)
    slope = np.cos(look.light) * rise + np.sin(look.light) * fall
    light = 0.96 - look.relief * np.clip(slope / unit, -2.2, 2.2) + 0.12 * look.bumps * bumps
    if radius > 9 * unit and look.crack > 0.08:
        crack = bank().crack(rng, *size, rng.uniform(9, 18) * unit)
        light -= look.crack * np.clip(1 - crack / 0.22, 0, 1)
    crust = np.clip(1.0 - np.abs(height * edge - 2.0) / 2.0, 0, 1) * rng.uniform(0.0, 0.12)
    own = look.tint * (1 + rng.normal(0, 0.012, 3)).astype(np.float32)
    paint = np.clip((light + crust)[..., None] * own, 0, 0.98)
    part += (paint - part) * (mask * look.opaque)[..., None].astype(np.float32)
    return gain
