"""Skin as pigments and relief: melanin, blood and oil in optical density, a height field, and wetness."""

from dataclasses import dataclass

import cv2
import numpy as np

from .textures import cover, sample, sample_soft, smooth, window

# Optical density per unit of each pigment in red, green and blue.
MELANIN = np.array([0.42, 0.72, 1.10], np.float32)
BLOOD = np.array([0.13, 1.00, 0.74], np.float32)
OIL = np.array([0.02, 0.20, 1.00], np.float32)
DARK = np.array([0.85, 1.0, 1.1], np.float32)  # the hollow of an opening and the hair seen through its wall
SCATTER = np.array([0.95, 0.87, 0.81], np.float32)  # what comes back from skin without any pigment


@dataclass
class Skin:
    """Maps [height, width], float32: four densities, height in pixels, wetness in 0..1."""

    melanin: np.ndarray
    blood: np.ndarray
    oil: np.ndarray
    dark: np.ndarray
    relief: np.ndarray
    wet: np.ndarray
    scatter: np.ndarray  # [3]

    def colour(self):
        """The light that comes back diffusely [3, height, width]."""
        pigments = cv2.merge([self.melanin, self.blood, self.oil, self.dark])
        density = cv2.transform(pigments, np.stack([MELANIN, BLOOD, OIL, DARK], axis=1))
        return np.stack(cv2.split(cv2.exp(-density))) * self.scatter[:, None, None]


def draw_skin(rng, height, width, openings, shaft, baldness):
    """Bare skin with its innocent variety: tone, ruddiness, mottling, furrows, moles, halos, dye stains."""
    unit = width / 320
    tones = ((0.03, 0.25), (0.25, 0.65), (0.65, 1.5))  # fair, tan, dark
    tone = rng.uniform(*tones[rng.choice(3, p=(0.58, 0.34, 0.08))])
    ruddy = float(rng.choice((rng.uniform(0.02, 0.14), rng.uniform(0.14, 0.34)), p=(0.65, 0.35))) + 0.04 * baldness / 4
    mottling = sample_soft(rng, "cloud", height, width, rng.uniform(0.5, 1.4) * unit)
    fine = sample(rng, "ragged", height, width, rng.uniform(0.4, 1.0) * unit)
    melanin = tone * (1 + rng.uniform(0.03, 0.16) * mottling) + rng.uniform(0.005, 0.025) * fine
    blood = ruddy * (1 + rng.uniform(0.02, 0.12) * np.flipud(mottling) + rng.uniform(0.02, 0.08) * fine)
    relief = sample(rng, "grain", height, width, rng.uniform(0.7, 1.6) * unit) * (rng.uniform(0.08, 0.2) * unit)
    relief += sample(rng, "ragged", height, width, rng.uniform(0.5, 1.1) * unit) * (rng.uniform(0.2, 0.7) * unit)
    if rng.random() < 0.6:  # furrows between small fields of skin
        cells = sample(rng, "cells", height, width, rng.uniform(0.5, 1.3) * unit)
        furrow = np.exp(-cells * (1 / (rng.uniform(0.8, 1.8) * unit)))
        relief -= furrow * (rng.uniform(0.2, 0.9) * unit)
        melanin += furrow * rng.uniform(0, 0.1)
    oil = np.full((height, width), rng.uniform(0, 0.06), np.float32)
    wet = np.full((height, width), rng.uniform(0.05, 0.5), np.float32)
    scatter = SCATTER * rng.uniform(0.92, 1.03, 3).astype(np.float32)
    skin = Skin(melanin, blood, oil, np.zeros_like(oil), relief, wet, scatter)
    halo = float(rng.choice((0.0, rng.uniform(0.05, 0.4))))
    funnel = rng.uniform(0.15, 1.3)
    for opening in openings:
        pore(rng, skin, opening, unit, halo, funnel * rng.uniform(0.6, 1.3))
    if rng.random() < 0.12:  # moles
        for _ in range(rng.integers(1, 4)):
            spot(rng, skin.melanin, unit * rng.uniform(3, 16), rng.uniform(0.2, 1.3), 0.35)
    if rng.random() < 0.1:  # a stain of hair dye
        stain = cover(mottling + 0.15 * fine, rng.uniform(0.03, 0.3), 1.8)
        skin.melanin += stain * rng.uniform(0.1, 0.5)
    return skin


def pore(rng, skin, opening, unit, halo, funnel):
    """The funnel of an opening: a dip, a darker middle stretched along the hair, perhaps a brown halo."""
    reach = opening.radius * 4 + 6 * unit
    place = window(skin.melanin.shape, opening.x, opening.y, reach)
    if place is None:
        return
    part, dx, dy = place
    cosine, sine = float(np.cos(opening.lean)), float(np.sin(opening.lean))
    s, t = dx * cosine + dy * sine, dy * cosine - dx * sine
    distance = np.sqrt((s * 0.78) ** 2 + t * t) / opening.radius
    dip = np.exp(-distance**2)
    skin.relief[part] -= dip * opening.radius * 0.4
    empty = opening.hairs == 0
    skin.dark[part] += dip * funnel * (0.4 if empty else 0.7)
    if empty and rng.random() < 0.6:  # an empty opening is often plugged: a yellow dot
        skin.oil[part] += dip * rng.uniform(0.1, 0.5)
    if halo:
        skin.melanin[part] += np.exp(-((distance / 2.0) ** 2)) * halo * rng.uniform(0.6, 1.2)


def spot(rng, density, radius, strength, raggedness):
    """Adds a spot with an uneven soft border to a density map, anywhere in the frame."""
    height, width = density.shape
    place = window(density.shape, rng.uniform(0, width), rng.uniform(0, height), radius * 2)
    if place is None:
        return
    part, dx, dy = place
    angle = np.arctan2(dy, dx)
    lobes = np.sin(2 * angle + rng.uniform(0, 6)) + np.sin(3 * angle + rng.uniform(0, 6))
    edge = radius * (1 + raggedness * 0.5 * lobes)
    density[part] += strength * smooth((edge - np.hypot(dx, dy)) / (0.5 * radius) + 0.5)


def dome(relief, x, y, radius, steepness, flatness=2.0):
    """Raises a drop or a bump, smooth over whatever it covers: its slices and roundness in 0..1 there, or nothing."""
    place = window(relief.shape, x, y, radius)
    if place is None:
        return None
    part, dx, dy = place
    inside = np.maximum(1 - ((dx * dx + dy * dy) / (radius * radius)) ** (flatness / 2), 0)
    relief[part] = relief[part] * (1 - smooth(1.6 * inside)) + inside * radius * steepness
    return part, inside
