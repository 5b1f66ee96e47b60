"""Where hair grows: openings, and the strands that leave them as bent strips."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from ..grades import along
from .banks import STRIP_LENGTH, STRIP_ROWS, any_of, banks


@dataclass
class Strand:
    """One shaft in pixels: it starts at (x, y), runs along `angle` and bends sideways."""

    x: float
    y: float
    angle: float
    length: float
    half: float
    bend: float
    wave: tuple  # amplitude in pixels, wavelength in pixels, phase
    pigment: np.ndarray
    shine: float
    strip: np.ndarray
    start: float  # where on the strip it begins
    rooted: bool
    ends: bool
    softness: float = 1.2
    opacity: float = 1.0
    over_plates: bool = False

    def sideways(self, distance):
        amplitude, wavelength, phase = self.wave
        bent = self.bend * (distance / self.length) ** 2
        return bent + amplitude * (np.sin(distance / wavelength + phase) - np.sin(phase))

    def half_at(self, distance):
        width = self.half
        if self.rooted:
            width = width * np.clip(0.8 + 0.2 * distance / (5 * self.half), 0.8, 1)
        if self.ends:
            width = width * np.clip(np.sqrt(np.clip((self.length - distance) / (self.length * 0.5), 0, 1)), 0.05, 1)
        return width

    def outline(self, margin=0.0, steps=18):
        distance = np.linspace(0, self.length, steps)
        middle, half = self.sideways(distance), self.half_at(distance) + margin
        direction = np.array((np.cos(self.angle), np.sin(self.angle)))
        normal = np.array((-direction[1], direction[0]))
        spine = np.array((self.x, self.y)) + distance[:, None] * direction
        left, right = spine + (middle + half)[:, None] * normal, spine + (middle - half)[:, None] * normal
        return np.vstack((left, right[::-1]))


@dataclass
class Opening:
    """A follicle's mouth in pixels, with the strands that leave it (none: an empty opening)."""

    x: float
    y: float
    radius: float
    angle: float
    strands: list = field(default_factory=list)


def hair_look(rng):
    """The frame's hair: colour 0..1 and how much light it throws back."""
    kind = rng.choice(("black", "brown", "reddish", "dyed", "grey"), p=(0.42, 0.28, 0.12, 0.10, 0.08))
    colour = {
        "black": (0.10, 0.09, 0.09), "brown": (0.22, 0.15, 0.11), "reddish": (0.34, 0.18, 0.11),
        "dyed": (0.55, 0.40, 0.24), "grey": (0.14, 0.13, 0.13),
    }[kind]
    colour = np.array(colour) * rng.uniform(0.7, 1.35) + rng.uniform(-0.015, 0.015, 3)
    return colour, rng.uniform(0.25, 1.0), kind == "grey"


def spread(rng, count, height, width):
    """Points that keep apart: of several candidates the one farthest from those taken (pixels)."""
    taken = []
    for _ in range(count):
        candidates = rng.uniform((-0.03 * width, -0.03 * height), (1.03 * width, 1.03 * height), (6, 2))
        if taken:
            gaps = np.linalg.norm(candidates[:, None] - np.array(taken)[None], axis=2).min(axis=1)
            taken.append(candidates[int(gaps.argmax())])
        else:
            taken.append(rng.uniform((0.15 * width, 0.15 * height), (0.85 * width, 0.85 * height)))
    return taken


def plan(rng, height, width, loss):
    """Openings and all strands (those rooted outside the frame too) for a hair-loss quantity."""
    unit = width / 320
    shaft = 4.5 * (15 / 4.5) ** rng.beta(1.3, 1.5)
    usual = np.interp(np.log(shaft), np.log((4.5, 15)), (9.5, 2.2)) * rng.uniform(0.8, 1.25)
    count = max(1, int(round(usual * along(loss, 1, 0.85, 0.72, 0.6, 0.5))))
    thick = shaft * along(loss, 1, 0.88, 0.68, 0.48, 0.34)
    colour, shine, greying = hair_look(rng)
    flow, disorder = rng.uniform(0, 2 * np.pi), rng.choice((0.12, 0.35, 0.9), p=(0.45, 0.35, 0.2))
    curl = rng.choice((0.05, 0.15, 0.4), p=(0.5, 0.35, 0.15))

    def strand(x, y, angle, rooted, fine):
        half = 0.5 * thick * unit * np.exp(rng.normal(0, 0.13)) * (rng.uniform(0.4, 0.65) if fine else 1)
        half = max(half, 0.55 * unit)
        short = fine and rng.random() < 0.75 or rng.random() < along(loss, 0.04, 0.06, 0.1, 0.15, 0.2)
        length = unit * rng.uniform(35, 110) if short else 1.3 * np.hypot(height, width)
        pigment = colour * rng.uniform(0.75, 1.3)
        if greying and rng.random() < 0.4:
            pigment = np.full(3, rng.uniform(0.55, 0.85))
        elif fine:
            pigment = pigment + 0.10
        return Strand(
            x, y, angle, length, half, rng.normal(0, curl) * length,
            (unit * rng.uniform(0, 2.0), unit * rng.uniform(18, 60), rng.uniform(0, 6.3)),
            np.clip(pigment, 0.02, 0.95), shine * rng.uniform(0.5, 1.4), any_of(rng, banks().strips),
            rng.uniform(0, STRIP_LENGTH), rooted, short, softness=max(1.0, 0.7 * unit) * rng.uniform(0.9, 1.6),
            opacity=rng.uniform(0.75, 1) if fine else 1.0, over_plates=rng.random() < 0.3,
        )

    openings, strands = [], []
    for x, y in spread(rng, count, height, width):
        angle = flow + rng.normal(0, disorder)
        opening = Opening(x, y, unit * max(shaft, 6.5) * rng.uniform(0.55, 0.9), angle)
        openings.append(opening)
        if rng.random() < along(loss, 0, 0.06, 0.2, 0.45, 0.75):
            continue
        wanted = along(loss, 2.7, 2.1, 1.5, 1, 0.5) * rng.uniform(0.65, 1.35)
        hairs = int(np.clip(np.floor(wanted + rng.random()), 1, 4))
        fan = rng.normal(0.03, 0.08)
        for place in range(hairs):
            aside = (place - (hairs - 1) / 2) * thick * unit * rng.uniform(0.3, 0.75)
            behind = -thick * unit * rng.uniform(0, 1.6)
            fine = rng.random() < along(loss, 0.02, 0.1, 0.3, 0.6, 0.9)
            bundle = angle + (place - (hairs - 1) / 2) * fan + rng.normal(0, 0.05)
            opening.strands.append(strand(
                x - np.sin(angle) * aside + np.cos(angle) * behind, y + np.cos(angle) * aside + np.sin(angle) * behind,
                bundle, True, fine,
            ))
        opening.radius = max(opening.radius, 0.36 * hairs * thick * unit)
        strands += opening.strands
    passing = rng.poisson(along(loss, 1.6, 1.2, 0.7, 0.35, 0.15))
    for _ in range(min(passing, 4)):
        angle = flow + rng.normal(0, max(disorder, 0.3))
        offset = rng.uniform(-0.45, 0.45) * np.hypot(height, width)
        back = 0.65 * np.hypot(height, width)
        x = width / 2 - np.cos(angle) * back - np.sin(angle) * offset
        y = height / 2 - np.sin(angle) * back + np.cos(angle) * offset
        crossing = strand(x, y, angle, False, False)
        crossing.ends, crossing.length, crossing.over_plates = False, 1.4 * np.hypot(height, width), True
        if rng.random() < 0.35:  # lies above the plane of focus
            crossing.softness, crossing.opacity = unit * rng.uniform(4, 9), rng.uniform(0.5, 0.85)
            crossing.shine *= 0.3
        strands.append(crossing)
    order = rng.permutation(len(strands))
    return openings, [strands[index] for index in order], thick * unit


def cover_of(strands, height, width):
    """Share of each pixel that strands hide, float32 0..1, without painting them."""
    cover = np.zeros((height, width), np.uint8)
    for strand in strands:
        cv2.fillPoly(cover, [np.round(strand.outline() * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return cover.astype(np.float32) / 255


def paint(canvas, strand, light):
    """Pastes one strand: its strip is looked up under every pixel of its outline."""
    height, width = canvas.shape[:2]
    outline = strand.outline(margin=strand.softness + 0.5)
    left, top = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 1, (width, height))
    if right <= left or bottom <= top:
        return
    inside = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(inside, [np.round(outline - (left, top)).astype(np.int32)], 1)
    rows, columns = np.nonzero(inside)
    if rows.size < 4:
        return
    rows, columns = rows + top, columns + left
    across, down = (columns - strand.x).astype(np.float32), (rows - strand.y).astype(np.float32)
    cosine, sine = np.float32(np.cos(strand.angle)), np.float32(np.sin(strand.angle))
    distance = across * cosine + down * sine
    # A bent strip is thinner across its spine than along the normal of its chord.
    slope = 2 * strand.bend * distance / strand.length**2
    aside = (down * cosine - across * sine - strand.sideways(distance)) / np.sqrt(1 + slope**2)
    half = strand.half_at(distance)
    alpha = np.clip((half - np.abs(aside)) / strand.softness + 0.5, 0, 1) * strand.opacity
    if strand.rooted:
        # The root fades in under translucent skin, and its end is round.
        alpha *= np.clip((distance - 0.8 * strand.half * (aside / strand.half) ** 2) / (1.8 * strand.half), 0, 1)
    if strand.ends:
        alpha *= np.clip((strand.length - distance) / (3 * strand.half), 0, 1)
    row = np.clip(aside / np.maximum(half, 0.3), -1, 1) * (STRIP_ROWS / 2 - 0.5) + STRIP_ROWS / 2 - 0.5
    column = np.mod(distance * (0.45 * STRIP_ROWS / (2 * strand.half)) ** 0.6 + strand.start, STRIP_LENGTH - 1)
    looked_up = at_points(strand.strip, column, row) * np.float32(1 / 255)
    colour = looked_up[:, :1] * (1.6 * strand.pigment) + looked_up[:, 1:] * (strand.shine * light)
    below = canvas[rows, columns]
    canvas[rows, columns] = below + alpha[:, None] * (colour - below)


def at_points(strip, column, row, fold=128):
    """Bilinear look-up at a list of points; folded, because OpenCV's maps must be short on both sides."""
    padded = -len(column) % fold
    maps = [np.pad(values.astype(np.float32), (0, padded)).reshape(-1, fold) for values in (column, row)]
    sampled = cv2.remap(strip, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return sampled.reshape(-1, strip.shape[2])[: len(column)]
