"""Follicular units: openings with one to four thick shafts that leave side by side and cross the frame."""

import cv2
import numpy as np

from .grades import along
from .noise import bank
from .scene import Opening

COLOURS = (
    ((0.09, 0.07, 0.07), 0.45),
    ((0.17, 0.11, 0.09), 0.27),
    ((0.30, 0.17, 0.11), 0.14),
    ((0.50, 0.36, 0.24), 0.06),
    ((0.62, 0.60, 0.60), 0.08),
)


def place_openings(scene, loss):
    """Spreads openings over the frame. `loss` is the hair-loss quantity in 0..4."""
    rng, unit = scene.rng, scene.unit
    scene.shaft = float(np.exp(rng.uniform(np.log(4.2), np.log(11.0))))
    scene.lean = rng.uniform(0, 2 * np.pi)
    crowd = np.interp(scene.shaft, (4.2, 11.0), (8.5, 3.4)) * rng.uniform(0.8, 1.2)
    wanted = max(1 if loss < 3 else 0, int(round(crowd * along(loss, 1.0, 0.85, 0.72, 0.6, 0.5) + rng.normal(0, 0.5))))
    apart = 0.62 * np.sqrt(scene.height * scene.width / max(wanted, 1))
    for _ in range(wanted * 6):
        if len(scene.openings) >= wanted:
            break
        x, y = scene.place(0.03)
        if all(np.hypot(x - o.x, y - o.y) > apart for o in scene.openings):
            radius = scene.shaft * rng.uniform(0.7, 1.15)
            scene.openings.append(Opening(x, y, radius, scene.lean + rng.normal(0, 0.22)))
    mean_hairs = along(loss, 2.7, 2.1, 1.5, 1.0, 0.5)
    for opening in scene.openings:
        if rng.random() < along(loss, 0.0, 0.06, 0.2, 0.45, 0.75):
            opening.hairs = 0
        else:
            opening.hairs = int(np.clip(np.round(rng.normal(mean_hairs, 0.6)), 1, 4))


def paint_openings(scene):
    """The pits themselves: a brownish halo, a darker mouth, sometimes a light plug."""
    rng, unit = scene.rng, scene.unit
    halo = rng.uniform(0.0, 0.30)
    for opening in scene.openings:
        radius = opening.radius * unit
        found = scene.window(opening.x, opening.y, radius * 4)
        if found is None:
            continue
        part, across, down = found
        squash = rng.uniform(0.65, 1.0)
        turn = rng.uniform(0, np.pi)
        along_axis = across * np.cos(turn) + down * np.sin(turn)
        beside = (-across * np.sin(turn) + down * np.cos(turn)) / squash
        distance = np.sqrt(along_axis**2 + beside**2) / radius
        shade = halo * np.exp(-((distance / 2.0) ** 2)) + rng.uniform(0.15, 0.45) * np.exp(-((distance / 0.8) ** 4))
        part *= 1 - shade[..., None] * np.array((0.55, 0.75, 0.85), np.float32)
        if opening.hairs == 0 and rng.random() < 0.35:
            plug = 0.5 * np.exp(-((distance / 0.5) ** 2))
            part += (np.array((0.85, 0.78, 0.66), np.float32) - part) * plug[..., None]


def curve(rng, x, y, angle, length, bend):
    """A smooth path from (x, y)."""
    steps = np.linspace(0, 1, 14)
    heading = angle + bend * steps + rng.normal(0, 0.08) * np.sin(steps * np.pi * rng.uniform(1, 2.5))
    stride = length / 13
    xs = x + np.concatenate(([0], np.cumsum(np.cos(heading[1:]) * stride)))
    ys = y + np.concatenate(([0], np.cumsum(np.sin(heading[1:]) * stride)))
    return np.stack([xs, ys], 1)


def shafts(scene, loss):
    """Every shaft as (path, width in pixels, reach of taper)."""
    rng, unit = scene.rng, scene.unit
    thin = along(loss, 1.0, 0.88, 0.68, 0.48, 0.34)
    short = along(loss, 0.02, 0.1, 0.3, 0.6, 0.9)
    diagonal = np.hypot(scene.height, scene.width)
    lines = []
    for opening in scene.openings:
        bend = rng.normal(0, 0.35)
        for number in range(opening.hairs):
            width = scene.shaft * unit * thin * rng.uniform(0.75, 1.2)
            side = (number - (opening.hairs - 1) / 2) * width * rng.uniform(0.8, 1.25)
            x = opening.x - np.sin(opening.lean) * side
            y = opening.y + np.cos(opening.lean) * side
            brief = rng.random() < short
            length = diagonal * (rng.uniform(0.12, 0.4) if brief else rng.uniform(0.9, 1.3))
            angle = opening.lean + rng.normal(0, 0.09)
            path = curve(rng, x, y, angle, length, bend + rng.normal(0, 0.12))
            lines.append((path, width * (0.75 if brief else 1.0), brief))
    for _ in range(rng.poisson(along(loss, 2.6, 1.8, 1.0, 0.5, 0.15))):
        # Shafts whose opening lies outside the frame.
        angle = scene.lean + rng.normal(0, 0.5)
        x, y = scene.place()
        start = (x - np.cos(angle) * diagonal * 0.8, y - np.sin(angle) * diagonal * 0.8)
        path = curve(rng, *start, angle, diagonal * 1.8, rng.normal(0, 0.3))
        lines.append((path, scene.shaft * unit * thin * rng.uniform(0.7, 1.15), False))
    rng.shuffle(lines)
    return lines


def paint_hairs(scene, loss, wet=0.0):
    """Paints shadows, shafts and their bright lines. `wet` in 0..1 makes the lines stronger."""
    rng, unit = scene.rng, scene.unit
    lines = shafts(scene, loss)
    if not lines:
        return np.zeros((scene.height, scene.width), np.float32)
    dark = rng.uniform(0.1, 0.4)
    shadow = np.zeros((scene.height, scene.width), np.uint8)
    offset = rng.normal(0, 2.2, 2) * unit
    for path, width, _ in lines:
        stroke(shadow, path + offset, width * 1.25, 255)
    shadow = cv2.GaussianBlur(shadow, (0, 0), 2.2 * unit).astype(np.float32) / 255
    scene.absorb(shadow * dark, (0.85, 0.95, 1.0))

    canvas = np.clip(scene.image * 255, 0, 255).astype(np.uint8)
    cover = np.zeros((scene.height, scene.width), np.uint8)
    weights = np.array([weight for _, weight in COLOURS])
    base = np.array(COLOURS[rng.choice(len(COLOURS), p=weights / weights.sum())][0])
    gloss = np.clip(rng.uniform(0.1, 0.6) + 0.3 * wet, 0, 0.85)
    offsets = rng.uniform(-0.25, 0.25, 2)
    for path, width, brief in lines:
        colour = np.clip(base * rng.uniform(0.75, 1.3) + rng.normal(0, 0.012, 3), 0.02, 0.9)
        if rng.random() < 0.03:
            colour = np.array((0.68, 0.66, 0.66))
        stroke(cover, path, width, 255)
        stroke(canvas, path, width, colour * 0.7, brief)
        stroke(canvas, path, width * 0.72, colour, brief)
        stroke(canvas, path, width * 0.4, colour * 1.2 + 0.02, brief)
        if width < 2.2 * unit:
            continue
        normal = np.gradient(path, axis=0)[:, ::-1] * (-1, 1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
        for number in range(1 + (rng.random() < 0.4)):
            line = path + normal * width * offsets[number]
            bright = colour + (np.array((0.95, 0.96, 1.0)) - colour) * gloss * rng.uniform(0.4, 1.0)
            for start, stop in broken(rng, len(path)):
                stroke(canvas, line[start:stop], max(width * rng.uniform(0.08, 0.2), 0.7 * unit), bright)
    scene.image = canvas.astype(np.float32) / 255
    paint_mouths(scene)
    mask = cover.astype(np.float32) / 255
    scene.mark(5, mask)
    rough = bank().field(rng, scene.height, scene.width, 3 * unit)
    scene.image *= 1 + (mask * rough * rng.uniform(0.02, 0.12))[..., None]
    return mask


def paint_mouths(scene):
    """The rim of each opening closes softly over the roots, so that no shaft ends in a cut."""
    rng, unit = scene.rng, scene.unit
    rim = np.array((0.34, 0.22, 0.17), np.float32) * rng.uniform(0.5, 1.5)
    for opening in scene.openings:
        if not opening.hairs:
            continue
        radius = max(opening.radius, scene.shaft * 0.45 * opening.hairs) * unit
        found = scene.window(opening.x, opening.y, radius * 2)
        if found is None:
            continue
        part, across, down = found
        ahead = across * np.cos(opening.lean) + down * np.sin(opening.lean) + 0.35 * radius
        beside = -across * np.sin(opening.lean) + down * np.cos(opening.lean)
        veil = np.exp(-((ahead / (0.75 * radius)) ** 2) - (beside / (1.1 * radius)) ** 2) * rng.uniform(0.5, 0.9)
        part += (rim - part) * veil[..., None].astype(np.float32)


def broken(rng, count):
    """Index ranges of a line that is seen only in places."""
    if rng.random() < 0.35:
        return [(0, count)]
    start, ranges = int(rng.integers(0, 3)), []
    while start < count - 1:
        stop = start + int(rng.integers(2, 7))
        ranges.append((start, min(stop, count)))
        start = stop + int(rng.integers(0, 5))
    return ranges


def stroke(layer, path, width, colour, taper=False):
    """One anti-aliased line with sub-pixel ends; a tapering one narrows in three steps."""
    shade = tuple(float(c * 255) for c in colour) if np.ndim(colour) else colour
    points = np.round(path * 16).astype(np.int32)
    if not taper:
        cv2.polylines(layer, [points], False, shade, max(1, int(round(width))), cv2.LINE_AA, 4)
        return
    third = max(2, len(points) // 3)
    for part in range(3):
        piece = points[part * third : (part + 1) * third + 1]
        if len(piece) >= 2:
            cv2.polylines(layer, [piece], False, shade, max(1, int(round(width * (1 - 0.28 * part)))), cv2.LINE_AA, 4)
