"""Things that every frame may show and that mean nothing: stains, glints, bubbles, stray hairs, flares."""

import cv2
import numpy as np

from ..noise import bank, soft_step, top_share
from .hair import curve, stroke


def stains(scene):
    """Dye, dirt, moles: brown, reddish-brown or dark patches that no grade counts."""
    rng, unit = scene.rng, scene.unit
    if rng.random() < 0.15:
        field = bank().field(rng, scene.height, scene.width, rng.choice((20, 48)) * unit)
        area = soft_step(field, top_share(field, rng.uniform(0.05, 0.4)), rng.uniform(1.0, 2.6))
        area = cv2.GaussianBlur(area, (0, 0), rng.uniform(1.5, 5) * unit)
        dye = ((0.5, 0.6, 0.65), (0.25, 0.45, 0.6), (0.6, 0.6, 0.5))[rng.integers(3)]
        scene.absorb(area * rng.uniform(0.1, 0.4), dye)
    for _ in range(rng.poisson(0.18)):
        x, y = scene.place()
        part, across, down = scene.window(x, y, 20 * unit)
        spot = np.exp(-((across**2 + down**2) / (rng.uniform(2, 8) * unit) ** 2) ** 2) * rng.uniform(0.3, 0.8)
        part *= 1 - spot[..., None] * np.array((0.6, 0.75, 0.8), np.float32)


def glints(scene):
    """Mirror reflections of the ring light: saturated, tiny, sharp, in clusters, arcs and along ridges."""
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
        sizes.extend(rng.uniform(0.4, rng.uniform(0.8, 2.2), count) * unit)
    if points:
        layer = scene.dots(points, sizes, np.ones(len(points)))
        layer = np.clip(1.6 * cv2.GaussianBlur(layer, (0, 0), rng.uniform(0.4, 0.8) * unit), 0, 1)
        scene.blend(layer * rng.uniform(0.75, 1.0), (1.0, 1.0, 1.0))
    if rng.random() < 0.6:
        ridge = bank().field(rng, scene.height, scene.width, 3 * unit, rng.uniform(1.0, 2.5))
        where = bank().field(rng, scene.height, scene.width, 48 * unit)
        lit = soft_step(ridge, top_share(ridge, rng.uniform(0.002, 0.045)), 0.35)
        lit *= soft_step(where, rng.uniform(-0.2, 1.0), 0.5)
        scene.blend(lit * rng.uniform(0.7, 1.0), (1.0, 1.0, 0.98))
    if rng.random() < 0.2:
        # Moist contact: soft white reflections, with no film under them.
        wave = bank().field(rng, scene.height, scene.width, rng.choice((8, 20)) * unit)
        shine = soft_step(wave, top_share(wave, rng.uniform(0.004, 0.04)), rng.uniform(1.0, 2.0))
        scene.blend(shine * shine * rng.uniform(0.3, 0.8), (1.0, 1.0, 1.0))
    if rng.random() < 0.2:
        # Flare of the lamp on the contact plate.
        x, y = scene.place()
        part, across, down = scene.window(x, y, rng.uniform(20, 70) * unit)
        reach = max(across.max(), -across.min(), 1.0)
        flare = np.exp(-((across**2 + down**2) / (0.45 * reach) ** 2)) * rng.uniform(0.1, 0.6)
        part += (1 - part) * flare[..., None].astype(np.float32)


def contact_plate(scene):
    """Bubbles in gel or oil under the glass (a rim, a dark edge, a bright crescent) and dust on it."""
    rng, unit = scene.rng, scene.unit
    count = rng.poisson(0.35) if rng.random() < 0.85 else rng.integers(4, 14)
    largest = rng.uniform(6, 24)
    for _ in range(count):
        x, y = scene.place()
        radius = rng.uniform(2.5, largest) * unit
        part, across, down = scene.window(x, y, radius * 1.4)
        distance = np.sqrt(across**2 + down**2)
        rim = np.exp(-(((distance - radius) / (rng.uniform(0.7, 1.6) * unit)) ** 2))
        angle = np.arctan2(down, across) - rng.uniform(0, 2 * np.pi)
        part *= 1 - (rim * rng.uniform(0.2, 0.6))[..., None]
        crescent = rim * np.clip(np.cos(angle), 0, 1) ** 2 * rng.uniform(0.4, 1.0)
        part += (1 - part) * crescent[..., None].astype(np.float32)
    for _ in range(rng.poisson(0.5)):
        x, y = scene.place()
        part, across, down = scene.window(x, y, 8 * unit)
        dust = np.exp(-((across**2 + down**2) / (rng.uniform(0.8, 3.5) * unit) ** 2)) * rng.uniform(0.2, 0.6)
        part *= 1 - dust[..., None].astype(np.float32)


def stray_hairs(scene):
    """Hairs that lie above the plane in focus: broad, blurred, half transparent."""
    rng, unit = scene.rng, scene.unit
    if rng.random() < 0.65:
        return
    layer = np.zeros((scene.height, scene.width), np.uint8)
    reach = np.hypot(scene.height, scene.width)
    for _ in range(rng.integers(1, 4)):
        x, y = scene.place()
        angle = rng.uniform(0, 2 * np.pi)
        start = (x - np.cos(angle) * reach * 0.8, y - np.sin(angle) * reach * 0.8)
        path = curve(rng, *start, angle, reach * 1.8, rng.normal(0, 0.6))
        stroke(layer, path, scene.shaft * unit * rng.uniform(0.6, 1.4), 255)
    layer = cv2.GaussianBlur(layer, (0, 0), rng.uniform(1.5, 4.5) * unit).astype(np.float32) / 255
    colour = np.clip(np.array(scene.hair_colour) * rng.uniform(0.8, 1.6), 0, 1)
    scene.mark(5, layer * 0.7)
    scene.blend(layer * rng.uniform(0.45, 0.9), colour)
