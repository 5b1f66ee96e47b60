"""What a camera does to any scene: shading, light colour, focus, noise, compression.

Images are float32 RGB in 0..1. Colour casts multiply the whole frame, so the difference between red
and skin survives them; strong hue jitter would destroy the red conditions.
"""

import cv2
import numpy as np

from .noise import bank


def vignette(rng, image, strength):
    """Darkens (or, seldom, brightens) towards the corners."""
    height, width = image.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] + rng.normal(0, 0.15)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] + rng.normal(0, 0.15)
    fall = 1 - strength * np.clip((x * x + y * y) / 2.0, 0, 1.4)
    return image * fall[..., None].astype(np.float32)


def cast(rng, image, strength=1.0):
    """A plausible white balance: warm, cool, green-grey or pink, and exposure."""
    kind = rng.integers(5)
    gains = {
        0: (1.0, 1.0, 1.0),
        1: (1.12, 1.0, 0.80),
        2: (0.86, 0.98, 1.14),
        3: (0.88, 1.06, 0.94),
        4: (1.10, 0.93, 1.02),
    }[int(kind)]
    gains = 1 + (np.array(gains) - 1) * rng.uniform(0.3, 1.5) * strength + rng.normal(0, 0.025, 3)
    exposure = float(np.exp(rng.normal(0, 0.14)))
    return image * (gains * exposure).astype(np.float32)


def tone(rng, image):
    """Gamma, contrast and saturation."""
    image = np.clip(image, 0, 1.2)
    cv2.pow(image, float(np.exp(rng.normal(0, 0.12))), image)
    if rng.random() < 0.5:
        grey = image.mean(axis=2, keepdims=True)
        image = grey + (image - grey) * np.float32(rng.uniform(0.75, 1.25))
    return image


def focus(rng, image, unit):
    """Now and then a slight blur of the whole frame, or of a part of it."""
    roll = rng.random()
    if roll < 0.45:
        return image
    sigma = unit * rng.uniform(0.3, 1.1)
    blurred = cv2.GaussianBlur(image, (0, 0), sigma)
    if roll < 0.72:
        return blurred
    height, width = image.shape[:2]
    zone = np.clip(bank().field(rng, height, width, 110 * unit) * 0.8 + rng.normal(0, 0.4) + 0.5, 0, 1)[..., None]
    return image + (blurred - image) * zone


def sensor(rng, image, compress=True):
    """Noise, 8 bits and JPEG. Returns uint8."""
    sigma = abs(rng.normal(0, 0.012))
    if sigma > 0.002:
        height, width = image.shape[:2]
        grain = bank().field(rng, height, width, 3)
        image = image + (grain * sigma)[..., None]
    pixels = np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)
    if compress and rng.random() < 0.6:
        quality = int(rng.integers(45, 96))
        _, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        pixels = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return pixels


def turn(rng, *planes):
    """Flips, half turns and, seldom, a quarter turn cut back to the frame: nobody guarantees 'up'.

    All planes (the picture, maps that belong to it) are turned alike.
    """
    quarter, over, across = rng.random() < 0.08, rng.random() < 0.5, rng.random() < 0.5
    turned = []
    for plane in planes:
        height, width = plane.shape[:2]
        if quarter:
            plane = cover(np.rot90(plane), height, width)
        if over:
            plane = plane[::-1]
        if across:
            plane = plane[:, ::-1]
        turned.append(np.ascontiguousarray(plane))
    return turned[0] if len(turned) == 1 else turned


def cover(pixels, height, width):
    """Scales so that the frame is covered, aspect kept, and cuts the excess off around the centre."""
    scale = max(height / pixels.shape[0], width / pixels.shape[1])
    rows, columns = max(height, round(pixels.shape[0] * scale)), max(width, round(pixels.shape[1] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    grown = cv2.resize(np.ascontiguousarray(pixels), (columns, rows), interpolation=way)
    top, left = (rows - height) // 2, (columns - width) // 2
    return grown[top : top + height, left : left + width]
