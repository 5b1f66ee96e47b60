"""The bare skin: tone, mottling, relief, furrows, openings, and the marks that mean nothing."""

import cv2
import numpy as np

from .banks import any_of, banks, clouded, drawn, lay, placement

# Skin as such cameras show it before their cast (RGB 0..1); pink and ruddy ones are healthy skin too.
TONES = np.array((
    (0.88, 0.76, 0.67), (0.84, 0.69, 0.58), (0.77, 0.61, 0.48), (0.87, 0.71, 0.66), (0.80, 0.61, 0.55),
    (0.66, 0.49, 0.38), (0.85, 0.78, 0.70), (0.52, 0.37, 0.28),
), np.float32)
TONE_SHARES = (0.2, 0.2, 0.15, 0.15, 0.1, 0.08, 0.09, 0.03)


def stamp(shape, x, y, reach):
    """The slice of a frame within `reach` of a point, and the offsets there; None outside the frame."""
    left, right = max(int(x - reach), 0), min(int(x + reach) + 2, shape[1])
    top, bottom = max(int(y - reach), 0), min(int(y + reach) + 2, shape[0])
    if right <= left or bottom <= top:
        return None
    across = np.arange(left, right, dtype=np.float32)[None, :] - np.float32(x)
    down = np.arange(top, bottom, dtype=np.float32)[:, None] - np.float32(y)
    return (slice(top, bottom), slice(left, right)), across, down


def pull(image, weight, colour):
    """Draws the image towards a colour (one, or one per pixel) by a weight 0..1; only where there is some."""
    rows, columns = np.nonzero(weight > 0.004)
    if 3 * rows.size > weight.size:
        difference = colour - image
        difference *= weight[..., None]
        image += difference
    elif rows.size:
        below = image[rows, columns]
        wanted = colour[rows, columns] if colour.ndim == 3 else colour
        image[rows, columns] = below + weight[rows, columns][:, None] * (wanted - below)


def skin(rng, shape, unit):
    """Float32 RGB skin without signs, and its relief (mean 0) for everything that gleams on it."""
    tone = TONES[rng.choice(len(TONES), p=TONE_SHARES)] * rng.uniform(0.9, 1.08) + rng.uniform(-0.02, 0.02, 3)
    mottle = rng.uniform(0.01, 0.06) * clouded(rng, shape, unit, rng.uniform(0.6, 2.5))
    blush = rng.uniform(0.0, 0.035) * clouded(rng, shape, unit, rng.uniform(0.6, 2.0))
    tissue = drawn(rng, banks().tissue, shape, unit, rng.uniform(0.6, 1.25))
    relief = cv2.GaussianBlur(tissue, (0, 0), rng.uniform(0.7, 1.6) * unit)
    light_angle = rng.uniform(0, 2 * np.pi)
    shading = cv2.filter2D(relief, -1, lamp(light_angle)) * (rng.uniform(0.02, 0.16) * unit)
    brightness = 1 + mottle + shading + rng.uniform(0.004, 0.02) * tissue
    if rng.random() < 0.6:
        brightness -= furrows(rng, shape, unit)
    image = np.empty((*shape, 3), np.float32)
    for channel, redness in enumerate((0.25, -1.0, -0.7)):
        image[..., channel] = tone[channel] * (brightness + redness * blush)
    return image, relief


def lamp(angle):
    """A kernel that shades relief as a lamp from the side does."""
    slope = np.float32(((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))) / 8
    return slope * np.cos(angle) + slope.T * np.sin(angle)


def furrows(rng, shape, unit):
    """Fine lines between the skin's small fields, as darkening."""
    distance = lay(banks().cells[2][1], placement(rng, unit, rng.uniform(0.6, 1.3)), shape, border=cv2.BORDER_REFLECT)
    width = rng.uniform(0.8, 2.2)
    return rng.uniform(0.02, 0.09) * np.exp(-((distance / width) ** 2))


def mouths(rng, image, openings, unit):
    """Pits with a dark or horny rim, and for some frames brown halos; no sign of any condition."""
    halo = rng.choice((0, rng.uniform(0.08, 0.28)), p=(0.5, 0.5))
    pit = rng.uniform(0.15, 0.5)
    for opening in openings:
        reach = 3.2 * opening.radius
        found = stamp(image.shape, opening.x, opening.y, reach)
        if not found:
            continue
        where, across, down = found
        squash = rng.uniform(0.7, 1.0)
        cosine, sine = np.cos(opening.angle), np.sin(opening.angle)
        away = np.hypot(across * cosine + down * sine, (down * cosine - across * sine) / squash) / opening.radius
        dark = pit * (1.6 if not opening.strands else 0.8) * np.exp(-((away / 0.75) ** 2))
        brown = halo * rng.uniform(0.6, 1.3) * np.exp(-((away / 1.7) ** 2))
        horny = rng.uniform(0, 0.10) * np.exp(-(((away - 1.15) / 0.3) ** 2))
        for channel, (pit_share, brown_share) in enumerate(((0.75, 0.55), (0.95, 0.85), (1.0, 1.1))):
            image[where][..., channel] *= (1 - pit_share * dark) * (1 - brown_share * brown) + horny


def marks(rng, image, unit):
    """Moles, dye stains and dust."""
    shape = image.shape[:2]
    if rng.random() < 0.08:
        found = stamp(shape, *(rng.random(2) * shape[::-1]), unit * 40)
        where, across, down = found
        radius = unit * rng.uniform(6, 18) * (1 + 0.12 * np.sin(3 * np.arctan2(down, across) + rng.uniform(0, 6)))
        weight = 1 / (1 + np.exp((np.hypot(across, down) - radius) / (1.5 * unit)))
        image[where] *= 1 - weight[..., None] * np.float32((0.4, 0.55, 0.62))
    if rng.random() < 0.1:
        field = clouded(rng, shape, unit, rng.uniform(1, 3))
        weight = np.clip(0.5 * (field - rng.uniform(0.0, 1.0)), 0, 1)
        absorbed = any_of(rng, ((0.25, 0.35, 0.15), (0.35, 0.25, 0.12), (0.1, 0.22, 0.35), (0.3, 0.3, 0.3)))
        image *= 1 - weight[..., None] * np.float32(absorbed) * np.float32(rng.uniform(0.4, 1))
