"""What the camera and its lamp do to the finished collage: glints, glass, focus, colour, noise, files."""

import cv2
import numpy as np

from .banks import any_of, banks, clouded, drawn
from .ground import pull, stamp

# Gains of red, green, blue by device, and how much colour the device leaves.
CASTS = (((1.0, 1.0, 1.0), 1.0), ((0.86, 0.98, 0.88), 0.65), ((1.08, 0.90, 0.98), 1.0),
         ((1.12, 0.94, 0.74), 1.1), ((0.84, 0.96, 1.12), 0.9), ((1.02, 1.0, 0.88), 0.9), ((0.97, 0.92, 1.05), 0.8))


def glints(rng, image, relief):
    """White specks of the ring lamp on moist relief: saturated, tiny, everywhere, at every grade."""
    shape, unit = image.shape[:2], image.shape[1] / 320
    amount = rng.choice((0.0, 0.3, 1.0, 2.2), p=(0.12, 0.3, 0.38, 0.2))
    light = np.zeros(shape, np.uint8)
    for _ in range(int(amount * rng.uniform(15, 70))):
        x, y = rng.random(2) * shape[::-1] * 16
        axes = np.round(unit * rng.uniform(0.3, 1.5, 2) * 16).astype(int)
        level, turn = int(rng.integers(140, 256)), rng.uniform(0, 180)
        cv2.ellipse(light, (int(x), int(y)), tuple(axes.tolist()), turn, 0, 360, level, -1, cv2.LINE_AA, 4)
    for _ in range(rng.poisson(0.6 * amount)):
        lamp_mirrored(rng, light, unit)
    weight = light.astype(np.float32) / 255
    if amount and rng.random() < 0.6:
        patches = clouded(rng, shape, unit, rng.uniform(1, 4))
        crest = relief + 0.25 * drawn(rng, banks().tissue, shape, unit, 1.25) + 0.35 * patches
        weight = np.maximum(weight, np.clip((crest - rng.uniform(2.2, 3.0)) * rng.uniform(1.5, 4), 0, 1))
    if rng.random() < 0.5:
        weight = cv2.GaussianBlur(weight, (0, 0), rng.uniform(0.4, 0.9) * unit)
    pull(image, weight, np.full(3, rng.uniform(0.95, 1.15), np.float32))


def lamp_mirrored(rng, light, unit):
    """The ring lamp seen in a bulge: an arc, or a circle of separate diodes."""
    x, y = rng.random(2) * light.shape[::-1] * 16
    radius = unit * rng.uniform(2.5, 12)
    start, sweep = rng.uniform(0, 360), rng.uniform(40, 360)
    if rng.random() < 0.5:
        size = (int(radius * 16), int(radius * rng.uniform(0.6, 1) * 16))
        turn, thick = rng.uniform(0, 180), max(1, int(unit))
        cv2.ellipse(light, (int(x), int(y)), size, turn, start, start + sweep, 230, thick, cv2.LINE_AA, 4)
    else:
        for degrees in np.arange(start, start + sweep, rng.uniform(18, 45)):
            turn = np.radians(degrees)
            middle = (int(x + 16 * radius * np.cos(turn)), int(y + 16 * radius * np.sin(turn)))
            cv2.circle(light, middle, max(8, int(rng.uniform(0.5, 1.1) * unit * 16)), 245, -1, cv2.LINE_AA, 4)


def glass(rng, image):
    """Bubbles in contact gel, a pale reflection of the pane, dust."""
    shape, unit = image.shape[:2], image.shape[1] / 320
    if rng.random() < 0.15:
        for _ in range(rng.integers(1, 9)):
            radius = unit * rng.uniform(3, 22)
            found = stamp(shape, *(rng.random(2) * shape[::-1]), radius * 1.3)
            if found:
                where, across, down = found
                away = np.hypot(across, down) / radius
                rim = np.exp(-(((away - 0.92) / (1.6 * unit / radius)) ** 2))
                lit = 0.35 * (across + down) / radius * rim
                image[where] *= (1 - 0.35 * rim + lit)[..., None]
    if rng.random() < 0.18:
        veil = np.clip(clouded(rng, shape, unit, rng.uniform(0.4, 1.2)) - rng.uniform(0, 1), 0, 2)
        image += (veil * rng.uniform(0.03, 0.14))[..., None]


def focus(rng, image):
    """Partly out of focus, moved, or blown up from fewer pixels."""
    unit = image.shape[1] / 320
    kind = rng.choice(("sharp", "soft", "zone", "moved", "small"), p=(0.35, 0.22, 0.23, 0.07, 0.13))
    if kind == "soft":
        return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.5) * unit)
    if kind == "zone":
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(1.2, 3.0) * unit)
        rows, columns = np.ogrid[-1 : 1 : image.shape[0] * 1j, -1 : 1 : image.shape[1] * 1j]
        angle = rng.uniform(0, 2 * np.pi)
        slope = columns * np.cos(angle) + rows * np.sin(angle) if rng.random() < 0.6 else np.hypot(columns, rows) - 0.5
        weight = np.clip(slope * rng.uniform(0.8, 2) + rng.uniform(-0.5, 0.3), 0, 1).astype(np.float32)
        soft -= image
        soft *= weight[..., None]
        return image + soft
    if kind == "moved":
        size = 2 * int(unit * rng.uniform(1, 3)) + 1
        kernel = np.zeros((size, size), np.float32)
        angle = rng.uniform(0, np.pi)
        reach = np.array((np.cos(angle), np.sin(angle))) * (size // 2)
        middle = np.array((size // 2, size // 2))
        ends = [np.round(end).astype(int).tolist() for end in (middle - reach, middle + reach)]
        cv2.line(kernel, *ends, 1.0)
        return cv2.filter2D(image, -1, kernel / kernel.sum())
    if kind == "small":
        share = rng.uniform(0.4, 0.8)
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        return cv2.resize(small, image.shape[1::-1], interpolation=any_of(rng, (cv2.INTER_LINEAR, cv2.INTER_CUBIC)))
    return image


def vignette(rng, shape, gentle):
    """Darkening towards the corners (float32 factor) and the round field of view, if it ends inside the frame."""
    rows, columns = np.ogrid[-0.75 : 0.75 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    away = np.hypot(columns - rng.normal(0, 0.08), rows - rng.normal(0, 0.06)).astype(np.float32)
    strength = rng.uniform(0, 0.15) if gentle else rng.choice((0.05, 0.25, 0.5)) * rng.uniform(0.5, 1.3)
    factor = 1 - strength * np.clip(away / 1.25, 0, 1.2) ** rng.uniform(1.8, 3.5)
    field = np.ones(shape, np.float32)
    if not gentle and rng.random() < 0.07:
        field = np.clip((rng.uniform(0.82, 1.1) - away) / rng.uniform(0.01, 0.06) + 0.5, 0, 1)
    return factor * field, field


def develop(rng, image, gentle):
    """From light to the file's pixels: vignette, cast, exposure, curve, noise, sharpening, JPEG."""
    factor, field = vignette(rng, image.shape[:2], gentle)
    gains, colourfulness = (CASTS[0] if gentle or rng.random() < 0.3 else any_of(rng, CASTS[1:]))
    gains = 1 + (np.array(gains) - 1) * rng.uniform(0.5, 1.4) + rng.uniform(-0.025, 0.025, 3)
    # The camera meters the frame, though not all the way.
    exposure = (0.62 / max(float(image[::8, ::8, 1].mean()), 0.1)) ** rng.uniform(0.2, 0.7)
    exposure *= rng.uniform(0.92, 1.06) if gentle else rng.uniform(0.72, 1.2)
    colourfulness *= rng.uniform(0.9, 1.1) if gentle else rng.uniform(0.75, 1.3)
    # Gains and colourfulness are one 3x3 matrix; the lamp's fall-off comes with it.
    mix = colourfulness * np.eye(3) + (1 - colourfulness) * np.array((0.3, 0.59, 0.11))[None, :]
    image = cv2.transform(image * factor[..., None], np.float32(np.diag(gains * exposure) @ mix))
    curve = np.clip(np.linspace(0, 1, 1024), 0, 1) ** rng.uniform(*((0.92, 1.08) if gentle else (0.7, 1.4)))
    contrast = rng.uniform(0, 0.12 if gentle else 0.5)
    curve = curve + contrast * (curve * curve * (3 - 2 * curve) - curve)
    curve = (rng.uniform(0, 0.03 if gentle else 0.07) * (1 - curve) + curve) * 255
    np.clip(image, 0, 1, out=image)
    image *= 1023
    image = curve.astype(np.float32)[image.astype(np.int16)]
    sigma = rng.uniform(0.5, 1.5) if gentle else rng.choice((0.8, 2.5, 6.0)) * rng.uniform(0.6, 1.4)
    noise = any_of(rng, banks().grain)
    image += sigma * tiled(rng, noise, image.shape[:2])
    if not gentle and rng.random() < 0.35:
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 1.8))
        image = cv2.addWeighted(image, 1 + (amount := rng.uniform(0.3, 1.4)), soft, -amount, 0)
    pixels = np.clip(image, 0, 255).astype(np.uint8)
    if not gentle and rng.random() < 0.8:
        _, data = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 96))))
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return pixels, field


def tiled(rng, noise, shape):
    """A window of the noise at the pixels' own scale, repeated if the frame is larger."""
    if shape[0] > noise.shape[0] or shape[1] > noise.shape[1]:
        missing = [(0, max(wanted - held, 0)) for wanted, held in zip(shape, noise.shape)]
        noise = np.pad(noise, (*missing, (0, 0)), "wrap")
    top = int(rng.integers(noise.shape[0] - shape[0] + 1))
    left = int(rng.integers(noise.shape[1] - shape[1] + 1))
    return noise[top : top + shape[0], left : left + shape[1]]
