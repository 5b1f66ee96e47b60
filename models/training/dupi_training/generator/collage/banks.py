"""Textures and sprites made once per process and pasted ever after: spectral noise, cracked cells,
ridges, hair strips, vessel trees. All come from one constant seed, so a frame depends on its rng alone.

One texel of a bank is one `unit` (a 320th of the frame's width) at zoom 1.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

SEED = 20_261_123
SIDE = 512
# Fields with fine detail are kept repeated 2x2: a window inside one array is read three times faster.
WIDE = 2 * SIDE
STRIP_ROWS, STRIP_LENGTH = 33, 640
VESSEL_SIDE = 160


@dataclass(frozen=True)
class Banks:
    """Float32 fields: clouds and grain [SIDE, SIDE], the others [WIDE, WIDE]."""

    clouds: list  # large soft shapes, mean 0, deviation 1
    tissue: list  # 1/f texture with detail at every length, mean 0, deviation 1
    grain: list  # three channels of camera noise, slightly correlated, deviation 1
    ridges: list  # crust: bright crests between dark hollows, 0..1
    cells: list  # (value of the cell 0..1, distance to its border in texels); reflected at the edges
    strips: list  # uint8 [STRIP_ROWS, STRIP_LENGTH, 2] shading and shine of an unrolled hair shaft
    vessels: list  # uint8 [VESSEL_SIDE, VESSEL_SIDE] absorption of a branching vessel


def spectral(rng, slope, coarsest=1.0, finest=1e9):
    """Noise whose amplitude falls as frequency^-slope between two frequencies (cycles per bank)."""
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :]) * SIDE
    amplitude = np.where(frequency < coarsest, 0, np.maximum(frequency, 1) ** -slope)
    amplitude = amplitude * np.exp(-((frequency / finest) ** 2))
    spectrum = np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) * amplitude
    field = np.fft.irfft2(spectrum, (SIDE, SIDE))
    return ((field - field.mean()) / field.std()).astype(np.float32)


def crust(rng):
    """Ridged noise of three octaves: crests where the noise crosses zero."""
    total = np.zeros((SIDE, SIDE), np.float32)
    for finest, share in ((14, 0.45), (40, 0.33), (110, 0.22)):
        noise = spectral(rng, 0.4, 2, finest)
        total += share * np.exp(-np.abs(noise) * 2.2)
    return cv2.normalize(total, None, 0, 1, cv2.NORM_MINMAX)


def cracked(rng, spacing):
    """Voronoi cells bent by noise, as dry varnish cracks; spacing in texels."""
    margin = 24
    side = WIDE + 2 * margin
    seeds = np.full((side, side), 255, np.uint8)
    points = rng.integers(0, side, ((side // spacing) ** 2, 2))
    seeds[points[:, 0], points[:, 1]] = 0
    _, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    values = rng.random(labels.max() + 1).astype(np.float32)
    bend = [np.tile(spectral(rng, 1.1, 6, 140) * spacing * 0.16, (2, 2)) for _ in range(2)]
    rows, columns = np.mgrid[0:WIDE, 0:WIDE].astype(np.float32) + margin
    labels = cv2.remap(labels.astype(np.float32), columns + bend[0], rows + bend[1], cv2.INTER_NEAREST)
    border = np.zeros(labels.shape, np.uint8)
    border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    border[1:] |= labels[1:] != labels[:-1]
    distance = cv2.distanceTransform(1 - border, cv2.DIST_L2, 3)
    return values[labels.astype(np.int64)], cv2.GaussianBlur(distance, (0, 0), 0.7)


def unrolled_shaft(rng):
    """A shaft seen flat: a dark cylinder with broken lengthwise gleams and faint cuticle steps."""
    across = np.linspace(-1, 1, STRIP_ROWS, dtype=np.float32)[:, None]
    along = lambda smooth: cv2.GaussianBlur(rng.standard_normal((1, STRIP_LENGTH)).astype(np.float32), (0, 0), smooth)
    round_body = 0.45 + 0.55 * np.sqrt(np.clip(1 - across**2, 0, 1))
    cuticle = rng.standard_normal((STRIP_ROWS, STRIP_LENGTH)).astype(np.float32)
    cuticle = cv2.GaussianBlur(cuticle, (0, 0), sigmaX=rng.uniform(0.8, 4.0), sigmaY=rng.uniform(1.0, 5.0))
    shading = round_body * (1 + 0.10 * cuticle / cuticle.std()) + 0.05 * along(14) / 0.15
    if rng.random() < 0.4:  # the medulla shows as a darker or lighter core
        shading *= 1 + rng.uniform(-0.35, 0.3) * np.exp(-((across / 0.22) ** 2))
    shine = np.zeros((STRIP_ROWS, STRIP_LENGTH), np.float32)
    for _ in range(rng.integers(1, 4)):
        middle = rng.uniform(-0.55, 0.55) + 0.12 * along(40) / 0.085
        width = rng.uniform(0.06, 0.22)
        reach = rng.uniform(6, 60)
        broken = np.clip(rng.uniform(0.35, 0.8) + rng.uniform(0.2, 0.5) * along(reach) * 1.9 * np.sqrt(reach), 0, 1)
        shine += rng.uniform(0.5, 1.0) * np.exp(-(((across - middle) / width) ** 2)) * broken
    shine *= np.clip(1 + 0.35 * cuticle / cuticle.std(), 0, 2)
    planes = (np.clip(shading, 0, 1.6) / 1.6, np.clip(shine, 0, 1))
    return (np.stack(planes, axis=2) * 255).astype(np.uint8)


def vessel_tree(rng):
    """A wandering vessel with side branches, or a loose knot of capillary loops."""
    canvas = np.zeros((VESSEL_SIDE, VESSEL_SIDE), np.uint8)

    def wander(start, heading, steps, thickness, depth):
        points, position = [start], np.array(start, float)
        for _ in range(steps):
            heading += rng.normal(0, 0.33)
            position = position + 4 * np.array((np.cos(heading), np.sin(heading)))
            points.append(position)
            if depth and rng.random() < 0.07:
                wander(position, heading + rng.choice((-1, 1)) * rng.uniform(0.5, 1.1), steps // 2, 1, depth - 1)
        path = np.round(np.array(points) * 16).astype(np.int32)
        cv2.polylines(canvas, [path], False, 255 if depth else 170, thickness, cv2.LINE_AA, 4)

    if rng.random() < 0.75:
        begin = (VESSEL_SIDE * 0.15, VESSEL_SIDE * rng.uniform(0.3, 0.7))
        wander(begin, rng.normal(0, 0.3), 34, int(rng.integers(1, 3)), 2)
    else:
        for _ in range(rng.integers(4, 9)):
            middle = tuple(int(value) for value in rng.uniform(45, 115, 2))
            axes = tuple(int(value) for value in rng.uniform(3, 12, 2))
            cv2.ellipse(canvas, middle, axes, rng.uniform(0, 180), 0, rng.uniform(180, 330), 220, 1, cv2.LINE_AA)
    return cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 1.1))


@lru_cache(maxsize=1)
def banks():
    """The process's one set of banks (about two seconds to make, about 60 MB)."""
    rng = np.random.default_rng(SEED)
    grain = [np.dstack([spectral(rng, 0.15, 1, finest) for _ in range(3)]) for finest in (400, 170)]
    return Banks(
        clouds=[spectral(rng, 1.6, 1, 14) for _ in range(6)],
        tissue=[np.tile(spectral(rng, slope, 5), (2, 2)) for slope in (0.75, 0.95, 1.15)],
        grain=grain,
        ridges=[np.tile(crust(rng), (2, 2)) for _ in range(4)],
        cells=[cracked(rng, spacing) for spacing in (11, 16, 24)],
        strips=[unrolled_shaft(rng) for _ in range(24)],
        vessels=[vessel_tree(rng) for _ in range(24)],
    )


def any_of(rng, choices):
    """One of a list, by the rng."""
    return choices[int(rng.integers(len(choices)))]


def placement(rng, unit, zoom=1.0):
    """A random turn, mirror and shift of a bank under the frame, as a 2x3 matrix from pixel to texel."""
    angle, scale = rng.uniform(0, 2 * np.pi), zoom / unit
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    mirror = rng.choice((-1.0, 1.0))
    turn = np.array(((cosine, -sine * mirror), (sine, cosine * mirror)))
    # The frame's middle falls where the window stays inside the bank at the usual zooms.
    middle = rng.uniform(0.25 * WIDE, 0.75 * WIDE, 2)
    return np.column_stack((turn, middle - turn @ (160 * unit, 120 * unit)))


def lay(field, matrix, shape, interpolation=cv2.INTER_LINEAR, border=cv2.BORDER_WRAP):
    """The bank as it falls on a frame of `shape`."""
    size = (shape[1], shape[0])
    return cv2.warpAffine(field, matrix, size, flags=interpolation | cv2.WARP_INVERSE_MAP, borderMode=border)


def clouded(rng, shape, unit, zoom=1.0):
    """A random cloud field; sampled at a quarter of the size, for it has no detail to lose."""
    small = (-(-shape[0] // 4), -(-shape[1] // 4))
    field = lay(any_of(rng, banks().clouds), placement(rng, unit / 4, zoom), small)
    return cv2.resize(field, shape[::-1], interpolation=cv2.INTER_LINEAR)


def drawn(rng, fields, shape, unit, zoom=1.0):
    """A random one of the fields, randomly placed."""
    return lay(any_of(rng, fields), placement(rng, unit, zoom), shape)
