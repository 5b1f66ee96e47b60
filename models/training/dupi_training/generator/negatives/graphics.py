"""What a phone shows or photographs of paper and screens: documents, receipts, screenshots, charts, X-rays."""

import cv2
import numpy as np

from ..noise import bank
from .paint import colour, eight_bit, flat, gradient, lit, paths, scattered, shade, strokes


def _words(rng, canvas, ink, left, right, top, bottom, pitch):
    """Lines of made-up words."""
    y = top
    while y < bottom:
        x, end = left, left + (right - left) * rng.uniform(0.5, 1)
        while x < end:
            letters = "".join(chr(97 + int(c)) for c in rng.integers(0, 26, rng.integers(2, 9)))
            cv2.putText(canvas, letters, (int(x), int(y)), 0, pitch / 34, ink, 1, cv2.LINE_AA)
            x += len(letters) * pitch * 0.52 + pitch * 0.4
        y += pitch


def document(rng, height, width):
    """Printed lines, tables, handwriting, tilted."""
    paper, ink = np.clip(rng.uniform(0.75, 1.0) + rng.normal(0, 0.02, 3), 0, 1), rng.random(3) * 0.35
    if rng.random() < 0.25:
        paper, ink = ink, paper
    canvas = flat(height, width, paper)
    if rng.random() < 0.7:
        _words(rng, canvas, shade(ink), rng.uniform(0, 40), width, rng.uniform(5, 30), height + 10, rng.uniform(9, 30))
    else:
        rows = int(rng.integers(5, 16))
        starts = np.stack([rng.uniform(0, 60, rows), np.linspace(5, height, rows)], 1)
        drawn = paths(rng, starts, np.zeros(rows), np.full(rows, width * 0.8), 0.1, 60)
        drawn[..., 1] += rng.normal(0, height / rows * 0.25, drawn.shape[:2])
        strokes(canvas, drawn, np.tile(ink, (rows, 1)), int(rng.integers(1, 3)))
    for x, y in scattered(rng, int(rng.integers(0, 4)), height, width):
        far = (int(x + rng.normal(0, 90)), int(y + rng.normal(0, 60)))
        cv2.rectangle(canvas, (int(x), int(y)), far, shade(colour(rng)), int(rng.choice((-1, 1, 2))))
    tilt = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 14), rng.uniform(0.8, 1.8))
    return lit(cv2.warpAffine(canvas, tilt, (width, height), borderMode=cv2.BORDER_REFLECT), rng, 0.06)


def receipt(rng, height, width):
    """A narrow strip of print on a table, or a bar code."""
    canvas = eight_bit(gradient(rng, height, width)).copy()
    left, right = rng.uniform(0.05, 0.3) * width, rng.uniform(0.6, 0.95) * width
    cv2.rectangle(canvas, (int(left), 0), (int(right), height), shade(np.full(3, rng.uniform(0.8, 1))), -1)
    _words(rng, canvas, shade(np.full(3, rng.uniform(0, 0.4))), left + 8, right - 60, 15, height, rng.uniform(9, 16))
    if rng.random() < 0.5:
        x, top = left + 10, rng.uniform(0.1, 0.7) * height
        while x < right - 10:
            thick = int(rng.integers(1, 6))
            cv2.rectangle(canvas, (int(x), int(top)), (int(x) + thick - 1, int(top + 50)), (20, 20, 20), -1)
            x += thick + rng.integers(1, 6)
    tilt = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-40, 40), rng.uniform(0.9, 1.6))
    return lit(cv2.warpAffine(canvas, tilt, (width, height), borderMode=cv2.BORDER_REFLECT), rng, 0.08)


def screen(rng, height, width):
    """A chat, a list, a web page: bars, bubbles, icons and print."""
    dark = rng.random() < 0.4
    ground, ink = (rng.uniform(0, 0.15, 3), np.full(3, 0.9)) if dark else (rng.uniform(0.9, 1, 3), np.full(3, 0.15))
    canvas, accent = flat(height, width, ground), colour(rng)
    cv2.rectangle(canvas, (0, 0), (width, int(rng.uniform(14, 50))), shade(accent), -1)
    y = rng.uniform(50, 70)
    while y < height:
        tall = rng.uniform(18, 70)
        left, right = rng.uniform(4, 0.5 * width), rng.uniform(0.55, 1) * width
        if rng.random() < 0.6:
            cv2.rectangle(canvas, (int(left), int(y)), (int(right), int(y + tall)), shade(colour(rng) if rng.random() < 0.3 else ground * 0.85 + accent * 0.15), -1)
        if rng.random() < 0.4:
            cv2.circle(canvas, (int(left), int(y + tall / 2)), int(tall / 3), shade(colour(rng)), -1, cv2.LINE_AA)
        _words(rng, canvas, shade(ink), left + 12, right, y + 13, y + tall, rng.uniform(10, 18))
        y += tall + rng.uniform(4, 16)
    return canvas


def chart(rng, height, width):
    """Bars, curves, pies and maps with thin lines."""
    canvas, kind = flat(height, width, np.full(3, rng.uniform(0.85, 1)) if rng.random() < 0.7 else colour(rng)), rng.integers(3)
    for x in np.arange(20, width, rng.uniform(20, 60)):
        cv2.line(canvas, (int(x), 0), (int(x), height), (200, 200, 200), 1)
    for number in range(int(rng.integers(2, 12))):
        tone = shade(colour(rng))
        if kind == 0:
            cv2.rectangle(canvas, (20 + number * 26, height - 15), (38 + number * 26, int(rng.uniform(10, height - 20))), tone, -1)
        elif kind == 1:
            y = height / 2 + rng.normal(0, 30) + np.cumsum(rng.normal(0, rng.uniform(2, 12), 50))
            cv2.polylines(canvas, [np.stack([np.linspace(0, width, 50), y], 1).astype(np.int32)], False, tone, int(rng.integers(1, 4)), cv2.LINE_AA)
        else:
            first = rng.uniform(0, 360)
            cv2.ellipse(canvas, (width // 2, height // 2), (90, 90), 0, first, first + rng.uniform(20, 120), tone, -1, cv2.LINE_AA)
    _words(rng, canvas, (60, 60, 60), 10, width * 0.6, 12, 26, 12)
    return canvas


def drawing(rng, height, width):
    """Flat cartoon shapes with black outlines."""
    canvas = flat(height, width, colour(rng) if rng.random() < 0.6 else np.ones(3))
    for x, y in scattered(rng, int(rng.integers(3, 30)), height, width):
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        radius = rng.uniform(8, 80) * (1 + 0.25 * np.sin(turn * rng.integers(2, 6) + rng.uniform(0, 6)))
        outline = np.stack([x + np.cos(turn) * radius, y + np.sin(turn) * radius * rng.uniform(0.4, 1)], 1).astype(np.int32)
        cv2.fillPoly(canvas, [outline], shade(colour(rng)), cv2.LINE_AA)
        cv2.polylines(canvas, [outline], True, (10, 10, 10), int(rng.integers(1, 6)), cv2.LINE_AA)
    return canvas


def x_ray(rng, height, width):
    """Pale bones glowing on black; an ultrasound's grain now and then."""
    canvas = np.zeros((height, width), np.uint8)
    count, lean = int(rng.integers(2, 10)), rng.uniform(0, 6.3)
    for path in paths(rng, scattered(rng, count, height, width), lean + rng.normal(0, 0.3, count), rng.uniform(100, 400, count), 0.8, 10):
        cv2.polylines(canvas, [path.astype(np.int32)], False, int(rng.uniform(60, 160)), int(rng.uniform(8, 40)), cv2.LINE_AA)
    glow = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(2, 9)).astype(np.float32) / 255
    light = 0.1 + glow + 0.15 * np.clip(bank().field(rng, height, width, 110), 0, 2) + 0.04 * bank().field(rng, height, width, rng.choice((3, 8)))
    tint = np.array((1, 1, 1) if rng.random() < 0.6 else (0.8, 0.9, 1.1), np.float32)
    return np.clip(light if rng.random() < 0.8 else 1 - light, 0, 1)[..., None] * tint
