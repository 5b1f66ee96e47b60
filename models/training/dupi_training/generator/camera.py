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


# Device casts as gains of red, green, blue: none, warm, cool, green-grey, pink, orange-brown, bluish.
CASTS = (
    (1.0, 1.0, 1.0),
    (1.12, 1.0, 0.80),
    (0.86, 0.98, 1.14),
    (0.87, 1.06, 0.92),
    (1.10, 0.92, 1.0),
    (1.17, 0.94, 0.66),
    (0.82, 0.95, 1.20),
)


def cast(rng, image, strength=1.0):
    """A plausible white balance, as strong as devices have it, and exposure."""
    kind = rng.integers(len(CASTS))
    gains = 1 + (np.array(CASTS[kind]) - 1) * rng.uniform(0.3, 1.6) * strength + rng.normal(0, 0.025, 3)
    exposure = float(np.exp(rng.normal(0, 0.14)))
    return image * (gains * exposure).astype(np.float32)


def photograph(rng, image, unit, gentle=False):
    """A microscope camera as a whole: light, cast, optics, noise, compression. Returns uint8."""
    image = vignette(rng, image, rng.uniform(-0.05, 0.5))
    image = cast(rng, image, 0.5 if gentle else 1.0)
    image = tone(rng, image)
    if gentle:
        return sensor(rng, image, compress=False)
    if rng.random() < 0.2:
        image = haze(rng, image)
    image = focus(rng, image, unit)
    if rng.random() < 0.10:
        image = motion(rng, image, unit)
    if rng.random() < 0.16:
        image = coarse(rng, image)
    if rng.random() < 0.25:
        image = sharpen(rng, image, unit)
    if rng.random() < 0.07:
        image = porthole(rng, image)
    return sensor(rng, image, compress=True, worst=30)


def haze(rng, image):
    """Stray light lifts the blacks with a tint of its own."""
    veil = rng.uniform(0.03, 0.16)
    tint = np.float32(rng.uniform(0.4, 0.9)) + rng.normal(0, 0.06, 3).astype(np.float32)
    return image * np.float32(1 - veil) + tint * np.float32(veil)


def motion(rng, image, unit):
    """The hand moved during the exposure."""
    length = max(3, int(rng.uniform(2.5, 7) * unit))
    kernel = np.zeros((length, length), np.float32)
    angle, middle = rng.uniform(0, np.pi), (length - 1) / 2
    ahead = np.array((np.cos(angle), np.sin(angle))) * middle
    start, stop = np.round(middle - ahead).astype(int), np.round(middle + ahead).astype(int)
    cv2.line(kernel, [int(v) for v in start], [int(v) for v in stop], 1.0, 1)
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def coarse(rng, image):
    """A low resolution, scaled up again."""
    height, width = image.shape[:2]
    share = rng.uniform(0.45, 0.8)
    small = cv2.resize(image, (int(width * share), int(height * share)), interpolation=cv2.INTER_AREA)
    way = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)[rng.integers(2)]
    return cv2.resize(small, (width, height), interpolation=way)


def sharpen(rng, image, unit):
    """The halos of a camera that sharpens too much."""
    soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.7, 1.8) * unit)
    amount = float(rng.uniform(0.3, 1.2))
    return cv2.addWeighted(image, 1 + amount, soft, -amount, 0)


def porthole(rng, image):
    """The round black border of a tube in front of the lens."""
    height, width = image.shape[:2]
    radius = rng.uniform(0.50, 0.62) * width
    y = np.arange(height, dtype=np.float32)[:, None] - height * rng.uniform(0.46, 0.54)
    x = np.arange(width, dtype=np.float32)[None, :] - width * rng.uniform(0.46, 0.54)
    inside = np.clip((radius - np.sqrt(x * x + y * y)) / (width * rng.uniform(0.01, 0.05)) + 0.5, 0, 1)
    return image * inside[..., None]


def tone(rng, image):
    """Gamma, contrast and saturation."""
    image = np.clip(image, 0, 1.2)
    cv2.pow(image, float(np.exp(rng.normal(0, 0.12))), image)
    if rng.random() < 0.5:
        grey = image.mean(axis=2, keepdims=True)
        image = grey + (image - grey) * np.float32(rng.uniform(0.68, 1.3))
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


def sensor(rng, image, compress=True, worst=45):
    """Noise, 8 bits and JPEG of quality `worst` to 95. Returns uint8."""
    sigma = abs(rng.normal(0, 0.012))
    if sigma > 0.002:
        height, width = image.shape[:2]
        grain = bank().field(rng, height, width, 3)
        image = image + (grain * sigma)[..., None]
    pixels = np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)
    if compress and rng.random() < 0.6:
        quality = int(rng.integers(worst, 96))
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
