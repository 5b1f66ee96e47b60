"""What stands where: the follicular openings of a frame and the hairs that leave them."""

from dataclasses import dataclass

import numpy as np

from ..grades import along

HAIR_LOSS = 5


@dataclass
class Opening:
    """A follicular opening: its place and half-width in pixels, and the way its hairs lean (radians)."""

    x: float
    y: float
    radius: float
    lean: float
    hairs: int = 0


@dataclass
class Hair:
    """A shaft as a bent cylinder: t = bend s^2 / 2 + wave sin(..) in the frame of its root and angle, in pixels."""

    x: float
    y: float
    angle: float
    length: float
    radius: float
    bend: float
    wave: float
    period: float
    phase: float
    softness: float  # width of the blurred edge in pixels; wide when the hair lies above the focal plane
    rooted: bool
    dive: float  # over how many radii the root comes out of the skin
    density: np.ndarray  # optical density through the shaft's middle, per channel
    height: float  # above the skin, in pixels: how far its shadow falls


@dataclass
class Layout:
    openings: list
    hairs: list
    shaft: float  # a terminal hair's full width in pixels


def hair_palette(rng):
    """Optical density of a terminal shaft [3] and how much it differs from hair to hair."""
    kind = rng.choice(("black", "brown", "reddish", "dyed", "blonde", "grey"), p=(0.4, 0.27, 0.11, 0.11, 0.04, 0.07))
    density = {
        "black": np.array([2.6, 2.75, 2.8]) * rng.uniform(0.75, 1.15),
        "brown": np.array([1.65, 2.15, 2.5]) * rng.uniform(0.75, 1.1),
        "reddish": np.array([1.1, 1.95, 2.4]) * rng.uniform(0.8, 1.1),
        "dyed": np.array([0.75, 1.3, 1.95]) * rng.uniform(0.7, 1.2),
        "blonde": np.array([0.35, 0.6, 1.15]) * rng.uniform(0.8, 1.2),
        "grey": np.array([2.2, 2.3, 2.4]),
    }[kind]
    white_share = rng.uniform(0.2, 0.8) if kind == "grey" else (0.04 if rng.random() < 0.2 else 0.0)
    return density, rng.uniform(0.03, 0.16), white_share


def place_openings(rng, count, height, width, spacing):
    """Places with a mutual distance, by best of a few candidates; some may stand just outside the frame."""
    places = []
    for _ in range(count):
        candidates = rng.uniform((-0.02, -0.02), (1.02, 1.02), (6, 2)) * (width, height)
        if not places:
            candidates = (candidates - (width / 2, height / 2)) * 0.75 + (width / 2, height / 2)
            places.append(candidates[0])
            continue
        gaps = np.linalg.norm(candidates[:, None] - np.array(places)[None], axis=2).min(axis=1)
        best = int(np.argmax(np.minimum(gaps, spacing)))
        places.append(candidates[best])
    return places


def draw_layout(rng, height, width, quantity):
    """Openings and hairs for an amount of hair loss `quantity` (0..4)."""
    unit = width / 320
    shaft = float(np.exp(rng.uniform(np.log(4.5), np.log(15)))) * unit
    usual = np.interp(shaft / unit, (4.5, 15), (9, 2.2)) * rng.uniform(0.8, 1.2)
    count = max(1, round(usual * along(quantity, 1, 0.85, 0.72, 0.6, 0.5) + rng.uniform(-0.3, 0.3)))
    per_opening = along(quantity, 2.7, 2.1, 1.5, 1.0, 0.5) * rng.uniform(0.93, 1.07)
    width_factor = along(quantity, 1, 0.88, 0.68, 0.48, 0.34)
    empty, thin = along(quantity, 0, 0.06, 0.2, 0.45, 0.75), along(quantity, 0.02, 0.1, 0.3, 0.6, 0.9)
    density, spread, white_share = hair_palette(rng)
    lean = rng.uniform(0, 2 * np.pi)
    disorder = rng.choice((0.12, 0.35, 1.0, 3.0), p=(0.3, 0.35, 0.25, 0.1))
    curl = rng.choice((0.15, 0.5, 1.1), p=(0.45, 0.4, 0.15)) / (300 * unit)

    wave, dive = float(rng.choice((0.5, 1.4, 4.0), p=(0.6, 0.32, 0.08))), rng.uniform(1.6, 5.5)

    openings, hairs = [], []

    def grow(x, y, angle, radius, length, rooted, softness, lift):
        own = density * (1 + rng.normal(0, spread)) * (0.12 if rng.random() < white_share else 1)
        if radius < 1.9 * unit:
            own = own * rng.uniform(0.55, 0.95)
        hairs.append(Hair(float(x), float(y), float(angle), length, radius,
                          rng.normal(0, curl), rng.exponential(wave) * unit,
                          rng.uniform(110, 420) * unit, rng.uniform(0, 6.28), softness, rooted,
                          dive * rng.uniform(0.7, 1.4), own, lift))

    places = place_openings(rng, count, height, width, 0.8 * np.sqrt(height * width / count))
    for x, y in places:
        own_lean = lean + rng.normal(0, disorder * 0.5)
        opening = Opening(float(x), float(y), (0.55 * shaft + 1.6 * unit) * rng.uniform(0.85, 1.3), own_lean)
        openings.append(opening)
        if rng.random() < empty:
            continue
        # The mean of the occupied openings makes up for the empty ones, down to a single hair.
        number = int(np.clip(np.floor(max(per_opening / (1 - empty), 1) + rng.uniform(0, 1)), 1, 4))
        opening.hairs = number
        across = own_lean + np.pi / 2
        for place in range(number):
            offset = (place - (number - 1) / 2) * shaft * width_factor * rng.uniform(0.25, 0.95)
            is_thin = rng.random() < thin
            radius = 0.5 * shaft * width_factor * rng.uniform(0.82, 1.15) * (rng.uniform(0.35, 0.6) if is_thin else 1)
            radius = max(radius, 0.75 * unit)
            length = rng.uniform(25, 110) * unit * (1 if is_thin else 99)
            splay = (place - (number - 1) / 2) * rng.uniform(0, 0.12) + rng.normal(0, 0.03 + 0.13 * min(disorder, 1))
            grow(x + np.cos(across) * offset, y + np.sin(across) * offset,
                 own_lean + splay, radius, length, True, rng.uniform(0.9, 1.8) * unit, rng.uniform(0.5, 3) * unit)
    if not hairs and rng.random() < 0.7:  # even a bald patch mostly keeps a fine short hair
        opening = openings[int(rng.integers(len(openings)))]
        opening.hairs = 1
        grow(opening.x, opening.y, opening.lean, max(rng.uniform(0.1, 0.18) * shaft, 0.75 * unit),
             rng.uniform(25, 110) * unit, True, rng.uniform(0.9, 1.8) * unit, unit)
    # Hairs rooted outside the frame cross it, fewer where few grow; some hang above the focal plane.
    for _ in range(rng.poisson(1.9 * along(quantity, 1, 0.75, 0.45, 0.22, 0.1))):
        angle = lean + rng.normal(0, 0.25 + disorder)
        x, y = rng.uniform(0.1, 0.9) * width, rng.uniform(0.1, 0.9) * height
        reach = 0.75 * np.hypot(width, height)
        above = rng.random() < 0.4
        grow(x - np.cos(angle) * reach, y - np.sin(angle) * reach, angle,
             0.5 * shaft * width_factor * rng.uniform(0.75, 1.2), 2.2 * reach, False,
             (rng.uniform(4, 14) if above else rng.uniform(0.9, 2)) * unit, rng.uniform(4, 14) * unit)
    return Layout(openings, hairs, shaft)
