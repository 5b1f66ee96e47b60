"""Pictures of next to nothing, and of the open air: plain colours, noise, blur, night lights, skies, land."""

import cv2
import numpy as np

from ..noise import bank, soft_step
from .paint import colour, eight_bit, gradient, scattered, shade


def plain(rng, height, width):
    """One colour, black, white, a lens cap, a finger on the lens, a broken sensor."""
    image = np.empty((height, width, 3), np.float32)
    kind = rng.integers(5)
    image[:] = (colour(rng), np.zeros(3), np.ones(3), colour(rng) * 0.1, np.array((0.6, 0.2, 0.12)) * rng.uniform(0.3, 1.4))[kind]
    return image * (1 + rng.uniform(0, 0.15) * bank().field(rng, height, width, 110))[..., None].astype(np.float32)


def noise(rng, height, width):
    """Coloured noise of any grain."""
    image = np.empty((height, width, 3), np.float32)
    base = bank().field(rng, height, width, float(np.exp(rng.uniform(0.8, 5))))
    same = rng.random() < 0.4
    for channel in range(3):
        field = base if same else bank().field(rng, height, width, float(np.exp(rng.uniform(0.8, 5))))
        image[..., channel] = 0.5 + field * rng.uniform(0.05, 0.35)
    return image * colour(rng)[None, None] * np.float32(1.6)


def blur(rng, height, width):
    """Coloured fields far out of focus."""
    canvas = eight_bit(gradient(rng, height, width)).copy()
    for x, y in scattered(rng, int(rng.integers(2, 14)), height, width):
        cv2.circle(canvas, (int(x), int(y)), int(rng.uniform(10, 110)), shade(colour(rng)), -1)
    small = cv2.resize(canvas, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), rng.uniform(0.6, 3)), (width, height), interpolation=cv2.INTER_CUBIC)


def lights(rng, height, width):
    """Night: bright spots out of focus on the dark."""
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = shade(rng.uniform(0, 0.12, 3))
    for x, y in scattered(rng, int(rng.uniform(3, 90)), height, width):
        tone = shade(rng.uniform(0.4, 1, 3))
        cv2.circle(canvas, (int(x), int(y)), int(rng.uniform(1, 20)), tone, -1 if rng.random() < 0.8 else 2, cv2.LINE_AA)
    return cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 4))


def sky(rng, height, width):
    """Clouds and nothing else, or stars."""
    tone = np.array(((0.4, 0.6, 0.95), (0.95, 0.6, 0.4), (0.75, 0.78, 0.82), (0.05, 0.06, 0.15))[rng.integers(4)], np.float32)
    rows = np.linspace(0.8, 1.2, height, dtype=np.float32)[:, None, None]
    cloud = bank().field(rng, height, width, 110, 2.0) + 0.4 * bank().field(rng, height, width, 48, 2.0) + 0.15 * bank().field(rng, height, width, 8)
    veil = soft_step(cloud, rng.uniform(-0.5, 2), rng.uniform(0.5, 2))[..., None] * np.float32(rng.uniform(0, 0.95))
    image = np.repeat(tone * rows, width, 1)
    return image + (np.float32(rng.uniform(0.5, 1)) - image) * veil


def landscape(rng, height, width):
    """Sky, hills, ground, now and then water or trees."""
    image = sky(rng, height, width)
    level, y = rng.uniform(0.3, 0.6), np.linspace(0, 1, height, dtype=np.float32)[:, None]
    for _ in range(rng.integers(1, 4)):
        ridge = level + 0.10 * np.interp(np.arange(width), np.linspace(0, width, 12), rng.standard_normal(12))
        land = np.array(((0.2, 0.4, 0.15), (0.5, 0.4, 0.25), (0.3, 0.35, 0.4), (0.85, 0.85, 0.9))[rng.integers(4)], np.float32)
        rough = 1 + 0.25 * bank().field(rng, height, width, rng.choice((3, 8, 20)))
        below = y > ridge[None]
        image[below] = (rough[..., None] * land * np.float32(rng.uniform(0.5, 1.2)))[below]
        level += rng.uniform(0.08, 0.2)
    return image
