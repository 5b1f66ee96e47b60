"""Hairs as cylinders: the pixels under each shaft, its shading across and along, and its shadow."""

from dataclasses import dataclass

import cv2
import numpy as np

from .textures import along_line, smooth

STEPS = 64  # entries of the shading tables across a shaft


@dataclass
class Shaft:
    """The pixels a hair covers: flat indices, opacity, place across (-1..1) and along (pixels)."""

    index: np.ndarray
    opacity: np.ndarray
    across: np.ndarray
    along: np.ndarray
    hair: object


def centre_line(hair, height, width):
    """Points [n, 2] on the middle of the hair, as far as it can matter to the frame."""
    reach = min(hair.length, 2.3 * np.hypot(height, width))
    s = np.linspace(0, reach, 40)
    t = 0.5 * hair.bend * s * s + hair.wave * (np.sin(s * (2 * np.pi / hair.period) + hair.phase) - np.sin(hair.phase))
    cosine, sine = np.cos(hair.angle), np.sin(hair.angle)
    return np.stack([hair.x + s * cosine - t * sine, hair.y + s * sine + t * cosine], 1)


def trace(hair, height, width):
    """Finds the hair's pixels by a thick stroke, then the true distance to its middle for those alone."""
    stroke = np.zeros((height, width), np.uint8)
    points = np.round(centre_line(hair, height, width) * 4).astype(np.int32)
    thickness = int(2.5 * hair.radius + 1.6 * hair.softness) + 3
    cv2.polylines(stroke, [points], False, 1, thickness, cv2.LINE_8, 2)
    index = np.flatnonzero(stroke.ravel().view(bool))
    dx = (index % width).astype(np.float32) - np.float32(hair.x)
    dy = (index // width).astype(np.float32) - np.float32(hair.y)
    cosine, sine = np.float32(np.cos(hair.angle)), np.float32(np.sin(hair.angle))
    s, t = dx * cosine + dy * sine, dy * cosine - dx * sine
    turn = np.float32(2 * np.pi / hair.period)
    phase = s * turn + np.float32(hair.phase)
    bend, wave = np.float32(hair.bend), np.float32(hair.wave)
    slope = bend * s + wave * turn * np.cos(phase)
    middle = 0.5 * bend * s * s + wave * (np.sin(phase) - np.float32(np.sin(hair.phase)))
    distance = (t - middle) / np.sqrt(1 + slope * slope)
    radius = np.full_like(s, hair.radius)
    if hair.length < 2 * width:  # a short hair thins out to a tip
        radius = hair.radius * np.sqrt(np.clip(1.02 - s / hair.length, 0.001, 1))
    opacity = smooth((radius - np.abs(distance)) / hair.softness + 0.5)
    opacity *= np.clip(radius * 2 / hair.softness, 0, 1)
    if hair.rooted:  # it rises from under the skin: a round end that the surface veils
        depth = s + hair.radius * (0.9 - 1.3 * (distance / hair.radius) ** 2)
        opacity *= smooth(depth / (hair.dive * hair.radius))
    opacity *= np.clip(hair.length - s, 0, 1)
    kept = np.flatnonzero(opacity > 0.02)
    return Shaft(index[kept], opacity[kept], np.clip(distance[kept] / radius[kept], -1, 1), s[kept], hair)


def coverage_of(shafts, height, width):
    """Share of each pixel hidden by hair [height, width]."""
    free = np.ones(height * width, np.float32)
    for shaft in shafts:
        free[shaft.index] *= 1 - shaft.opacity
    return 1 - free.reshape(height, width)


def shadow_of(hairs, height, width, unit, toward):
    """How much light hairs take from the skin beside and under them, in 0..1, at a quarter of the work."""
    small = np.zeros((-(-height // 2), -(-width // 2)), np.uint8)
    for hair in hairs:
        points = (centre_line(hair, height, width) + np.asarray(toward) * hair.height) * 0.5
        thickness = max(int(hair.radius), 1)
        cv2.polylines(small, [np.round(points * 4).astype(np.int32)], False, 255, thickness, cv2.LINE_8, 2)
    small = cv2.GaussianBlur(small, (0, 0), 2.2 * unit)
    return cv2.resize(small, (width, height)).astype(np.float32) * (1 / 255)


def paint(rng, canvas, shafts, lamps, gloss, medulla):
    """Paints the hairs onto a canvas [3, height * width] of linear light, in their order."""
    u = np.linspace(-1, 1, STEPS, dtype=np.float32)
    up = np.sqrt(np.maximum(1 - u * u, 0))
    for shaft in shafts:
        hair = shaft.hair
        # Light that went through the cylinder and came back from the skin and the far wall.
        path = 0.35 + 0.75 * up
        body = np.exp(-path * hair.density[:, None]) * ((0.42 + 0.58 * up) * (1 - 0.45 * u**6))
        core = rng.uniform(0.1, 0.32)
        if rng.random() < medulla:
            sign = rng.choice((-0.55, 0.35))
            body *= 1 + sign * np.exp(-((u / core) ** 2))
        body = (body + 0.03 * up).astype(np.float32)
        # Each lamp mirrors in the line of the cylinder whose normal halves its direction and ours.
        line = np.zeros_like(u)
        for direction, tilt in lamps:
            half = np.array([np.cos(direction), np.sin(direction)]) * np.sin(tilt / 2)
            beside = -half[0] * np.sin(hair.angle) + half[1] * np.cos(hair.angle)
            onward = half[0] * np.cos(hair.angle) + half[1] * np.sin(hair.angle)
            line += np.exp(-(((u - beside) / 0.13) ** 2)) * np.exp(-((onward / 0.3) ** 2))
        line = line / max(line.max(), 1e-3) * (1 - 0.5 * min(1, hair.softness / 10))
        place = ((shaft.across + 1) * (0.5 * (STEPS - 1))).astype(np.int32)
        waves = along_line(rng, shaft.along, 26 * hair.radius ** 0.5 + 6)
        scales = along_line(rng, shaft.along + 3 * shaft.across, max(hair.radius * 0.35, 1.2))
        shine = line[place] * smooth(waves * 1.5 - 0.25) * (0.7 + 0.45 * scales) * float(gloss * rng.uniform(0.4, 1.15))
        colour = body[:, place] * (0.85 + 0.25 * waves + 0.12 * scales) + shine
        below = canvas[:, shaft.index]
        canvas[:, shaft.index] = below + (colour - below) * shaft.opacity
