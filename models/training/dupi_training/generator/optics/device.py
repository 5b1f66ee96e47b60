"""The handheld microscope's camera: colour cast, exposure, vignette, focus, motion, noise, sharpening, JPEG."""

import cv2
import numpy as np

from .textures import sample, sample_soft, smooth

# Gains of red, green and blue that devices are known for.
CASTS = (
    (1.0, 1.0, 1.0), (0.90, 1.03, 0.93), (1.10, 0.95, 1.00), (1.14, 0.98, 0.78), (0.90, 0.98, 1.16), (1.04, 1.0, 0.9),
)


def photograph(rng, light, gentle):
    """Turns linear light [3, height, width] into the pixels a device delivers."""
    height, width = light.shape[1:]
    unit = width / 320
    gains = np.array(CASTS[rng.integers(len(CASTS))])
    gains = 1 + (gains - 1) * rng.uniform(0.2, 0.5 if gentle else 1.15) + rng.normal(0, 0.012 if gentle else 0.028, 3)
    # The automatic exposure brings the brighter half of the frame near a middle tone, roughly.
    bright = float(np.percentile(light[1, ::7, ::7], 70))
    wanted = rng.uniform(0.5, 0.68) if gentle else rng.uniform(0.36, 0.76)
    exposure = (wanted / max(bright, 0.05)) ** rng.uniform(0.55, 1.0)
    light = light * (gains * exposure).astype(np.float32)[:, None, None]
    light *= vignette(rng, height, width, gentle)
    light = cv2.merge(list(light))
    if not gentle:
        light = blur(rng, light, unit)
    saturation = rng.uniform(0.9, 1.15) if gentle else rng.uniform(0.72, 1.35)
    grey = np.array([0.3, 0.59, 0.11])
    light = cv2.transform(light, (saturation * np.eye(3) + (1 - saturation) * np.tile(grey, (3, 1))).astype(np.float32))
    gamma = rng.uniform(0.92, 1.08) if gentle else rng.uniform(0.72, 1.35)
    contrast, black = (rng.uniform(0.92, 1.08), 0.0) if gentle else (rng.uniform(0.78, 1.15), rng.uniform(-0.03, 0.05))
    table = np.clip((np.linspace(0, 1, 4096) ** gamma - 0.5) * contrast + 0.5 + black, 0, 1).astype(np.float32) * 255
    image = table[(np.clip(light, 0, 1) * 4095).astype(np.int16)]
    strength = rng.uniform(3, 9) if rng.random() < 0.25 else rng.uniform(0.3, 3)
    strength = rng.uniform(0.3, 1.2) if gentle else strength
    noise = sample(rng, "white", height, width, float(rng.choice((0.8, 1.0, 1.6))))
    image += cv2.merge([noise * strength] * 3)
    if strength > 2:
        colour = np.roll(noise, (31, 57), (0, 1))
        image += cv2.merge([colour * power for power in rng.normal(0, 0.5 * strength, 3).tolist()])
    image = np.clip(image, 0, 255).astype(np.uint8)
    if not gentle and rng.random() < 0.35:
        image = lower_resolution(rng, image)
    if rng.random() < (0.3 if gentle else 0.4):
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.7, 1.6) * unit)
        amount = rng.uniform(0.2, 0.5 if gentle else 1.2)
        image = cv2.addWeighted(image, 1 + amount, soft, -amount, 0)
    if not gentle and rng.random() < 0.85:
        _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 96))])
        image = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return image


def vignette(rng, height, width, gentle):
    """Falling light towards the corners, sometimes a round black border."""
    x = (np.arange(width, dtype=np.float32) / width - 0.5 - rng.normal(0, 0.05))[None]
    y = ((np.arange(height, dtype=np.float32) / height - 0.5 - rng.normal(0, 0.05)) * height / width)[:, None]
    distance = (x * x + y * y).astype(np.float32)
    fall = 1 - rng.uniform(0.05, 0.45 if gentle else 1.1) * distance ** float(rng.choice((1.0, 1.5)))
    turn, slant = rng.uniform(0, 6.28), rng.uniform(0, 0.1 if gentle else 0.3)
    fall *= 1 + slant * (float(np.cos(turn)) * x + float(np.sin(turn)) * y)
    if not gentle and rng.random() < 0.07:
        fall *= smooth((rng.uniform(0.5, 0.6) - np.sqrt(distance)) / rng.uniform(0.01, 0.06) + 0.5)
    return fall


def blur(rng, light, unit):
    """Defocus of the whole or of a zone, and a shaken hand, in a good half of the frames."""
    height, width = light.shape[:2]
    kind = rng.choice(("sharp", "whole", "zone"), p=(0.3, 0.42, 0.28))
    if kind == "whole":
        light = cv2.GaussianBlur(light, (0, 0), min(0.45 + rng.exponential(0.55), 2.4) * unit)
    elif kind == "zone":
        soft = cv2.GaussianBlur(light, (0, 0), rng.uniform(1.2, 3.5) * unit)
        zone = smooth(0.3 + 0.6 * sample_soft(rng, "cloud", height, width, 3.0 * unit) + rng.normal(0, 0.3))
        light = light + (soft - light) * cv2.merge([zone, zone, zone])
    if rng.random() < 0.08:
        reach = int(rng.uniform(2, 6) * unit) | 1
        kernel = np.zeros((reach, reach), np.float32)
        turn, middle = rng.uniform(0, 3.14), reach // 2
        end = np.array([np.cos(turn), np.sin(turn)]) * reach / 2
        ends = np.round([middle - end, middle + end]).astype(int).tolist()
        cv2.line(kernel, *ends, 1.0)
        light = cv2.filter2D(light, -1, kernel / kernel.sum())
    return light


def lower_resolution(rng, image):
    """As if cropped from a smaller picture and enlarged."""
    height, width = image.shape[:2]
    share = rng.uniform(0.4, 0.9)
    small = cv2.resize(image, (int(width * share), int(height * share)), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=int(rng.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC))))
