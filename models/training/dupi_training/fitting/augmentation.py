"""Changes to training photos that a microscope, a hand or a lamp could have made.

Everything is drawn from the generator given, so that a photo's number, its epoch and the seed say what comes out.
"""

import math

import cv2
import numpy as np
from PIL import Image
from torchvision.transforms import functional

from .. import preprocess


def framed(photo, spec, settings, rng):
    """A PIL photo to a changed uint8 frame [H,W,3] of the input's size."""
    if settings.quarter_turns:
        photo = photo.rotate(90 * int(rng.integers(4)), expand=True)
    frame = preprocess.frame(cut(photo, spec, settings.crop, rng), spec)
    frame = bent(frame, settings, rng)
    if rng.random() < settings.flip:
        frame = frame[:, ::-1]
    if rng.random() < settings.flip:
        frame = frame[::-1]
    return np.ascontiguousarray(blurred(coloured(frame, settings.jitter, rng), settings.blur, rng))


def cut(photo, spec, share, rng):
    """RandomResizedCrop: a window of the input's aspect with that share of the largest such window's area."""
    side = math.sqrt(rng.uniform(*share))
    if side >= 1:
        return photo
    scale = min(photo.width / spec.width, photo.height / spec.height) * side
    width, height = max(1, round(spec.width * scale)), max(1, round(spec.height * scale))
    left = int(rng.integers(photo.width - width + 1))
    top = int(rng.integers(photo.height - height + 1))
    return photo.crop((left, top, left + width, top + height))


def bent(frame, settings, rng):
    """Rotation, shear and scale about the middle; what comes in from outside is the mirrored frame."""
    turn, lean = (math.radians(rng.uniform(-most, most)) if most else 0.0 for most in (settings.rotate, settings.shear))
    scale = rng.uniform(*settings.zoom)
    if turn == 0 and lean == 0 and scale == 1:
        return frame
    matrix = (
        scale
        * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        @ [[1, math.tan(lean)], [0, 1]]
    )
    middle = np.array([frame.shape[1] - 1, frame.shape[0] - 1]) / 2
    full = np.column_stack([matrix, middle - matrix @ middle])
    size = (frame.shape[1], frame.shape[0])
    return cv2.warpAffine(frame, full, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def coloured(frame, jitter, rng):
    """ColorJitter: brightness, contrast and saturation by a factor, hue by a shift in -0.5..0.5."""
    if not any(jitter):
        return frame
    photo = Image.fromarray(np.ascontiguousarray(frame))
    brightness, contrast, saturation, hue = (rng.uniform(-most, most) for most in jitter)
    photo = functional.adjust_brightness(photo, max(0.0, 1 + brightness))
    photo = functional.adjust_contrast(photo, max(0.0, 1 + contrast))
    photo = functional.adjust_saturation(photo, max(0.0, 1 + saturation))
    return np.asarray(functional.adjust_hue(photo, hue) if hue else photo)


def blurred(frame, blur, rng):
    """GaussianBlur of a random sigma, at the given chance."""
    chance, *sigmas = blur
    if rng.random() >= chance:
        return frame
    return cv2.GaussianBlur(np.ascontiguousarray(frame), (0, 0), rng.uniform(*sigmas))
