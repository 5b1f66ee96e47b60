"""From a photo to the network's input, as the service does it: the reference for other languages."""

import numpy as np
import torch
from PIL import Image, ImageOps

from . import data
from .contract import HEIGHT, WIDTH


def frame(photo):
    """EXIF applied, scaled to cover 320x240 with the antialiased triangle filter, cut around the centre.

    Scaled size: max(320, round(w*s)) x max(240, round(h*s)) with s = max(320/w, 240/h); the cut starts
    at floor of half the excess.
    """
    photo = ImageOps.exif_transpose(photo).convert("RGB")
    scale = max(WIDTH / photo.width, HEIGHT / photo.height)
    size = (max(WIDTH, round(photo.width * scale)), max(HEIGHT, round(photo.height * scale)))
    photo = photo.resize(size, Image.Resampling.BILINEAR)
    left, top = (size[0] - WIDTH) // 2, (size[1] - HEIGHT) // 2
    return np.asarray(photo.crop((left, top, left + WIDTH, top + HEIGHT)))


def tensor(photo):
    """The input [1,3,240,320] of one photo."""
    return data.normalise(torch.from_numpy(frame(photo)[None].copy())).numpy()
