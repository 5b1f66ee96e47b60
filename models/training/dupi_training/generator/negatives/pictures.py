"""Real photographs, whole, cut, mixed and recoloured towards skin and hair."""

import numpy as np

from .. import photographs
from ..noise import bank, soft_step
from .paint import colour


def photograph(rng, height, width):
    """A window of a training photograph; often mixed with another or recoloured."""
    pixels = photographs.crop(rng, photographs.TRAINING, height, width)
    roll = rng.random()
    if roll < 0.5:
        return pixels
    image = pixels.astype(np.float32) / 255
    if roll < 0.72:
        other = photographs.crop(rng, photographs.TRAINING, height, width).astype(np.float32) / 255
        mask = soft_step(bank().field(rng, height, width, 110), rng.normal(0, 0.6), rng.uniform(0.1, 2))[..., None]
        image = image + (other - image) * mask
    return recoloured(rng, image) if roll > 0.65 else image


def recoloured(rng, image):
    """Two-toned from a dark to a light colour, as hair on skin is: colour alone must not decide."""
    grey = image.mean(axis=2, keepdims=True)
    dark, light = colour(rng) * np.float32(0.5), colour(rng, 1.6)
    return image + (dark + (light - dark) * grey - image) * np.float32(rng.uniform(0.3, 1))


def held_out_photograph(rng, height, width):
    """A window of a photograph from packages that are never trained on."""
    return photographs.crop(rng, photographs.HELD_OUT, height, width)
