"""What the contact plate adds, healthy or not: glints, bubbles in gel or water, veils of reflection, dust."""

import cv2
import numpy as np

from .lamps import mirrored, slopes
from .skin import dome
from .textures import sample, sample_soft, smooth


def add_glass(rng, canvas, ring, unit):
    """Adds light of the plate and of the wet film under it to a canvas [3, height, width]."""
    height, width = canvas.shape[1:]
    light = np.zeros((height, width), np.float32)
    if rng.random() < 0.75:  # specks: saturated, tiny, everywhere
        speck = np.zeros((height, width), np.uint8)
        for _ in range(rng.poisson(rng.choice((8, 35, 90), p=(0.35, 0.4, 0.25)))):
            x, y = rng.uniform((0, 0), (width, height))
            size = min(0.35 + rng.exponential(0.38), 2.6) * unit
            axes = (round(size * 16), round(size * rng.uniform(0.25, 1) * 16))
            centre, strength = (round(x * 16), round(y * 16)), int(rng.integers(90, 256))
            cv2.ellipse(speck, centre, axes, rng.uniform(0, 180), 0, 360, strength, -1, cv2.LINE_AA, 4)
        light += speck.astype(np.float32) * (rng.uniform(0.5, 1.3) / 255)
    if rng.random() < 0.3:  # drops and bubbles mirror the whole ring: dotted circles, arcs
        relief = np.zeros((height, width), np.float32)
        for _ in range(rng.integers(1, 14)):
            x, y = rng.uniform((0, 0), (width, height))
            radius = rng.uniform(2, 6 if rng.random() < 0.8 else 22) * unit
            raised = dome(relief, x, y, radius, rng.uniform(0.25, 0.5))
            if raised is not None and radius > 5 * unit:
                part, inside = raised
                rim = np.exp(-(((inside - 0.12) / 0.1) ** 2))
                canvas[:, *part] *= 1 - rng.uniform(0.1, 0.4) * rim
        slope_x, slope_y = slopes(relief)
        light += mirrored(ring, ring.wet, slope_x, slope_y) * (relief > 0) * rng.uniform(0.7, 1.5)
    if rng.random() < 0.12:  # the ring itself, mirrored in the glass
        halo = np.zeros((-(-height // 2), -(-width // 2)), np.uint8)
        centre = (round(rng.uniform(0.2, 0.8) * width / 2), round(rng.uniform(0.2, 0.8) * height / 2))
        size, turn = rng.uniform(15, 75) * unit / 2, rng.uniform(0, 360)
        if rng.random() < 0.5:
            for direction, _ in ring.lamps:
                at = (round(centre[0] + size * np.cos(direction)), round(centre[1] + size * np.sin(direction)))
                cv2.circle(halo, at, max(round(rng.uniform(1, 3) * unit), 1), 255, -1)
        else:
            axes = (round(size), round(size * rng.uniform(0.7, 1)))
            cv2.ellipse(halo, centre, axes, turn, 0, rng.uniform(60, 360), 255, max(round(rng.uniform(1, 3) * unit), 1))
        soft = cv2.GaussianBlur(halo, (0, 0), rng.uniform(0.6, 2.5) * unit)
        light += cv2.resize(soft, (width, height)).astype(np.float32) * (rng.uniform(0.3, 1.1) / 255)
    if rng.random() < 0.3:  # a veil: light scattered in the glass
        veil = sample_soft(rng, "cloud", height, width, 2.5 * unit)
        light += smooth(0.5 + 0.4 * veil) * rng.uniform(0.02, 0.13)
    canvas += light * rng.uniform(0.92, 1.05, (3, 1, 1)).astype(np.float32)
    if rng.random() < 0.15:  # dust, dark and blurred, on the lens side
        for _ in range(rng.integers(1, 5)):
            shade = np.zeros((height, width), np.float32)
            raised = dome(shade, *rng.uniform((0, 0), (width, height)), rng.uniform(2, 9) * unit, 1.0)
            if raised is not None:
                canvas[:, *raised[0]] *= 1 - rng.uniform(0.1, 0.35) * smooth(raised[1])


def add_skin_light(rng, canvas, skin, matt, ring, unit):
    """Light mirrored by the skin itself: faint and broad where matt, sharp and bright where wet."""
    slope_x, slope_y = slopes(skin.relief)
    wet = np.clip(skin.wet, 0, 1) * (1 - 0.8 * matt)
    level = float(rng.choice((0.15, 0.55, 1.1), p=(0.3, 0.4, 0.3)))  # crossed polarisers take most of it away
    light = mirrored(ring, ring.wet, slope_x, slope_y) * wet * level
    light += mirrored(ring, ring.matt, slope_x, slope_y) * (0.03 + 0.16 * wet) * (0.4 + 0.6 * level)
    turn = rng.uniform(0, 6.28)
    shade = 1 + rng.uniform(0.1, 0.3) * (float(np.cos(turn)) * slope_x + float(np.sin(turn)) * slope_y)
    canvas *= np.clip(shade, 0.5, 1.4)
    canvas += light
