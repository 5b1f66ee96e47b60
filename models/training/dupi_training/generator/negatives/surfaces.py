"""Things that fill a frame with one texture: cloth, leather, wood, bark, leaves, food, cells, tiles."""

import cv2
import numpy as np

from ..noise import bank, cells, soft_step
from .paint import colour, eight_bit, flat, gradient, lit, paths, plane, scattered, shade, shaded, strokes, tones


def fabric(rng, height, width):
    """Woven cloth, stripes, checks, denim."""
    u, v = plane(rng, height, width)
    pitch = np.exp(rng.uniform(np.log(3), np.log(26)))
    warp, weft = np.sin(u * (2 * np.pi / pitch)), np.sin(v * (2 * np.pi / pitch))
    kind = rng.integers(5)
    if kind == 0:
        pattern = np.where(warp * weft > 0, np.abs(warp), np.abs(weft))
    elif kind == 1:
        pattern = soft_step(warp, rng.uniform(-0.5, 0.5), 0.4)
    elif kind == 2:
        pattern = 0.5 * soft_step(warp, 0, 0.3) + 0.5 * soft_step(np.sin(v * (2 * np.pi / (pitch * rng.uniform(1, 3)))), 0, 0.3)
    elif kind == 3:
        pattern = 0.5 + 0.5 * warp * np.sin(v * (np.pi / pitch) + 2 * np.abs(warp))
    else:
        # Denim: a steep twill of pale threads, worn in patches.
        pattern = soft_step(np.sin((u + 2 * v) * (2 * np.pi / pitch)) + 0.7 * bank().field(rng, height, width, 3), 0.2, 1)
    pattern = np.clip(pattern, 0, 1)[..., None].astype(np.float32)
    first, second = colour(rng), colour(rng)
    return shaded(rng, second + (first - second) * pattern, 0.10, 0.12)


def knit(rng, height, width):
    """Rows of V-shaped stitches."""
    u, v = plane(rng, height, width, 10)
    pitch = np.exp(rng.uniform(np.log(8), np.log(48)))
    column = np.abs(np.mod(u / pitch, 1) - 0.5) * 2
    stitch = np.mod(v / (pitch * rng.uniform(0.5, 0.9)) + column * rng.uniform(0.5, 1), 1)
    light = np.sin(stitch * np.pi) ** 0.7 * (0.5 + 0.5 * np.sin(column * np.pi) ** 0.5)
    fluff = 1 + 0.15 * bank().field(rng, height, width, 3)
    image = np.clip(0.25 + 0.9 * light * fluff, 0, 1.4)[..., None] * colour(rng)
    if rng.random() < 0.3:
        row = soft_step(np.sin(v / pitch * rng.uniform(0.3, 1)), 0, 0.1)[..., None]
        image = image * (1 - row) + image.mean(2, keepdims=True) * colour(rng) * 1.6 * row
    return shaded(rng, image.astype(np.float32), 0.03, 0.1)


def leather(rng, height, width):
    """Grained leather or plastic: cells with dark seams, stitches now and then."""
    seams = bank().crack(rng, height, width, rng.uniform(6, 26))
    light = 0.7 + 0.3 * seams + 0.08 * bank().field(rng, height, width, 8)
    image = shaded(rng, light[..., None] * colour(rng), 0.03, 0.15)
    if rng.random() < 0.4:
        canvas = eight_bit(image).copy()
        y, step = rng.uniform(0.2, 0.8) * height, rng.uniform(8, 20)
        for x in np.arange(0, width, step):
            cv2.line(canvas, (int(x), int(y)), (int(x + step * 0.6), int(y + rng.normal(0, 1))), shade(colour(rng)), 2, cv2.LINE_AA)
        return canvas
    return image


def wood(rng, height, width):
    """Planed wood: long grain lines, rings, knots, boards."""
    u, v = plane(rng, height, width, 14)
    warp = bank().field(rng, height, width, 110, 3.0) * rng.uniform(4, 25)
    rings = np.sin((v + warp) * (2 * np.pi / rng.uniform(5, 30)))
    fibre = bank().field(rng, 64, 1024, 3)
    fine = cv2.remap(fibre, np.mod(v * 1.5, 1023).astype(np.float32), np.mod(u / 40, 63).astype(np.float32), cv2.INTER_LINEAR)
    base = np.array(((0.75, 0.55, 0.35), (0.5, 0.32, 0.2), (0.88, 0.76, 0.58), (0.3, 0.2, 0.15))[rng.integers(4)], np.float32)
    light = 0.85 + 0.12 * rings + 0.1 * fine
    if rng.random() < 0.4:
        light = light * (1 - 0.6 * (np.mod(v, rng.uniform(40, 120)) < 3))
    return shaded(rng, light[..., None].astype(np.float32) * base, 0.03, 0.1)


def bark(rng, height, width):
    """Bark, cracked ground, stone."""
    rough = bank().field(rng, height, width, rng.choice((3, 8, 20)), rng.uniform(1, 8))
    crack = bank().crack(rng, height, width, rng.uniform(10, 60))
    light = 0.55 + 0.15 * rough + 0.35 * crack * rng.random()
    image = np.clip(light, 0, 1.5)[..., None] * colour(rng)
    if rng.random() < 0.5:
        image = cv2.resize(np.ascontiguousarray(np.rot90(image)), (width, height))
    return image


def leaf(rng, height, width):
    """A leaf near by: a midrib, side veins, a fine net."""
    base = np.array(((0.25, 0.5, 0.15), (0.5, 0.6, 0.2), (0.7, 0.35, 0.15), (0.85, 0.7, 0.25), (0.6, 0.15, 0.2))[rng.integers(5)], np.float32)
    net = bank().crack(rng, height, width, rng.uniform(8, 24))
    canvas = eight_bit(shaded(rng, np.broadcast_to(base, (height, width, 3)) * (0.75 + 0.3 * net)[..., None], 0.04, 0.15)).copy()
    light = np.clip(base * rng.uniform(1.2, 1.9), 0, 1) if rng.random() < 0.7 else base * 0.5
    start, lean = np.array((rng.uniform(-0.1, 0.4) * width, rng.uniform(0.2, 0.8) * height)), rng.normal(0, 0.4)
    rib = paths(rng, start[None], [lean], [width * 1.3], 0.3, 14)
    for side in (-1, 1):
        veins = paths(rng, rib[0], np.full(14, lean + side * rng.uniform(0.6, 1.1)), np.full(14, rng.uniform(0.4, 0.9) * height), 0.3, 7)
        strokes(canvas, veins, np.tile(light, (14, 1)), int(rng.integers(1, 4)))
    strokes(canvas, rib, light[None], int(rng.integers(3, 9)))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(0, 360), rng.uniform(1.0, 2.0))
    return cv2.warpAffine(canvas, turn, (width, height), borderMode=cv2.BORDER_REFLECT)


def dish(rng, height, width):
    """A Petri dish, cells under a microscope, bubbles, pollen: rings and discs on a pale ground."""
    ground, ink = np.clip(colour(rng) * 0.3 + 0.65, 0, 1), colour(rng)
    canvas = eight_bit(shaded(rng, np.broadcast_to(ground, (height, width, 3)), 0.03, 0.06)).copy()
    if rng.random() < 0.4:
        centre, radius = (int(rng.uniform(0.3, 0.7) * width), int(rng.uniform(0.3, 0.7) * height)), int(rng.uniform(80, 190))
        cv2.circle(canvas, centre, radius, shade(ground, 0.8), int(rng.integers(3, 12)), cv2.LINE_AA)
    size = np.exp(rng.uniform(np.log(3), np.log(28)))
    for x, y in scattered(rng, int(rng.uniform(10, 130)), height, width):
        axes = (int(size * rng.uniform(0.6, 1.3)) + 1, int(size * rng.uniform(0.6, 1.3)) + 1)
        spot, angle = (int(x), int(y)), rng.uniform(0, 180)
        cv2.ellipse(canvas, spot, axes, angle, 0, 360, shade(ink * 0.5 + ground * 0.5), -1, cv2.LINE_AA)
        cv2.ellipse(canvas, spot, axes, angle, 0, 360, shade(ink, 0.7), 1, cv2.LINE_AA)
        cv2.circle(canvas, spot, max(1, axes[0] // 3), shade(ink, 0.5), -1, cv2.LINE_AA)
    return canvas


def food(rng, height, width):
    """Round glossy things: fruit, beans, rice, meat balls."""
    canvas, base = eight_bit(gradient(rng, height, width)).copy(), colour(rng)
    long = rng.uniform(1, 4) if rng.random() < 0.4 else 1.0
    for x, y in scattered(rng, int(rng.uniform(20, 140)), height, width):
        size, tone, angle = rng.uniform(4, 40) / np.sqrt(long), base * rng.uniform(0.6, 1.3), rng.uniform(0, 180)
        for part in range(4):
            spot = (int(x - part * size * 0.08), int(y - part * size * 0.08))
            axes = (int(size * (1 - 0.25 * part) * long) + 1, int(size * (1 - 0.25 * part)) + 1)
            cv2.ellipse(canvas, spot, axes, angle, 0, 360, shade(tone * (0.6 + 0.2 * part)), -1, cv2.LINE_AA)
    return canvas


def crumbs(rng, height, width):
    """Bread, cake, rice, soil, sand: grains in every size, light from one side."""
    relief = sum(bank().field(rng, height, width, size) * weight for size, weight in ((3, 0.4), (8, 0.7), (20, rng.uniform(0, 1))))
    light = relief - np.roll(relief, (2, 2), (0, 1))
    holes = soft_step(bank().field(rng, height, width, rng.choice((8, 20))), rng.uniform(0.8, 2), 0.5)
    return np.clip(0.75 + 0.25 * light - 0.35 * holes, 0, 1.5)[..., None] * colour(rng)


def tiles(rng, height, width):
    """Bricks, tiles, windows."""
    image = np.empty((height, width, 3), np.float32)
    image[:] = colour(rng)
    tall, wide = rng.uniform(12, 60), rng.uniform(16, 90)
    shift, gap = rng.random() < 0.5, int(rng.integers(1, 6))
    for row in range(int(height / tall) + 2):
        for column in range(-1, int(width / wide) + 2):
            top, left = int(row * tall), int(column * wide + (wide / 2 if shift and row % 2 else 0))
            tone = colour(rng) if rng.random() < 0.1 else 0.6 + rng.normal(0, 0.06)
            image[max(0, top + gap) : int(top + tall), max(0, left + gap) : max(0, int(left + wide))] = tone
    return shaded(rng, image * colour(rng) * 1.4, 0.1, 0.1)


def dead_leaves(rng, height, width):
    """Shapes that cover one another have the statistics of everyday scenes."""
    canvas = eight_bit(gradient(rng, height, width)).copy()
    largest, palette, form = rng.uniform(0.08, 0.5) * width, [colour(rng) for _ in range(rng.integers(2, 9))], rng.integers(4)
    for x, y in scattered(rng, int(rng.integers(8, 220)), height, width):
        size = largest * (rng.random() ** 2.2) + 2
        tone = shade(palette[rng.integers(len(palette))] * rng.uniform(0.7, 1.25))
        kind = form if form < 3 else rng.integers(3)
        if kind == 0:
            cv2.ellipse(canvas, (int(x), int(y)), (int(size), int(size * rng.uniform(0.2, 1))), rng.uniform(0, 180), 0, 360, tone, -1, cv2.LINE_AA)
            continue
        box = cv2.boxPoints(((x, y), (size * 2, size * rng.uniform(0.2, 2)), rng.uniform(0, 90)))
        points = box if kind == 1 else np.stack([x + rng.normal(0, size, 5), y + rng.normal(0, size, 5)], 1)
        cv2.fillPoly(canvas, [points.astype(np.int32)], tone, cv2.LINE_AA)
    return lit(canvas, rng, 0.1)


def jumble(rng, height, width):
    """Beads, gravel, mosaic: coloured cells side by side."""
    seams = cells(rng, height, width, rng.uniform(14, 50)) if rng.random() < 0.3 else bank().crack(rng, height, width, rng.uniform(8, 40))
    first, second = colour(rng), colour(rng)
    mix = soft_step(bank().field(rng, height, width, 20), 0, 0.8)[..., None]
    return shaded(rng, (second + (first - second) * mix) * (0.35 + 0.75 * seams)[..., None], 0.05, 0.1)


def wires(rng, height, width):
    """Mesh, fences, baskets: two sets of parallel bars."""
    canvas = flat(height, width, colour(rng))
    pitch, thick, lean = rng.uniform(10, 50), int(rng.integers(2, 9)), rng.uniform(0, np.pi)
    for angle in (lean, lean + rng.uniform(0.6, 1.6)):
        count = int(900 / pitch)
        offset = (np.arange(count) - count / 2) * pitch
        starts = np.stack([width / 2 - np.sin(angle) * offset - np.cos(angle) * 450, height / 2 + np.cos(angle) * offset - np.sin(angle) * 450], 1)
        strokes(canvas, paths(rng, starts, np.full(count, angle), np.full(count, 900.0), 0.03, 5), tones(rng, colour(rng), count, 0.9, 1.1), thick, 0.3)
    return lit(canvas, rng)
