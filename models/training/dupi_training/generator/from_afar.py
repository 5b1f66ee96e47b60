"""Phone photographs of a scalp from a distance: whorls, partings, hairlines, bald crowns, napes, temples.

Hundreds of thin hairs, drawn as streaks that follow a direction field, or dozens of drawn ones from
half-way. They are scalps, but outside the domain of the grades.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from . import camera, photographs
from .noise import bank, fractal, soft_step

HAIR = ((0.06, 0.05, 0.05), (0.12, 0.08, 0.06), (0.25, 0.15, 0.09), (0.42, 0.30, 0.18), (0.55, 0.53, 0.52), (0.35, 0.12, 0.07),
        (0.62, 0.48, 0.28), (0.25, 0.12, 0.35), (0.12, 0.25, 0.35))
HAIR_SHARES = (0.34, 0.24, 0.13, 0.07, 0.09, 0.04, 0.05, 0.02, 0.02)
SKIN = ((0.88, 0.72, 0.60), (0.80, 0.62, 0.48), (0.92, 0.80, 0.72), (0.62, 0.44, 0.32))


@dataclass
class View:
    """Where a scene's hairs lie. `strand` tells hairs apart and `run` counts along them, both in frame widths;
    `bare` is positive where skin shows through."""

    strand: np.ndarray
    run: np.ndarray
    bare: np.ndarray
    hairs: float
    clumps: float = 0.8
    stretch: float = 6.0
    thin: float = -0.6
    outline: float = 0.5


def render(rng, height=240, width=320, family=None):
    """Returns a uint8 RGB photo of a scalp from afar; of the families to train on, unless one is named."""
    unit = width / 320
    family = family or TRAINING[rng.integers(len(TRAINING))]
    hair = np.array(HAIR[rng.choice(len(HAIR), p=HAIR_SHARES)], np.float32) * np.float32(rng.uniform(0.9, 1.9))
    skin = np.array(SKIN[rng.choice(4, p=(0.4, 0.25, 0.25, 0.1))], np.float32) * np.float32(rng.uniform(0.85, 1.08))
    if family in DRAWN:
        image = DRAWN[family](rng, height, width, hair, skin)
    else:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width
        x, y = x - np.float32(rng.uniform(0.3, 0.7)), y - np.float32(rng.uniform(0.2, 0.55))
        wobble = bank().field(rng, height, width, 110 * unit) * np.float32(0.02)
        view = STREAKED[family](rng, x, y, wobble)
        image = painted(rng, view, hair, skin, unit)
        if family == "wet_combed":
            image = np.clip(image * 0.8, 0, 1) + glare(rng, view, 0.45)
        elif family == "thin_under_flash":
            spot = np.exp(-((x - rng.normal(0, 0.15)) ** 2 + (y - rng.normal(0.1, 0.1)) ** 2) / rng.uniform(0.004, 0.03))
            image = image + (1 - image) * (spot * np.float32(rng.uniform(0.4, 0.95)))[..., None]
        if family == "side_with_ear":
            image = ear(rng, image, skin, unit)
        if rng.random() < view.outline:
            image = head_outline(rng, image, skin, x, y)
    image = camera.vignette(rng, image, rng.uniform(-0.1, 0.35))
    image = camera.cast(rng, image, 0.8)
    image = camera.focus(rng, camera.tone(rng, np.ascontiguousarray(image, np.float32)), unit)
    pixels = camera.sensor(rng, image)
    return camera.turn(rng, pixels) if rng.random() < 0.6 else pixels


def whorl(rng, x, y, wobble):
    return spiral(rng, x, y, wobble, rng.uniform(0.02, 0.05))


def bald_crown(rng, x, y, wobble):
    return spiral(rng, x, y, wobble, rng.uniform(0.10, 0.32))


def spiral(rng, x, y, wobble, size):
    """One coordinate counts turns, the other runs outwards along the hair."""
    radius = np.hypot(x, y) + np.float32(1e-4)
    spin = rng.choice((-1, 1)) * rng.uniform(0.4, 1.6)
    strand = (np.arctan2(y, x) + np.float32(spin) * np.log(radius + np.float32(0.03))) / np.float32(2 * np.pi) + wobble * 0.25
    return View(strand, radius, (size - radius + wobble * 1.2) / (0.25 * size + 0.02), rng.uniform(130, 380), thin=rng.uniform(-1.6, 0.4))


def tilted(rng, x, y, wobble, spread=np.pi):
    angle = rng.uniform(-spread, spread)
    across = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) + wobble
    return across, -x * np.float32(np.sin(angle)) + y * np.float32(np.cos(angle))


def parting(rng, x, y, wobble):
    across, along = tilted(rng, x, y, wobble)
    size = rng.uniform(0.006, 0.06)
    strand = along + np.abs(across) * rng.uniform(-0.8, 0.8) + wobble * 0.3
    return View(strand, across, (size - np.abs(across)) / (0.5 * size + 0.008), rng.uniform(110, 320), thin=rng.uniform(-1.6, 0.6))


def hairline(rng, x, y, wobble):
    """Forehead below, hair above: straight, rounded or receding at the temples."""
    edge = rng.uniform(-0.05, 0.2) + rng.uniform(-0.25, 0.25) * x + rng.uniform(0, 1.2) * x * x - rng.uniform(0, 0.3) * np.exp(-((np.abs(x) - 0.25) ** 2) * 80)
    strand = x * rng.uniform(0.7, 1.2) + rng.uniform(-0.5, 0.5) * y + 0.3 * y * y + wobble
    return View(strand, y, (y - edge + wobble * 0.5) / rng.uniform(0.02, 0.12), rng.uniform(110, 320), thin=rng.uniform(-1.6, 0.4))


def combed(rng, x, y, wobble):
    across, along = tilted(rng, x, y, wobble)
    return View(across + 0.3 * along * along, along, np.full_like(x, -1), rng.uniform(110, 320), thin=rng.uniform(-1.6, 1.2))


def tresses(rng, x, y, wobble):
    """Long hair in waves and locks."""
    across, along = tilted(rng, x, y, wobble, 0.5)
    wave = np.sin(along * rng.uniform(5, 22) + across * 3) * rng.uniform(0.005, 0.04)
    return View(across + wave + wobble, along, np.full_like(x, -2), rng.uniform(90, 260), rng.uniform(0.8, 1.8), rng.uniform(2, 4))


def wet_combed(rng, x, y, wobble):
    """Hair in thick wet bands; the scalp shows between them."""
    across, along = tilted(rng, x, y, wobble * 0.5)
    bands = np.sin(across * rng.uniform(60, 160) + wobble * 30)
    return View(across, along, bands * 0.8 - 0.2, rng.uniform(60, 140), 1.6, rng.uniform(2, 4), rng.uniform(-0.5, 1))


def thin_under_flash(rng, x, y, wobble):
    """Sparse hair over a shining scalp."""
    turn = spiral if rng.random() < 0.5 else parting
    view = turn(rng, x, y, wobble, 0.15) if turn is spiral else turn(rng, x, y, wobble)
    view.bare = np.maximum(view.bare, rng.uniform(-0.1, 0.4) + wobble * 10)
    view.hairs, view.thin = rng.uniform(90, 220), rng.uniform(0.3, 1.5)
    return view


def side_with_ear(rng, x, y, wobble):
    """Combed back over the temple; below the line the cheek, and an ear drawn afterwards."""
    edge = 0.12 + rng.uniform(-0.1, 0.1) + np.abs(x) * rng.uniform(0, 0.5)
    strand = y + x * rng.uniform(-0.4, 0.4) + 0.4 * x * x + wobble
    return View(strand, x, (y - edge + wobble) / rng.uniform(0.02, 0.08), rng.uniform(120, 320), outline=0.3)


def nape(rng, x, y, wobble):
    """The back of the head, hairs running down and together, the neck's skin below."""
    edge = rng.uniform(0.1, 0.35) - rng.uniform(0, 1.5) * x * x + 0.04 * np.sin(x * rng.uniform(5, 25))
    strand = x * (1 - rng.uniform(0.2, 1.2) * y) + wobble
    return View(strand, y, (y - edge + wobble * 0.5) / rng.uniform(0.03, 0.15), rng.uniform(120, 340))


def painted(rng, view, hair, skin, unit):
    """Streaks of hair, a band of sheen, the scalp where it shows, stray hairs."""
    height, width = view.bare.shape
    streak = streaks(rng, view.strand * view.hairs, view.run * rng.uniform(0.7, 1.5) * view.stretch, view.clumps)
    light = 0.85 + 0.4 * streak + 0.25 * bank().field(rng, height, width, 110 * unit)
    band = np.exp(-(((view.run - rng.uniform(-0.2, 0.4)) / rng.uniform(0.04, 0.12)) ** 2)) * rng.uniform(0, 0.5)
    image = np.clip(light, 0.1, 2.2)[..., None] * hair + (band * np.clip(streak + 0.6, 0, 2))[..., None] * np.float32(0.35)
    seen = soft_step(view.bare + view.thin * 0.25 - streak * 0.35, rng.uniform(0.1, 0.5), 0.5)[..., None].astype(np.float32)
    image = image + (bare_scalp(rng, skin, height, width, unit) - image) * seen
    canvas = np.clip(image * 255, 0, 255).astype(np.uint8)
    stray_hairs(rng, canvas, hair, unit)
    return canvas.astype(np.float32) / 255


def bare_scalp(rng, skin, height, width, unit):
    blush = bank().field(rng, height, width, 48 * unit)[..., None] * np.array((0.02, 0.06, 0.06), np.float32)
    return skin * (1 + blush + np.float32(0.03) * bank().field(rng, height, width, 3 * unit)[..., None])


def streaks(rng, strand, run, clumps=0.8):
    """Hairs: noise that changes fast across `strand` and slowly along `run`."""
    texture = rng.standard_normal((32, 512)).astype(np.float32)
    texture = cv2.GaussianBlur(texture, (0, 0), sigmaX=0.55, sigmaY=1.6)
    broad = cv2.resize(fractal(rng, 32, 128, 12, 2), (512, 32))
    texture = texture / texture.std() + np.float32(clumps) * broad
    columns = np.mod(strand, 511).astype(np.float32)
    rows = np.mod(run + 400, 31).astype(np.float32)
    return np.clip(cv2.remap(texture, columns, rows, cv2.INTER_LINEAR) / 1.4, -2, 2)


def glare(rng, view, strength):
    """Wet light on the ridges of the bands."""
    lit = streaks(rng, view.strand * view.hairs, view.run * 3, 0.3) * np.exp(-((view.run - rng.uniform(-0.1, 0.3)) ** 2) / 0.02)
    return (np.clip(lit, 0, 1) * np.float32(strength))[..., None]


def hairs(rng, canvas, roots, lean, reach, tone, thick, curl=0.4, points=6, low=0.6, high=1.5):
    """Single drawn hairs, `thick` in pixels (below 1 they grow paler instead)."""
    count = len(roots)
    heading = np.asarray(lean)[:, None] + rng.normal(0, curl, (count, 1)) * np.linspace(0, 1, points)[None]
    step = np.stack([np.cos(heading), np.sin(heading)], 2) * (np.broadcast_to(reach, count) / points)[:, None, None]
    drawn = np.round((roots[:, None] + step.cumsum(1)) * 16).astype(np.int32)
    inks = np.clip(tone[None] * rng.uniform(low, high, (count, 1)) * 255, 0, 255).astype(int).tolist()
    for path, ink in zip(drawn, inks):
        cv2.polylines(canvas, [path], False, ink, max(1, round(thick)), cv2.LINE_AA, 4)


def stray_hairs(rng, canvas, hair, unit):
    """Single fine hairs over everything."""
    height, width = canvas.shape[:2]
    count = int(rng.integers(0, 60))
    roots = np.stack([rng.uniform(0, width, count), rng.uniform(0, height, count)], 1)
    hairs(rng, canvas, roots, rng.uniform(0, 6.3, count), rng.uniform(20, 120, count) * unit, hair, unit, 0.8, 9, 0.6, 2.2)


def half_way(rng, height, width, hair, skin):
    """Some centimetres away: dozens of thin hairs out of many small openings, scalp between them."""
    unit = width / 320
    canvas = np.clip(bare_scalp(rng, skin, height, width, unit) * 255, 0, 255).astype(np.uint8)
    openings = int(rng.uniform(36, 120))
    # The nearer, the fewer and the thicker; always thinner and more of them than in a contact frame.
    thick = np.clip(70 / openings, 0.7, 1.7) * unit
    spacing = np.sqrt(width * height / openings)
    y, x = np.mgrid[-0.5 : height / spacing + 0.5, -0.5 : width / spacing + 0.5]
    roots = np.stack([x.ravel(), y.ravel()], 1) * spacing + rng.normal(0, spacing * 0.28, (x.size, 2))
    turn = bank().field(rng, height, width, 110 * unit)
    at = np.clip(roots[:, ::-1], 0, (height - 1, width - 1)).astype(int)
    lean = rng.uniform(0, 2 * np.pi) + turn[at[:, 0], at[:, 1]] * rng.uniform(0, 0.8)
    for root in roots.astype(int).tolist():
        cv2.circle(canvas, root, max(1, round(thick)), np.clip(skin * 190, 0, 255).astype(int).tolist(), -1, cv2.LINE_AA)
    each = rng.integers(1, 4, len(roots))
    roots, lean = np.repeat(roots, each, 0), np.repeat(lean, each)
    reach = rng.uniform(30, 260) * unit * rng.uniform(0.5, 1.3, len(roots))
    hairs(rng, canvas, roots + rng.normal(0, thick, roots.shape), lean + rng.normal(0, 0.25, len(roots)), reach, hair, thick, rng.uniform(0.2, 0.8), 7)
    image = canvas.astype(np.float32) / 255
    if rng.random() < 0.5:
        spot = np.clip(bank().field(rng, height, width, 110 * unit) - rng.uniform(0.5, 2), 0, 1)[..., None]
        image = image + (1 - image) * spot * np.float32(rng.uniform(0.2, 0.8))
    return image


def crew_cut(rng, height, width, hair, skin):
    """Shaved or very short all over: hundreds of dots and dashes in a slow swirl, the scalp pale below."""
    unit = width / 320
    canvas = np.clip((bare_scalp(rng, skin, height, width, unit) * 0.6 + hair * 0.3) * 255, 0, 255).astype(np.uint8)
    count = int(rng.uniform(450, 1000))
    roots = np.stack([rng.uniform(0, width, count), rng.uniform(0, height, count)], 1)
    middle = np.array((rng.uniform(0, width), rng.uniform(0, height)))
    offset = roots - middle
    lean = np.arctan2(offset[:, 1], offset[:, 0]) + rng.uniform(-1.2, 1.2) + rng.normal(0, 0.3, count)
    hairs(rng, canvas, roots, lean, rng.uniform(2, rng.uniform(4, 14), count) * unit, hair, unit, 0.2, 2)
    image = canvas.astype(np.float32) / 255 * (1 + 0.12 * bank().field(rng, height, width, 110 * unit))[..., None]
    if rng.random() < 0.5:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width - 0.5
        image = head_outline(rng, image, skin, x, y + np.float32(0.1))
    return image


def curly(rng, height, width, hair, skin):
    """Coils and frizz with dark depths."""
    unit = width / 320
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = np.clip((hair * 0.45 + skin * 0.05) * 255, 0, 255)
    size = rng.uniform(3, 16) * unit
    turn = np.linspace(0, rng.uniform(8, 20), 36)
    for _ in range(int(rng.uniform(110, 260))):
        drift, lean = rng.uniform(0.2, 0.9) * size, rng.uniform(0, 2 * np.pi)
        x = rng.uniform(0, width) + np.cos(turn + lean) * size + turn * drift * np.cos(lean)
        y = rng.uniform(0, height) + np.sin(turn + lean) * size + turn * drift * np.sin(lean)
        ink = np.clip(hair * rng.uniform(0.6, 2.0) * 255, 0, 255).astype(int).tolist()
        path = np.round(np.stack([x, y], 1) * 16).astype(np.int32)
        cv2.polylines(canvas, [path], False, ink, max(1, round(unit * rng.uniform(0.7, 2))), cv2.LINE_AA, 4)
    image = canvas.astype(np.float32) / 255 * (1 + 0.2 * bank().field(rng, height, width, 48 * unit))[..., None]
    if rng.random() < 0.5:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width - 0.5
        image = head_outline(rng, image, skin, x, y + np.float32(0.1))
    return image


def ear(rng, image, skin, unit):
    """An ear's worth of skin with its folds."""
    canvas = np.clip(image * 255, 0, 255).astype(np.uint8)
    height, width = canvas.shape[:2]
    spot, size, lean = (int(rng.uniform(0.3, 0.75) * width), int(rng.uniform(0.5, 0.8) * height)), rng.uniform(22, 60) * unit, rng.normal(0, 15)
    for share, gain in ((1.0, 0.8), (0.92, 1.02), (0.68, 0.78), (0.58, 0.95), (0.3, 0.6)):
        axes = (max(1, int(size * 0.62 * share)), max(1, int(size * share)))
        cv2.ellipse(canvas, spot, axes, lean, 0, 360, np.clip(skin * gain * 255, 0, 255).astype(int).tolist(), -1, cv2.LINE_AA)
    return cv2.GaussianBlur(canvas, (0, 0), 1.2 * unit).astype(np.float32) / 255


def head_outline(rng, image, skin, x, y):
    """The head does not fill the photo: a room, a wall, a shoulder behind it."""
    height, width = image.shape[:2]
    reach = rng.uniform(0.33, 0.6)
    outside = np.clip((np.hypot(x * rng.uniform(0.7, 1.3), y * rng.uniform(0.8, 1.2)) - reach) * 60, 0, 1)
    roll = rng.random()
    if roll < 0.5:
        behind = photographs.crop(rng, photographs.TRAINING, height, width)
        behind = cv2.GaussianBlur(behind, (0, 0), rng.uniform(0.5, 6) * width / 320).astype(np.float32) / 255
    else:
        tone = rng.uniform(0.1, 0.95, 3).astype(np.float32) if roll < 0.8 else skin * np.float32(rng.uniform(0.7, 1.0))
        behind = tone * (1 + np.float32(0.15) * bank().field(rng, height, width, 110 * width / 320))[..., None]
    return image + (behind - image) * outside[..., None].astype(np.float32)


STREAKED = {
    painter.__name__: painter
    for painter in (whorl, bald_crown, parting, hairline, combed, tresses, wet_combed, thin_under_flash, side_with_ear, nape)
}
DRAWN = {"half_way": half_way, "crew_cut": crew_cut, "curly": curly}
FAMILIES = STREAKED | DRAWN
# Never trained on; the gate is judged on these.
UNSEEN = ("nape", "curly")
TRAINING = tuple(name for name in FAMILIES if name not in UNSEEN)
