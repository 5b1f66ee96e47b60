"""Everyday pictures that must be refused, in families; some families are kept for measuring only."""

import cv2
import numpy as np

from . import camera, photographs
from .noise import bank, cells, fractal, soft_step


def render(rng, height=240, width=320, family=None):
    """Returns a uint8 RGB picture that shows no scalp."""
    painter = FAMILIES[family] if family else choose(rng)
    image = painter(rng, height, width)
    if image.dtype == np.uint8:
        image = image.astype(np.float32) / 255
    if rng.random() < 0.25:
        image = camera.vignette(rng, image, rng.uniform(0, 0.45))
    if rng.random() < 0.8:
        image = camera.cast(rng, image, rng.uniform(0.3, 1.6))
        image = camera.tone(rng, image)
    image = camera.focus(rng, np.ascontiguousarray(image, np.float32), width / 320)
    pixels = camera.sensor(rng, image)
    if rng.random() < 0.5:
        return camera.turn(rng, pixels)
    return pixels[:, ::-1].copy() if rng.random() < 0.5 else pixels


def choose(rng):
    """A family to train on; photographs most often."""
    if rng.random() < 0.35:
        return FAMILIES["photograph"]
    return FAMILIES[TRAINING[rng.integers(len(TRAINING))]]


def colour(rng, spread=1.0):
    """A random colour, seldom grey, often skin- or hair-like: the hard cases."""
    if rng.random() < 0.35:
        base = np.array(((0.85, 0.68, 0.56), (0.2, 0.13, 0.1), (0.6, 0.4, 0.3), (0.9, 0.85, 0.8))[rng.integers(4)])
        return np.clip(base * rng.uniform(0.7, 1.15) + rng.normal(0, 0.03, 3), 0, 1).astype(np.float32)
    return np.clip(0.5 + (rng.random(3) - 0.5) * spread, 0, 1).astype(np.float32)


def gradient(rng, height, width):
    y, x = np.mgrid[0:1:height * 1j, 0:1:width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.clip(0.5 + (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle), 0, 1)[..., None]
    return colour(rng) * ramp + colour(rng) * (1 - ramp)


def noise(rng, height, width):
    image = np.empty((height, width, 3), np.float32)
    same = rng.random() < 0.4
    base = bank().field(rng, height, width, float(np.exp(rng.uniform(0.8, 5))))
    for channel in range(3):
        field = base if same else bank().field(rng, height, width, float(np.exp(rng.uniform(0.8, 5))))
        image[..., channel] = 0.5 + field * rng.uniform(0.05, 0.35)
    return image * colour(rng)[None, None] * 1.6


def leaves(rng, height, width):
    """Dead leaves: shapes that cover one another have the statistics of everyday scenes."""
    image = (gradient(rng, height, width) * 255).astype(np.uint8)
    shapes = int(rng.integers(8, 260))
    largest = rng.uniform(0.08, 0.5) * width
    palette = [colour(rng) * 255 for _ in range(rng.integers(2, 9))]
    form = rng.integers(4)
    for number in range(shapes):
        size = largest * (rng.random() ** 2.2) + 2
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        shade = tuple(float(c) for c in np.clip(palette[rng.integers(len(palette))] * rng.uniform(0.7, 1.25), 0, 255))
        kind = form if form < 3 else rng.integers(3)
        if kind == 0:
            cv2.ellipse(image, (int(x), int(y)), (int(size), int(size * rng.uniform(0.2, 1))), rng.uniform(0, 180), 0, 360, shade, -1, cv2.LINE_AA)
        elif kind == 1:
            box = cv2.boxPoints(((x, y), (size * 2, size * rng.uniform(0.2, 2)), rng.uniform(0, 90)))
            cv2.fillPoly(image, [box.astype(np.int32)], shade, cv2.LINE_AA)
        else:
            points = np.stack([x + rng.normal(0, size, 5), y + rng.normal(0, size, 5)], 1)
            cv2.fillPoly(image, [points.astype(np.int32)], shade, cv2.LINE_AA)
    image = image.astype(np.float32) / 255
    return image * (1 + bank().field(rng, height, width, rng.choice((3, 8, 48))) * rng.uniform(0, 0.15))[..., None]


def fabric(rng, height, width):
    """Woven cloth, stripes and checks."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    u = x * np.cos(angle) + y * np.sin(angle) + bank().field(rng, height, width, 110) * rng.uniform(0, 6)
    v = -x * np.sin(angle) + y * np.cos(angle) + bank().field(rng, height, width, 110) * rng.uniform(0, 6)
    pitch = np.exp(rng.uniform(np.log(3), np.log(26)))
    warp, weft = np.sin(u * 2 * np.pi / pitch), np.sin(v * 2 * np.pi / pitch)
    kind = rng.integers(4)
    if kind == 0:
        pattern = np.where(warp * weft > 0, np.abs(warp), np.abs(weft))
    elif kind == 1:
        pattern = soft_step(warp, rng.uniform(-0.5, 0.5), 0.4)
    elif kind == 2:
        pattern = 0.5 * soft_step(warp, 0, 0.3) + 0.5 * soft_step(np.sin(v * 2 * np.pi / (pitch * rng.uniform(1, 3))), 0, 0.3)
    else:
        pattern = 0.5 + 0.5 * warp * np.sin(v * np.pi / pitch + 2 * np.abs(warp))
    pattern = np.clip(pattern, 0, 1)[..., None].astype(np.float32)
    image = colour(rng) * pattern + colour(rng) * (1 - pattern)
    return image * (0.9 + 0.12 * bank().field(rng, height, width, 3) + 0.12 * bank().field(rng, height, width, 110))[..., None]


def fur(rng, height, width):
    """Fur, grass, hay, wool: many strokes, none of them a shaft that leaves an opening."""
    base = colour(rng)
    if rng.random() < 0.4:
        base = np.array(((0.3, 0.45, 0.15), (0.7, 0.6, 0.35), (0.75, 0.7, 0.65))[rng.integers(3)], np.float32)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = (base * rng.uniform(0.3, 0.9) * 255).astype(np.uint8)
    lean, spread = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 1.6)
    length, wide = np.exp(rng.uniform(np.log(8), np.log(80))), rng.integers(1, 4)
    for _ in range(int(rng.uniform(250, 900))):
        x, y = rng.uniform(-10, width + 10), rng.uniform(-10, height + 10)
        angle = lean + rng.normal(0, spread)
        bend = angle + rng.normal(0, 0.4)
        middle = (x + np.cos(angle) * length / 2, y + np.sin(angle) * length / 2)
        end = (middle[0] + np.cos(bend) * length / 2, middle[1] + np.sin(bend) * length / 2)
        shade = tuple(float(c) for c in np.clip(base * rng.uniform(0.4, 1.5) * 255, 0, 255))
        cv2.polylines(image, [np.array(((x, y), middle, end), np.int32)], False, shade, int(wide), cv2.LINE_AA)
    return image


def landscape(rng, height, width):
    """Sky, hills, ground, now and then water or trees."""
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    sky = np.array(((0.45, 0.65, 0.95), (0.95, 0.7, 0.5), (0.75, 0.78, 0.82), (0.08, 0.1, 0.2))[rng.integers(4)], np.float32)
    image = np.repeat(sky * (0.75 + 0.5 * y), width, axis=1)
    cloud = soft_step(bank().field(rng, height, width, 110, 2.0), rng.uniform(0, 2), 1.2)[..., None]
    image = image + (0.95 - image) * cloud * rng.uniform(0, 0.9)
    level = rng.uniform(0.3, 0.6)
    for _ in range(rng.integers(1, 5)):
        ridge = level + 0.10 * np.interp(np.arange(width), np.linspace(0, width, 12), rng.standard_normal(12))
        land = np.array(((0.2, 0.4, 0.15), (0.5, 0.4, 0.25), (0.3, 0.35, 0.4), (0.85, 0.85, 0.9))[rng.integers(4)], np.float32)
        rough = 1 + 0.25 * bank().field(rng, height, width, rng.choice((3, 8, 20)))
        mask = (y[..., 0] > ridge[None]).astype(np.float32)[..., None]
        image = image * (1 - mask) + mask * land * rng.uniform(0.5, 1.2) * rough[..., None]
        level += rng.uniform(0.08, 0.2)
    return image


def document(rng, height, width):
    """Printed lines, tables, screens."""
    paper = np.clip(rng.uniform(0.75, 1.0) + rng.normal(0, 0.02, 3), 0, 1)
    ink = np.clip(rng.random(3) * 0.35, 0, 1)
    if rng.random() < 0.3:
        paper, ink = ink, paper
    image = np.empty((height, width, 3), np.uint8)
    image[:] = (paper * 255).astype(np.uint8)
    shade = tuple(float(c * 255) for c in ink)
    pitch, y = rng.uniform(7, 26), rng.uniform(0, 12)
    while y < height:
        x, end = rng.uniform(4, 40), rng.uniform(0.5, 1) * width
        while x < end:
            word = rng.uniform(0.6, 4) * pitch
            if rng.random() < 0.5:
                text = "".join(chr(97 + int(c)) for c in rng.integers(0, 26, max(1, int(word / pitch * 2))))
                cv2.putText(image, text, (int(x), int(y + pitch * 0.6)), int(rng.integers(0, 5)), pitch / 34, shade, 1, cv2.LINE_AA)
            else:
                for letter in np.arange(x, x + word, pitch * 0.35):
                    cv2.line(image, (int(letter), int(y + rng.uniform(0, pitch * 0.3))), (int(letter + pitch * 0.2), int(y + pitch * 0.5)), shade, 1, cv2.LINE_AA)
            x += word + pitch * 0.5
        y += pitch
    for _ in range(rng.integers(0, 5)):
        corner = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        other = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        cv2.rectangle(image, corner, other, tuple(float(c * 255) for c in colour(rng)), int(rng.choice((-1, 1, 2))))
    tilt = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 12), rng.uniform(0.8, 1.8))
    return cv2.warpAffine(image, tilt, (width, height), borderMode=cv2.BORDER_REFLECT)


def face(rng, height, width):
    """A face or a hand's worth of skin in front of something."""
    ground = (leaves if rng.random() < 0.5 else gradient)(rng, height, width)
    image = np.clip(ground * 255, 0, 255).astype(np.uint8)
    skin = np.array(((0.88, 0.70, 0.58), (0.78, 0.58, 0.45), (0.50, 0.34, 0.25), (0.94, 0.82, 0.74))[rng.integers(4)])
    x, y = rng.uniform(0.3, 0.7) * width, rng.uniform(0.35, 0.65) * height
    size = rng.uniform(0.18, 0.6) * height
    tint = lambda value: tuple(float(c) for c in np.clip(np.array(value) * 255, 0, 255))
    hair = tint(np.array(((0.08, 0.06, 0.05), (0.3, 0.2, 0.1), (0.6, 0.5, 0.3), (0.5, 0.5, 0.5))[rng.integers(4)]))
    cv2.ellipse(image, (int(x), int(y - size * 0.3)), (int(size * 0.9), int(size * 1.1)), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.rectangle(image, (int(x - size * 0.3), int(y + size * 0.6)), (int(x + size * 0.3), height), tint(skin * 0.85), -1)
    cv2.ellipse(image, (int(x), int(y)), (int(size * 0.72), int(size)), 0, 0, 360, tint(skin), -1, cv2.LINE_AA)
    for side in (-1, 1):
        eye = (int(x + side * size * 0.3), int(y - size * 0.15))
        cv2.ellipse(image, eye, (int(size * 0.14), int(size * 0.07) + 1), 0, 0, 360, (235, 235, 235), -1, cv2.LINE_AA)
        cv2.circle(image, eye, int(size * 0.06) + 1, tint(rng.random(3) * 0.4), -1, cv2.LINE_AA)
        cv2.line(image, (eye[0] - int(size * 0.16), eye[1] - int(size * 0.15)), (eye[0] + int(size * 0.16), eye[1] - int(size * 0.17)), hair, 2, cv2.LINE_AA)
    cv2.ellipse(image, (int(x), int(y + size * 0.45)), (int(size * 0.25), int(size * 0.08) + 1), 0, 0, 360, tint(skin * (0.9, 0.6, 0.6)), -1, cv2.LINE_AA)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 2.5)).astype(np.float32) / 255
    return image * (1 + 0.1 * bank().field(rng, height, width, 110) + 0.02 * bank().field(rng, height, width, 3))[..., None]


def mosaic(rng, height, width):
    """Photographs pasted over one another, recoloured."""
    image = photographs.crop(rng, photographs.TRAINING, height, width).astype(np.float32) / 255
    for _ in range(rng.integers(0, 3)):
        other = photographs.crop(rng, photographs.TRAINING, height, width).astype(np.float32) / 255
        mask = soft_step(bank().field(rng, height, width, 110), rng.normal(0, 0.6), rng.uniform(0.1, 2))[..., None]
        image = image + (other - image) * mask
    if rng.random() < 0.6:
        grey = image.mean(axis=2, keepdims=True)
        dark, light = colour(rng), colour(rng, 1.6)
        toned = dark * 0.5 + (light - dark * 0.5) * grey
        image = image + (toned - image) * rng.uniform(0.3, 1)
    return image


def photograph(rng, height, width):
    if rng.random() < 0.5:
        return mosaic(rng, height, width)
    return photographs.crop(rng, photographs.TRAINING, height, width)


def food(rng, height, width):
    """Round glossy things on a plate: noodles, fruit, beans."""
    image = (gradient(rng, height, width) * 255).astype(np.uint8)
    base = colour(rng)
    noodles = rng.random() < 0.5
    for _ in range(int(rng.uniform(20, 120))):
        x, y, size = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(4, 40)
        shade = np.clip(base * rng.uniform(0.6, 1.3) * 255, 0, 255)
        if noodles:
            heading = rng.uniform(0, 6.3) + np.cumsum(rng.normal(0, 0.7, 10))
            path = np.stack([x + np.cumsum(np.cos(heading)) * size / 2, y + np.cumsum(np.sin(heading)) * size / 2], 1).astype(np.int32)
            for thick, gain in ((9, 0.7), (7, 1.0), (2, 1.3)):
                cv2.polylines(image, [path], False, tuple(float(c) for c in np.clip(shade * gain, 0, 255)), thick, cv2.LINE_AA)
        else:
            for part in range(4):
                tone = tuple(float(c) for c in np.clip(shade * (0.6 + 0.2 * part), 0, 255))
                cv2.circle(image, (int(x - part * size * 0.08), int(y - part * size * 0.08)), int(size * (1 - 0.25 * part)) + 1, tone, -1, cv2.LINE_AA)
    return image


def tiles(rng, height, width):
    """Bricks, tiles, windows."""
    image = np.empty((height, width, 3), np.float32)
    image[:] = colour(rng)
    tall, wide = rng.uniform(8, 60), rng.uniform(12, 90)
    shift = rng.random() < 0.5
    for row in range(int(height / tall) + 2):
        for column in range(-1, int(width / wide) + 2):
            top, left = int(row * tall), int(column * wide + (wide / 2 if shift and row % 2 else 0))
            image[max(0, top + 2) : int(top + tall), max(0, left + 2) : max(0, int(left + wide))] = colour(rng) if rng.random() < 0.1 else 0.6 + rng.normal(0, 0.06)
    return image * colour(rng) * (1.4 + 0.2 * bank().field(rng, height, width, 3))[..., None]


def bark(rng, height, width):
    """Cracked ground, wood, stone."""
    rough = bank().field(rng, height, width, rng.choice((3, 8, 20)), rng.uniform(1, 8))
    crack = cells(rng, height, width, rng.uniform(10, 60))
    light = 0.55 + 0.15 * rough + 0.35 * crack * rng.random()
    image = np.clip(light, 0, 1.5)[..., None] * colour(rng)
    return np.ascontiguousarray(np.rot90(image, 2)) if rng.random() < 0.5 else image


def lights(rng, height, width):
    """Night: bright spots out of focus on the dark."""
    image = np.zeros((height, width, 3), np.float32)
    image[:] = rng.uniform(0, 0.12, 3)
    canvas = (image * 255).astype(np.uint8)
    for _ in range(int(rng.uniform(3, 70))):
        shade = tuple(float(c) for c in np.clip(rng.random(3) * 155 + 100, 0, 255))
        cv2.circle(canvas, (int(rng.uniform(0, width)), int(rng.uniform(0, height))), int(rng.uniform(1, 18)), shade, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 4))


def sticks(rng, height, width):
    """Cables, twigs, pencils on anything but skin: thick lines alone do not make a scalp."""
    ground = (leaves, fabric, photograph, noise)[rng.integers(4)](rng, height, width)
    if ground.dtype != np.uint8:
        ground = np.clip(ground * 255, 0, 255).astype(np.uint8)
    canvas = np.ascontiguousarray(ground)
    lean, spread = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 1.5)
    base = colour(rng)
    for _ in range(int(rng.integers(2, 22))):
        heading = lean + rng.normal(0, spread) + np.cumsum(rng.normal(0, 0.06, 14))
        start = np.array((rng.uniform(0, width), rng.uniform(0, height)))
        stride = rng.uniform(4, 30)
        path = (start + np.stack([np.cumsum(np.cos(heading)), np.cumsum(np.sin(heading))], 1) * stride).astype(np.int32)
        shade = np.clip(base * rng.uniform(0.5, 1.4) * 255, 0, 255)
        thick = int(rng.integers(2, 16))
        cv2.polylines(canvas, [path], False, tuple(float(c) for c in shade), thick, cv2.LINE_AA)
        if rng.random() < 0.5:
            cv2.polylines(canvas, [path], False, tuple(float(c) for c in np.clip(shade * 1.6, 0, 255)), max(1, thick // 4), cv2.LINE_AA)
    return canvas


def held_out_photograph(rng, height, width):
    return photographs.crop(rng, photographs.HELD_OUT, height, width)


FAMILIES = {
    painter.__name__: painter
    for painter in (
        gradient, noise, leaves, fabric, fur, landscape, document, face, photograph,
        food, tiles, bark, lights, sticks, held_out_photograph,
    )
}
TRAINING = ("gradient", "noise", "leaves", "fabric", "fur", "landscape", "document", "face", "sticks")
# Never trained on; the gate is judged on these.
UNSEEN = ("food", "tiles", "bark", "lights", "held_out_photograph")
