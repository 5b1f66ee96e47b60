"""Follicular units: openings with one to four thick shafts that leave side by side and cross the frame."""

from dataclasses import dataclass

import cv2
import numpy as np

from ..grades import along
from ..noise import bank
from .scene import Opening

# Colour and weight: black, dark brown, brown, reddish, dyed copper, wine, chestnut and blonde, grey.
COLOURS = (
    ((0.08, 0.065, 0.065), 0.36),
    ((0.15, 0.10, 0.085), 0.22),
    ((0.25, 0.16, 0.11), 0.12),
    ((0.31, 0.14, 0.09), 0.07),
    ((0.45, 0.24, 0.12), 0.04),
    ((0.30, 0.08, 0.09), 0.03),
    ((0.42, 0.29, 0.20), 0.05),
    ((0.62, 0.48, 0.30), 0.04),
    ((0.62, 0.60, 0.60), 0.07),
)
GREY = np.array((0.70, 0.69, 0.68))
# Most of the frame that hair may cover: signs on the skin must stay to be seen.
COVER = 0.58


def place_openings(scene, loss):
    """Spreads openings over the frame. `loss` is the hair-loss quantity in 0..4.

    At a high magnification (thick shafts) a frame holds one or two openings, and is normal all the same."""
    rng = scene.rng
    scene.lean = rng.uniform(0, 2 * np.pi)
    crowd = np.exp(np.interp(np.log(scene.shaft), np.log((4.5, 15.0)), np.log((9.0, 2.0)))) * rng.uniform(0.8, 1.25)
    wanted = max(1 if loss < 3 else 0, int(round(crowd * along(loss, 1.0, 0.85, 0.72, 0.6, 0.5) + rng.normal(0, 0.4))))
    apart = 0.62 * np.sqrt(scene.height * scene.width / max(wanted, 1))
    swirl = rng.choice((0.12, 0.25, 0.6))
    for _ in range(wanted * 6):
        if len(scene.openings) >= wanted:
            break
        x, y = scene.place(0.05)
        if all(np.hypot(x - o.x, y - o.y) > apart for o in scene.openings):
            radius = scene.shaft * rng.uniform(0.7, 1.15)
            scene.openings.append(Opening(x, y, radius, scene.lean + rng.normal(0, swirl)))
    mean_hairs = along(loss, 2.7, 2.1, 1.5, 1.0, 0.5)
    for opening in scene.openings:
        if rng.random() < along(loss, 0.0, 0.06, 0.2, 0.45, 0.75):
            opening.hairs = 0
        else:
            opening.hairs = int(np.clip(np.round(rng.normal(mean_hairs, 0.7)), 1, 4))


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


def curve(rng, x, y, angle, length, bend, curl=0.0):
    """A smooth path from (x, y); `curl` makes it wave (radians of swing)."""
    steps = np.linspace(0, 1, 32)
    heading = angle + bend * steps + rng.normal(0, 0.08) * np.sin(steps * np.pi * rng.uniform(1, 2.5))
    if curl:
        heading = heading + curl * np.sin(steps * rng.uniform(4, 11) + rng.uniform(0, 6.3))
    stride = length / 31
    xs = x + np.concatenate(([0], np.cumsum(np.cos(heading[1:]) * stride)))
    ys = y + np.concatenate(([0], np.cumsum(np.sin(heading[1:]) * stride)))
    return np.stack([xs, ys], 1)


def plan(scene, loss):
    """Lays out every shaft before anything is painted, so that others know what hair will hide.

    `scene.units` becomes a list of (opening or None, [(path, width in pixels, brief)])."""
    rng, unit = scene.rng, scene.unit
    thin = along(loss, 1.0, 0.88, 0.68, 0.48, 0.34)
    short = along(loss, 0.02, 0.1, 0.3, 0.6, 0.9)
    diagonal = np.hypot(scene.height, scene.width)
    curl = rng.uniform(0.15, 0.6) if rng.random() < 0.15 else 0.0
    units = []
    for opening in scene.openings:
        bend = rng.normal(0, 0.35)
        close, parting = rng.uniform(0.25, 0.8), rng.uniform(4, 14) * opening.radius * unit
        lines = []
        for number in range(opening.hairs):
            width = scene.shaft * unit * thin * rng.uniform(0.75, 1.2)
            side = (number - (opening.hairs - 1) / 2) * width * rng.uniform(0.75, 1.3)
            brief = rng.random() < short
            length = diagonal * (rng.uniform(0.12, 0.4) if brief else rng.uniform(0.9, 1.3))
            angle = opening.lean + rng.normal(0, 0.09)
            path = curve(rng, opening.x, opening.y, angle, length, bend + rng.normal(0, 0.12), curl)
            # The shafts of a unit share one mouth and part a little way out of it.
            apart = close + (1 - close) * np.clip(np.linspace(0, length, len(path)) / parting, 0, 1)
            path += apart[:, None] * side * np.array((-np.sin(opening.lean), np.cos(opening.lean)))
            lines.append((path, width * (0.75 if brief else 1.0), brief))
        if lines:
            units.append((opening, lines))
    rng.shuffle(units)
    crossing = rng.choice((0.3, 0.9))
    for _ in range(rng.poisson(along(loss, 2.2, 1.6, 1.0, 0.5, 0.15) * min(1.3, 9 / scene.shaft))):
        # Shafts whose opening lies outside the frame; some frames have them crossing all others.
        angle = scene.lean + rng.normal(0, crossing)
        x, y = scene.place()
        start = (x - np.cos(angle) * diagonal * 0.8, y - np.sin(angle) * diagonal * 0.8)
        path = curve(rng, *start, angle, diagonal * 1.8, rng.normal(0, 0.3), curl)
        width = scene.shaft * unit * thin * rng.uniform(0.7, 1.15)
        units.append((None, [(path, width, False)]))
    cover = np.zeros((scene.height, scene.width), np.uint8)
    for opening, lines in units:
        before = cover.copy()
        for path, width, brief in lines:
            stroke(cover, path, width, 255, brief)
        if (cover > 127).mean() > COVER and scene.units:
            cover = before
            if opening is not None:
                scene.openings.remove(opening)
            continue
        scene.units.append((opening, lines))
    scene.cover = cover


def paint(scene, wet=0.0):
    """Paints shadows, shafts and their bright lines. `wet` in 0..1 makes the lines stronger."""
    rng, unit = scene.rng, scene.unit
    weights = np.array([weight for _, weight in COLOURS])
    base = np.array(COLOURS[rng.choice(len(COLOURS), p=weights / weights.sum())][0])
    scene.hair_colour = tuple(base)
    if not scene.units:
        return
    shadow = np.zeros((scene.height, scene.width), np.uint8)
    offset = rng.normal(0, 2.4, 2) * unit
    for _, lines in scene.units:
        for path, width, _ in lines:
            stroke(shadow, path + offset, width * 1.25, 255)
    shadow = cv2.GaussianBlur(shadow, (0, 0), rng.uniform(1.2, 3.0) * unit).astype(np.float32) / 255
    scene.absorb(shadow * rng.uniform(0.08, 0.42), (0.85, 0.95, 1.0))

    canvas = np.clip(scene.image * 255, 0, 255).astype(np.uint8)
    light = Light(
        gloss=float(np.clip(rng.uniform(0.08, 0.6) + 0.3 * wet, 0, 0.85)),
        lines=rng.uniform(-0.28, 0.28, 2),
        twice=rng.choice((0.1, 0.7)),
        edge=rng.uniform(0.3, 0.65),
        body=rng.uniform(0.1, 0.45),
        tint=np.array((0.95, 0.96, 1.0)) + rng.normal(0, 0.03, 3),
    )
    grey = rng.uniform(0.1, 0.6) if rng.random() < 0.12 else 0.02
    for opening, lines in scene.units:
        where = root(scene, opening, lines) if opening is not None else None
        under = canvas[where[0]].copy() if where else None
        for path, width, brief in lines:
            colour = np.clip(base * rng.uniform(0.75, 1.3) + rng.normal(0, 0.012, 3), 0.02, 0.9)
            if rng.random() < grey:
                colour = GREY * rng.uniform(0.85, 1.1)
            paint_shaft(rng, canvas, path, width, brief, colour, light, unit)
        if where:
            part, veil = canvas[where[0]], where[1]
            part[:] = (part + (under.astype(np.float32) - part) * veil).astype(np.uint8)
    scene.image = canvas.astype(np.float32) / 255
    mask = scene.cover.astype(np.float32) / 255
    scene.mark(5, mask)
    rough = bank().field(rng, scene.height, scene.width, 3 * unit)
    scene.image *= 1 + (mask * rough * rng.uniform(0.0, 0.06))[..., None]


@dataclass
class Light:
    """How all shafts of a frame take the light: strength and places of the bright lines, chance of a second
    one, darkness of the edges, lightness of the middle."""

    gloss: float
    lines: np.ndarray
    twice: float
    edge: float
    body: float
    tint: np.ndarray


def paint_shaft(rng, canvas, path, width, brief, colour, light, unit):
    """A rounded shaft: dark edges, lighter middle, one or two broken bright lines with soft borders."""
    steps = ((1.0, light.edge), (0.84, (1 + light.edge) / 2), (0.64, 1.0), (0.4, 1 + light.body))
    lift = 0.04 * light.body
    for share, level in steps if width >= 3 else steps[::2]:
        stroke(canvas, path, width * share, np.clip(colour * level + lift * level, 0, 1), brief)
    if width < 2.2:
        return
    normal = np.gradient(path, axis=0)[:, ::-1] * (-1, 1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
    for number in range(1 + (rng.random() < light.twice)):
        line = path + normal * width * light.lines[number]
        gloss, breadth = light.gloss * rng.uniform(0.4, 1.0), width * rng.uniform(0.07, 0.2)
        for start, stop in broken(rng, len(path)):
            for share, level, longer in ((2.4, 0.3, 2), (1.0, 1.0, 0)):
                bright = np.clip(colour + (light.tint - colour) * gloss * level, 0, 1)
                piece = line[max(0, start - longer) : stop + longer]
                stroke(canvas, piece, max(breadth * share, 0.7 * unit), bright)


def root(scene, opening, lines):
    """Where the skin still lies over the root of a unit, so that no shaft ends in a cut: (window, veil)."""
    rng = scene.rng
    radius = max(opening.radius * scene.unit, 0.5 * sum(width for _, width, _ in lines))
    if scene.window(opening.x, opening.y, radius * 1.9) is None:
        return None
    _, across, down = scene.window(opening.x, opening.y, radius * 1.9)
    ahead = across * np.cos(opening.lean) + down * np.sin(opening.lean)
    beside = -across * np.sin(opening.lean) + down * np.cos(opening.lean)
    ahead = ahead + 0.25 * beside**2 / radius + rng.uniform(-0.2, 0.2) * beside
    soft = rng.uniform(0.4, 1.3) * radius
    veil = np.clip((0.7 * radius - ahead) / soft, 0, 1) ** rng.uniform(0.7, 1.6)
    return scene.last, veil[..., None].astype(np.float32)


def broken(rng, count):
    """Index ranges of a line that is seen only in places."""
    if rng.random() < 0.35:
        return [(0, count)]
    scale = count / 14
    start, ranges = int(rng.integers(0, 3) * scale), []
    while start < count - 1:
        stop = start + int(rng.uniform(2, 7) * scale)
        ranges.append((start, min(stop, count)))
        start = stop + int(rng.uniform(0, 5) * scale)
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
