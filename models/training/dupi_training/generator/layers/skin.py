"""Bare skin: tone, mottling, furrows, pores. All of it normal, pink and ruddy skins among it."""

import numpy as np

from ..noise import bank
from .scene import Scene

# Colour and weight. The ruddy ones are healthy: what is red all over and evenly is no sign of anything.
TONES = (
    ((0.90, 0.76, 0.66), 0.20),
    ((0.86, 0.70, 0.58), 0.18),
    ((0.93, 0.82, 0.74), 0.13),
    ((0.88, 0.78, 0.72), 0.10),
    ((0.92, 0.70, 0.64), 0.13),
    ((0.88, 0.64, 0.57), 0.08),
    ((0.80, 0.63, 0.50), 0.08),
    ((0.66, 0.49, 0.38), 0.06),
    ((0.50, 0.36, 0.27), 0.04),
)
SHAFT = (4.5, 15.0)


def bare(rng, height, width):
    """A scene with nothing but skin. The magnification (`shaft`, units) also sets the size of its texture."""
    unit = width / 320
    shaft = float(np.exp(rng.uniform(*np.log(SHAFT))))
    grain = unit * (shaft / 8) ** 0.7
    weights = np.array([weight for _, weight in TONES])
    tone = np.array(TONES[rng.choice(len(TONES), p=weights / weights.sum())][0])
    tone = (tone * rng.uniform(0.66, 1.0) + rng.normal(0, 0.018, 3)).astype(np.float32)
    fields = bank()
    shade = 1 + fields.field(rng, height, width, 110 * unit) * rng.uniform(0.01, 0.07)
    shade += fields.field(rng, height, width, 8 * grain) * rng.uniform(0.0, 0.024)
    shade += fields.field(rng, height, width, 3 * grain) * rng.uniform(0.0, 0.02)
    if rng.random() < 0.5:
        furrow = fields.crack(rng, height, width, rng.uniform(9, 24) * grain)
        shade -= (1 - furrow) ** 2 * rng.uniform(0.0, 0.10)
    image = np.empty((height, width, 3), np.float32)
    image[:] = tone
    image *= shade[..., None]
    mottle = fields.field(rng, height, width, rng.choice((20, 48, 110)) * unit) * rng.uniform(0.0, 0.035)
    image[..., 0] += mottle * 0.3
    image[..., 1] -= mottle * 0.5
    return Scene(rng, height, width, image, unit, shaft)
