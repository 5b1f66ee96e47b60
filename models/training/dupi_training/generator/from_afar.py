"""Phone photographs of a scalp from a distance: whorls, partings, hairlines, bald crowns.

Hundreds of thin hairs, drawn as streaks that follow a direction field. They are scalps, but outside
the domain of the grades.
"""

import cv2
import numpy as np

from . import camera
from .noise import bank, fractal, soft_step

HAIR = ((0.06, 0.05, 0.05), (0.12, 0.08, 0.06), (0.25, 0.15, 0.09), (0.42, 0.30, 0.18), (0.55, 0.53, 0.52), (0.35, 0.12, 0.07))
SKIN = ((0.88, 0.72, 0.60), (0.80, 0.62, 0.48), (0.92, 0.80, 0.72), (0.62, 0.44, 0.32))


def render(rng, height=240, width=320):
    """Returns a uint8 RGB photo of a scalp from afar."""
    unit = width / 320
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width
    x, y = x - rng.uniform(0.3, 0.7), y - rng.uniform(0.2, 0.55)
    kind = rng.choice(("whorl", "parting", "hairline", "crown", "combed"))
    radius = np.hypot(x, y) + 1e-4
    around = np.arctan2(y, x)
    wobble = bank().field(rng, height, width, 110 * unit) * 0.02
    tilt = rng.uniform(0, 2 * np.pi)
    across = x * np.cos(tilt) + y * np.sin(tilt) + wobble
    along = -x * np.sin(tilt) + y * np.cos(tilt)
    bare = np.full((height, width), -1.0, np.float32)
    if kind in ("whorl", "crown"):
        # Spirals: one coordinate counts turns, the other runs outwards along the hair.
        spin = rng.choice((-1, 1)) * rng.uniform(0.4, 1.6)
        strand = (around + spin * np.log(radius + 0.03)) / (2 * np.pi) + wobble * 0.25
        run = radius
        count = rng.uniform(130, 380)
        size = rng.uniform(0.02, 0.05) if kind == "whorl" else rng.uniform(0.10, 0.32)
        bare = (size - radius + wobble * 1.2) / (0.25 * size + 0.02)
    elif kind == "parting":
        strand = along + np.abs(across) * rng.uniform(-0.8, 0.8) + wobble * 0.3
        run = across
        count = rng.uniform(110, 320)
        size = rng.uniform(0.006, 0.05)
        bare = (size - np.abs(across)) / (0.5 * size + 0.008)
    else:
        strand = across + 0.3 * along * along + wobble * 0.3
        run = along
        count = rng.uniform(110, 320)
        if kind == "hairline":
            edge = rng.uniform(-0.05, 0.2) + 0.25 * rng.uniform(-1, 1) * x + rng.uniform(0, 1.2) * x * x
            bare = (y - edge + wobble * 0.5) / rng.uniform(0.03, 0.12)
    streak = streaks(rng, strand * count, run * rng.uniform(4, 9))
    colour = np.array(HAIR[rng.choice(len(HAIR), p=(0.34, 0.26, 0.16, 0.1, 0.09, 0.05))]) * rng.uniform(1.0, 2.0)
    light = 0.85 + 0.4 * streak + 0.25 * bank().field(rng, height, width, 110 * unit)
    band = np.exp(-(((run - rng.uniform(-0.2, 0.4)) / rng.uniform(0.04, 0.12)) ** 2)) * rng.uniform(0, 0.5)
    image = np.clip(light, 0.1, 2.2)[..., None] * colour.astype(np.float32)
    image = image + (band * np.clip(streak + 0.6, 0, 2))[..., None] * np.float32(0.35)
    skin = np.array(SKIN[rng.choice(4, p=(0.4, 0.25, 0.25, 0.1))], np.float32) * rng.uniform(0.85, 1.08)
    scalp = skin * (1 + 0.05 * bank().field(rng, height, width, 48 * unit) + 0.03 * bank().field(rng, height, width, 3 * unit))[..., None]
    thin = rng.uniform(-1.6, 0.4)
    seen = soft_step(bare * 1.0 + thin * 0.25 - streak * 0.35, rng.uniform(0.1, 0.5), 0.5)
    image = image + (scalp - image) * seen[..., None].astype(np.float32)
    canvas = np.clip(image * 255, 0, 255).astype(np.uint8)
    stray_hairs(rng, canvas, colour, unit)
    image = canvas.astype(np.float32) / 255
    if rng.random() < 0.5:
        image = head_outline(rng, image, skin, x, y)
    image = camera.vignette(rng, image, rng.uniform(-0.1, 0.35))
    image = camera.cast(rng, image, 0.8)
    image = camera.focus(rng, camera.tone(rng, image), unit)
    pixels = camera.sensor(rng, image)
    return camera.turn(rng, pixels) if rng.random() < 0.6 else pixels


def streaks(rng, strand, run):
    """Hairs: noise that changes fast across `strand` and slowly along `run`."""
    texture = rng.standard_normal((32, 512)).astype(np.float32)
    texture = cv2.GaussianBlur(texture, (0, 0), sigmaX=0.55, sigmaY=1.6)
    broad = cv2.resize(fractal(rng, 32, 128, 12, 2), (512, 32))
    texture = texture / texture.std() + 0.8 * broad
    columns = np.mod(strand, 511).astype(np.float32)
    rows = np.mod(run + 400, 31).astype(np.float32)
    return np.clip(cv2.remap(texture, columns, rows, cv2.INTER_LINEAR) / 1.4, -2, 2)


def stray_hairs(rng, canvas, colour, unit):
    """Single fine hairs over everything."""
    height, width = canvas.shape[:2]
    for _ in range(rng.integers(0, 60)):
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.12, 9))
        stride = rng.uniform(2, 14) * unit
        path = np.stack([np.cumsum(np.cos(heading)), np.cumsum(np.sin(heading))], 1) * stride
        path += (rng.uniform(0, width), rng.uniform(0, height))
        shade = tuple(float(c) for c in np.clip(np.array(colour) * rng.uniform(0.6, 2.2) * 255, 0, 255))
        cv2.polylines(canvas, [np.round(path * 16).astype(np.int32)], False, shade, max(1, int(unit)), cv2.LINE_AA, 4)


def head_outline(rng, image, skin, x, y):
    """The head does not fill the photo: a background, sometimes with an ear's worth of skin."""
    height, width = image.shape[:2]
    reach = rng.uniform(0.33, 0.6)
    outside = np.clip((np.hypot(x * rng.uniform(0.7, 1.3), y * rng.uniform(0.8, 1.2)) - reach) * 60, 0, 1)
    ground = np.empty_like(image)
    ground[:] = rng.uniform(0.1, 0.95, 3)
    ground *= (1 + 0.15 * bank().field(rng, height, width, 110 * width / 320))[..., None]
    if rng.random() < 0.4:
        ground[:] = skin * rng.uniform(0.7, 1.0)
    return image + (ground - image) * outside[..., None].astype(np.float32)
