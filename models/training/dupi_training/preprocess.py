"""From a photo to the network's input, as the service does it: the reference for other languages."""

import numpy as np
import torch
from PIL import Image, ImageOps

from .contract import DEMONSTRATION_INPUT


def frame(photo, spec=DEMONSTRATION_INPUT):
    """EXIF applied, scaled to cover the input (320x240 unless told) with the antialiased triangle filter,
    cut around the centre.

    Scaled size: max(W, round(w*s)) x max(H, round(h*s)) with s = max(W/w, H/h); the cut starts
    at floor of half the excess.
    """
    photo = ImageOps.exif_transpose(photo).convert("RGB")
    width, height = spec.width, spec.height
    scale = max(width / photo.width, height / photo.height)
    size = (max(width, round(photo.width * scale)), max(height, round(photo.height * scale)))
    photo = photo.resize(size, Image.Resampling.BILINEAR)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.asarray(photo.crop((left, top, left + width, top + height)))


def normalise(pixels, spec=DEMONSTRATION_INPUT):
    """uint8 [N,H,W,3] to float32 [N,3,H,W], as the exported model wants it."""
    mean = torch.tensor(spec.mean, device=pixels.device) * 255
    std = torch.tensor(spec.std, device=pixels.device) * 255
    return ((pixels.float() - mean) / std).permute(0, 3, 1, 2)


def tensor(photo, spec=DEMONSTRATION_INPUT):
    """The input [1,3,H,W] of one photo."""
    return normalise(torch.from_numpy(frame(photo, spec)[None].copy()), spec).numpy()
