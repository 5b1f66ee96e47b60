"""Measures of the photo itself, taken before any model looks at it. The service repeats them exactly.

All of them use the coded luma Y = 0.299 R + 0.587 G + 0.114 B of the sRGB values in 0..1.
"""

import cv2
import numpy as np
from PIL import Image

WIDTH = 640
KERNEL = np.array((1, 4, 6, 4, 1), np.float32) / 16

DARK_MEAN, BRIGHT_MEAN, CLIPPED_FRACTION, MIN_SIDE = 0.15, 0.90, 0.35, 240


def luma(pixels):
    """Y of a uint8 RGB picture at 640 px width, resized with the antialiased triangle filter."""
    height = max(1, round(pixels.shape[0] * WIDTH / pixels.shape[1]))
    resized = Image.fromarray(pixels)
    if pixels.shape[1] != WIDTH:
        resized = resized.resize((WIDTH, height), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32) @ np.array((0.299, 0.587, 0.114), np.float32) / 255


def gradient_energy(plane):
    """Mean of the squared forward differences to the right and downwards."""
    right = plane[:-1, 1:] - plane[:-1, :-1]
    down = plane[1:, :-1] - plane[:-1, :-1]
    return float(np.mean(right * right + down * down))


def blur_ratio(plane):
    """Near 0.2 when sharp, near 1 when blurred: blurring once more changes a blurred picture little."""
    energy = gradient_energy(plane)
    if energy < 1e-7:
        return 1.0
    again = cv2.sepFilter2D(plane, -1, KERNEL, KERNEL, borderType=cv2.BORDER_REPLICATE)
    return gradient_energy(again) / energy


def measure(pixels):
    plane = luma(pixels)
    return {
        "mean": float(plane.mean()),
        "clipped": float((plane >= 0.98).mean()),
        "blur_ratio": blur_ratio(plane),
    }


def rendered(seed, count):
    from .generator import close_up

    for index in range(count):
        yield close_up.render(np.random.default_rng((seed, index)), 480, 640, gentle=True)[0]


def thresholds(seed=900_003, count=60, frames=None):
    """Blur thresholds from `frames` (uint8 RGB), or from rendered 640x480 ones: warn above what sigma 1.5
    typically reaches, refuse from what sigma 3 nearly always reaches."""
    sharp, soft, blurred = [], [], []
    for pixels in rendered(seed, count) if frames is None else frames:
        sharp.append(measure(pixels)["blur_ratio"])
        soft.append(measure(cv2.GaussianBlur(pixels, (0, 0), 1.5))["blur_ratio"])
        blurred.append(measure(cv2.GaussianBlur(pixels, (0, 0), 3.0))["blur_ratio"])
    spread = {
        "sharp_95": float(np.quantile(sharp, 0.95)),
        "sigma_1_5_median": float(np.median(soft)),
        "sigma_3_median": float(np.median(blurred)),
        "sigma_3_05": float(np.quantile(blurred, 0.05)),
    }
    warn = max(spread["sharp_95"], spread["sigma_1_5_median"])
    refuse = max(warn + 0.02, spread["sigma_3_05"])
    return {
        "min_side": MIN_SIDE,
        "dark_mean": DARK_MEAN,
        "bright_mean": BRIGHT_MEAN,
        "clipped_fraction": CLIPPED_FRACTION,
        "blur_ratio_warn": round(warn, 3),
        "blur_ratio_refuse": round(min(refuse, 0.985), 3),
    }, spread
