"""Skin and hair of a body that are not a scalp under the microscope: skin without openings, eyes, brows, limbs, faces."""

import cv2
import numpy as np

from .. import photographs
from ..noise import bank, soft_step
from .paint import (
    colour, eight_bit, gradient, hair_colour, lit, paths, plane, scattered, shade, shaded, skin_colour, strokes, tapered, tones,
)


def skin_ground(rng, height, width):
    """Skin as a phone sees it: broad shading, pores as grain, freckles; never an opening with a shaft."""
    image = np.broadcast_to(skin_colour(rng), (height, width, 3))
    red = bank().field(rng, height, width, 48)[..., None] * np.array((0.0, -0.05, -0.04), np.float32) * np.float32(rng.uniform(0, 1.2))
    image = shaded(rng, image * (1 + red), rng.uniform(0.01, 0.05), rng.uniform(0.03, 0.2))
    if rng.random() < 0.3:
        spots = soft_step(bank().field(rng, height, width, 8), rng.uniform(1.4, 2.6), 0.5)[..., None]
        image = image * (1 - spots * np.array((0.2, 0.35, 0.4), np.float32) * np.float32(rng.uniform(0.3, 1)))
    return image


def skin(rng, height, width):
    """Plain skin near by: a cheek, a palm, the lines of a hand's back."""
    image = skin_ground(rng, height, width)
    roll = rng.random()
    if roll < 0.4:
        net = bank().crack(rng, height, width, rng.uniform(9, 40))
        image = image * (1 - (1 - net) * np.float32(rng.uniform(0.05, 0.25)))[..., None]
    elif roll < 0.7:
        u, _ = plane(rng, height, width, 40)
        ridges = np.sin(u * 2 * np.pi / rng.uniform(5, 18) + bank().field(rng, height, width, 110) * 2)
        image = image * (1 + ridges * np.float32(rng.uniform(0.02, 0.10)))[..., None]
    canvas = eight_bit(image)
    folds = int(rng.integers(0, 5))
    if folds:
        drawn = paths(rng, scattered(rng, folds, height, width), rng.uniform(0, 6.3, folds), rng.uniform(150, 400, folds), 0.8, 12)
        dark = strokes(np.full_like(canvas, 255), drawn, np.tile((0.75, 0.6, 0.55), (folds, 1)), int(rng.integers(8, 22)))
        canvas = cv2.multiply(canvas, cv2.GaussianBlur(dark, (0, 0), rng.uniform(5, 12)), scale=1 / 255)
    return canvas


def stubble(rng, height, width):
    """A shaved cheek: very many tiny dots and dashes on skin, with a lip or a jaw's edge."""
    canvas = eight_bit(skin_ground(rng, height, width))
    count = int(rng.uniform(350, 900))
    roots = scattered(rng, count, height, width)
    edge = rng.uniform(-0.2, 0.6) * height + np.sin(roots[:, 0] / width * 3) * 30
    roots = roots[roots[:, 1] > edge]
    drawn = paths(rng, roots, rng.uniform(0, 6.3) + rng.normal(0, 0.5, len(roots)), rng.uniform(1, rng.uniform(4, 14), len(roots)), 0.2, 3)
    return lit(strokes(canvas, drawn, tones(rng, hair_colour(rng), len(roots)), 1), rng)


def hairy_limb(rng, height, width):
    """An arm, a leg, a hand's back with fine body hair, its outline before a background."""
    ground = eight_bit(photographs.crop(rng, photographs.TRAINING, height, width) if rng.random() < 0.6 else gradient(rng, height, width))
    canvas = eight_bit(skin_ground(rng, height, width))
    count = int(rng.uniform(60, 350))
    drawn = paths(rng, scattered(rng, count, height, width), rng.uniform(0, 6.3) + rng.normal(0, 0.5, count), rng.uniform(10, 50, count), 0.9, 5)
    canvas = strokes(canvas, drawn, tones(rng, hair_colour(rng), count), 1)
    _, v = plane(rng, height, width, 12)
    v = v - np.median(v)
    half = rng.uniform(0.14, 0.38) * width
    inside = soft_step(half - np.abs(v), 0, 2)[..., None].astype(np.float32)
    light = np.sqrt(np.clip(1.25 - (v / half) ** 2, 0.1, 1))[..., None].astype(np.float32)
    return ground / np.float32(255) * (1 - inside) + canvas / np.float32(255) * light * inside


def lips(rng, height, width):
    """A mouth near by: two red bodies with fine upright lines."""
    image = skin_ground(rng, height, width)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width
    x, y = (x - rng.uniform(0.3, 0.7)) / rng.uniform(0.25, 0.6), (y - rng.uniform(0.25, 0.5)) / rng.uniform(0.1, 0.3)
    y = y + bank().field(rng, height, width, 110) * 0.05
    inside = soft_step(1 - x * x - np.abs(y) ** rng.uniform(1.2, 2), 0.05, 0.12)[..., None]
    lines = 1 + 0.12 * np.sin(x * rng.uniform(20, 70) + bank().field(rng, height, width, 20))[..., None]
    flesh = np.array((0.78, 0.4, 0.4), np.float32) * np.float32(rng.uniform(0.6, 1.15)) * lines * (1 - 0.5 * np.exp(-((y / 0.08) ** 2)))[..., None]
    image = image * (1 - inside) + flesh * inside
    gloss = soft_step(bank().field(rng, height, width, 20), 1.6, 0.5)[..., None] * inside
    return image + gloss * np.float32(rng.uniform(0, 0.5))


def eye(rng, height, width, lashes=True):
    """An eye near by with its lids and lashes."""
    image = skin_ground(rng, height, width)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width
    middle, size = (rng.uniform(0.35, 0.65), rng.uniform(0.25, 0.5)), rng.uniform(0.14, 0.42)
    x, y = (x - middle[0]) / size, (y - middle[1]) / (size * rng.uniform(0.4, 0.7))
    ball = soft_step(1 - x * x - np.abs(y), 0.03, 0.06)[..., None]
    radius = np.hypot(x, y * 0.6) / rng.uniform(0.38, 0.5)
    iris = soft_step(1 - radius, 0, 0.08)[..., None]
    spokes = (0.8 + 0.3 * np.sin(np.arctan2(y, x) * 40 + bank().field(rng, height, width, 8)))[..., None]
    white = np.array((0.92, 0.88, 0.86), np.float32) * (1 - iris) + colour(rng) * 0.6 * spokes * iris
    white = white * soft_step(radius, 0.4, 0.05)[..., None] + soft_step(0.1 - np.hypot(x - 0.12, y + 0.15), 0, 0.03)[..., None]
    image = image * (1 - ball) + white * ball * (1 - 0.3 * np.exp(-((y + 0.9) ** 2) * 4))[..., None]
    canvas = eight_bit(image)
    if lashes:
        count = int(rng.integers(18, 60))
        at = np.linspace(-0.95, 0.95, count) + rng.normal(0, 0.02, count)
        for side, share in ((-1, 1.0), (1, 0.5)):
            roots = np.stack([(at * size + middle[0]) * width, (middle[1] + side * (1 - at**2) * size * 0.55) * width], 1)
            lean = side * (np.pi / 2) - side * at * rng.uniform(0.4, 1.0) + rng.normal(0, 0.12, count)
            reach = size * width * rng.uniform(0.25, 0.6) * share * rng.uniform(0.7, 1.2, count)
            tapered(canvas, paths(rng, roots, lean, reach, 0.5, 6), tones(rng, hair_colour(rng) * 0.6, count), max(1, int(size * 9)))
    return canvas


def eyelashes(rng, height, width):
    """The lid's edge alone: one row of thick tapered hairs, white below, skin above."""
    canvas = eight_bit(skin_ground(rng, height, width))
    level, swell, count = rng.uniform(0.4, 0.75) * height, rng.uniform(10, 60), int(rng.integers(22, 70))
    x = np.linspace(-10, width + 10, count)
    rim = level - swell * np.sin(np.clip(x / width, 0, 1) * np.pi)
    under = np.concatenate([np.stack([x, rim], 1), ((width + 10, height + 10), (-10, height + 10))]).astype(np.int32)
    cv2.fillPoly(canvas, [under], shade((0.9, 0.85, 0.83), rng.uniform(0.7, 1)), cv2.LINE_AA)
    cv2.circle(canvas, (int(rng.uniform(0.3, 0.7) * width), int(level + rng.uniform(10, 50))), int(rng.uniform(40, 90)), shade(colour(rng), 0.5), -1, cv2.LINE_AA)
    cv2.polylines(canvas, [under[:count]], False, shade((0.55, 0.35, 0.32)), int(rng.integers(3, 9)), cv2.LINE_AA)
    lean = -np.pi / 2 + np.linspace(-0.7, 0.7, count) + rng.normal(0, 0.15, count)
    drawn = paths(rng, np.stack([x, rim], 1), lean, rng.uniform(0.25, 0.6) * height * rng.uniform(0.7, 1.2, count), 0.5, 7)
    canvas = tapered(canvas, drawn, tones(rng, hair_colour(rng) * 0.6, count), int(rng.integers(2, 5)))
    return lit(canvas, rng)


def eyebrow(rng, height, width):
    """A whole brow: a dense arch of short tapered hairs, bare skin above and below."""
    canvas = eight_bit(skin_ground(rng, height, width))
    count, tall = int(rng.uniform(130, 380)), rng.uniform(0.08, 0.22) * height
    at = rng.random(count)
    arch = rng.uniform(0.35, 0.65) * height - np.sin(at * np.pi * rng.uniform(0.6, 1)) * rng.uniform(10, 60)
    roots = np.stack([(at * 1.1 - 0.05) * width, arch + rng.normal(0, 0.5, count) * tall * (1.1 - 0.7 * at)], 1)
    lean = -1.3 + at * 1.5 + rng.normal(0, 0.25, count)
    drawn = paths(rng, roots, lean, rng.uniform(15, 55) * rng.uniform(0.6, 1.2, count), 0.5, 5)
    canvas = tapered(canvas, drawn, tones(rng, hair_colour(rng), count), int(rng.integers(1, 4)))
    if rng.random() < 0.4:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 30), rng.uniform(0.8, 1.2))
        canvas = cv2.warpAffine(canvas, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    return lit(canvas, rng)


def hand(rng, height, width):
    """Fingers with nails before a background."""
    canvas = eight_bit(photographs.crop(rng, photographs.TRAINING, height, width) if rng.random() < 0.6 else gradient(rng, height, width)).copy()
    tone, thick = skin_colour(rng), int(rng.uniform(22, 60))
    root = np.array((rng.uniform(0.2, 0.8) * width, rng.uniform(0.6, 1.1) * height))
    lean = -np.pi / 2 + rng.normal(0, 0.4)
    fingers = int(rng.integers(2, 6))
    for number in range(fingers):
        angle = lean + (number - fingers / 2) * rng.uniform(0.2, 0.35)
        start = root + np.array((np.cos(angle), np.sin(angle))) * thick * 1.5
        drawn = paths(rng, start[None], [angle], [rng.uniform(1.8, 3.4) * thick], 0.3, 8)
        strokes(canvas, drawn, tone[None] * 0.75, thick + 2)
        strokes(canvas, drawn, tone[None] * rng.uniform(0.92, 1.05), thick)
        tip = tuple(drawn[0, -1].astype(int).tolist())
        cv2.ellipse(canvas, tip, (thick // 3, thick // 4), np.degrees(angle), 0, 360, shade(tone * (1.05, 0.95, 0.95)), -1, cv2.LINE_AA)
    cv2.circle(canvas, tuple(root.astype(int).tolist()), int(thick * 1.9), shade(tone * 0.97), -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.6, 2))
    return lit(soft, rng, 0.12)


def face(rng, height, width):
    """A face with hair, brows, eyes and mouth in front of something."""
    below = photographs.crop(rng, photographs.TRAINING, height, width) if rng.random() < 0.6 else gradient(rng, height, width)
    canvas = eight_bit(below).copy()
    tone, hair = skin_colour(rng), hair_colour(rng)
    x, y, size = rng.uniform(0.3, 0.7) * width, rng.uniform(0.35, 0.65) * height, rng.uniform(0.18, 0.6) * height
    cv2.ellipse(canvas, (int(x), int(y - size * 0.3)), (int(size * 0.9), int(size * 1.1)), 0, 0, 360, shade(hair), -1, cv2.LINE_AA)
    cv2.rectangle(canvas, (int(x - size * 0.3), int(y + size * 0.6)), (int(x + size * 0.3), height), shade(tone * 0.85), -1)
    cv2.ellipse(canvas, (int(x), int(y)), (int(size * 0.72), int(size)), 0, 0, 360, shade(tone), -1, cv2.LINE_AA)
    count = int(rng.uniform(60, 200))
    around = rng.uniform(np.pi * 0.9, np.pi * 2.1, count)
    roots = np.stack([x + np.cos(around) * size * 0.75, y - size * 0.3 + np.sin(around) * size], 1)
    strokes(canvas, paths(rng, roots, around + rng.normal(0, 1.2, count), rng.uniform(0.1, 0.7, count) * size, 1.0, 5), tones(rng, hair, count), 1)
    for side in (-1, 1):
        spot = (int(x + side * size * 0.3), int(y - size * 0.15))
        cv2.ellipse(canvas, spot, (int(size * 0.14), int(size * 0.07) + 1), 0, 0, 360, (235, 235, 235), -1, cv2.LINE_AA)
        cv2.circle(canvas, spot, int(size * 0.06) + 1, shade(rng.random(3) * 0.4), -1, cv2.LINE_AA)
        brow = np.stack([rng.uniform(-0.16, 0.16, 16) * size + spot[0], spot[1] - size * 0.16 + rng.normal(0, size * 0.015, 16)], 1)
        strokes(canvas, paths(rng, brow, np.full(16, -0.3 * side), np.full(16, size * 0.1), 0.2, 3), tones(rng, hair, 16), max(1, int(size / 50)))
    cv2.ellipse(canvas, (int(x), int(y + size * 0.45)), (int(size * 0.25), int(size * 0.08) + 1), 0, 0, 360, shade(tone * (0.9, 0.6, 0.6)), -1, cv2.LINE_AA)
    return lit(cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 2)), rng, 0.1)
