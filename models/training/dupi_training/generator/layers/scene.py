"""The canvas of one contact-microscope frame and the few brushes that every painter uses.

Lengths are in `unit`s: one unit is a pixel of a frame 320 wide, so a scene can be rendered at any size.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np


@dataclass
class Opening:
    """A follicular opening: where it is, how wide (units), which way its hairs lean (radians)."""

    x: float
    y: float
    radius: float
    lean: float
    hairs: int = 0


@dataclass
class Scene:
    """One frame while it is being painted; `image` is float32 RGB in 0..1."""

    rng: np.random.Generator
    height: int
    width: int
    image: np.ndarray
    unit: float
    shaft: float = 8.0
    lean: float = 0.0
    openings: list = field(default_factory=list)
    units: list = field(default_factory=list)
    cover: np.ndarray = None
    hair_colour: tuple = (0.1, 0.08, 0.07)
    layers: dict = field(default_factory=dict)
    last: tuple = ()

    def blend(self, alpha, colour):
        """Covers the frame with `colour` where `alpha` (height x width) says so."""
        colour = np.asarray(colour, np.float32)
        places = np.flatnonzero(alpha > 0.004)
        if len(places) < 0.4 * alpha.size:
            # Specks and glints touch little of the frame: only that is computed.
            pixels = self.image.reshape(-1, 3)
            part = pixels[places]
            pixels[places] = part + (colour - part) * alpha.ravel()[places, None].astype(np.float32)
            return
        alpha = np.asarray(alpha, np.float32)
        for channel in range(3):
            plane = self.image[..., channel]
            plane += (colour[channel] - plane) * alpha

    def absorb(self, amount, absorption):
        """Darkens each channel by its absorption, as blood or stain does."""
        for channel in range(3):
            if absorption[channel]:
                self.image[..., channel] *= 1 - np.float32(absorption[channel]) * amount

    def window(self, x, y, reach):
        """The part of the frame within `reach` pixels of (x, y), with distances in x and y; None if outside."""
        left, right = max(0, int(x - reach)), min(self.width, int(x + reach) + 1)
        top, bottom = max(0, int(y - reach)), min(self.height, int(y + reach) + 1)
        if left >= right or top >= bottom:
            return None
        self.last = (slice(top, bottom), slice(left, right))
        across = np.arange(left, right, dtype=np.float32)[None, :] - np.float32(x)
        down = np.arange(top, bottom, dtype=np.float32)[:, None] - np.float32(y)
        shape = (bottom - top, right - left)
        return self.image[self.last], np.broadcast_to(across, shape), np.broadcast_to(down, shape)

    def mark(self, condition, mask, where=None):
        """Remembers where a condition was painted: over the whole frame, or in the last window."""
        if condition not in self.layers:
            self.layers[condition] = np.zeros((self.height, self.width), np.float32)
        layer = self.layers[condition][self.last if where == "window" else slice(None)]
        np.maximum(layer, mask, out=layer)

    def evidence(self, rows=15, columns=20):
        """Where each condition can be seen, [rows, columns, 6] in 0..1; the last is hair cover.

        What lies on the skin is hidden by hair, and everything by plates."""
        hair, plates = self.layers.get(5), self.layers.get(4)
        for condition in (0, 1, 2, 3):
            if condition not in self.layers:
                continue
            if hair is not None and condition != 3:
                self.layers[condition] *= 1 - hair
            if plates is not None:
                self.layers[condition] *= 1 - plates
        seen = np.zeros((rows, columns, 6), np.float32)
        for condition, layer in self.layers.items():
            seen[..., condition] = cv2.resize(layer, (columns, rows), interpolation=cv2.INTER_AREA)
        return seen

    def dots(self, points, sizes, brightness):
        """A mask with an anti-aliased dot at each point; sizes are radii in pixels."""
        layer = np.zeros((self.height, self.width), np.uint8)
        for (x, y), size, level in zip(points, sizes, brightness):
            centre = (int(x * 16), int(y * 16))
            cv2.circle(layer, centre, max(1, int(size * 16)), int(255 * min(level, 1.0)), -1, cv2.LINE_AA, 4)
        return layer.astype(np.float32) / 255

    def place(self, margin=0.0):
        """A random point of the frame."""
        rng = self.rng
        return (
            rng.uniform(margin, 1 - margin) * self.width,
            rng.uniform(margin, 1 - margin) * self.height,
        )

    def opening_or_skin(self):
        """A random opening inside the frame, or, when there is none, a new empty one."""
        inside = [o for o in self.openings if 0 <= o.x < self.width and 0 <= o.y < self.height]
        if inside and self.rng.random() < 0.9:
            return inside[self.rng.integers(len(inside))]
        x, y = self.place(0.1)
        opening = Opening(x, y, self.shaft * 0.8, self.lean)
        self.openings.append(opening)
        return opening
