"""Everyday pictures that must be refused, in families; some families are kept for measuring only."""

import cv2
import numpy as np

from .. import camera
from ..noise import bank
from . import bodies, fields, graphics, paint, pictures, strands, surfaces

PHOTOGRAPHS = 0.55


def render(rng, height=240, width=320, family=None):
    """Returns a uint8 RGB picture that shows no scalp; of the families to train on, unless one is named."""
    painter = FAMILIES[family] if family else choose(rng)
    # Families draw for a frame 320 wide; a larger frame shows the same scene enlarged, never thinner strokes.
    small = (round(320 * height / width), 320) if width != 320 else (height, width)
    image = painter(rng, *small)
    if small != (height, width):
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
    if image.dtype != np.uint8 or rng.random() < 0.7:
        image = image.astype(np.float32) / 255 if image.dtype == np.uint8 else image
        pixels = photographed(rng, np.ascontiguousarray(image, np.float32))
    else:
        pixels = image
    if rng.random() < 0.5:
        return camera.turn(rng, pixels)
    return np.ascontiguousarray(pixels[:, ::-1]) if rng.random() < 0.5 else np.ascontiguousarray(pixels)


def photographed(rng, image):
    """The same camera that close-ups see, so that the camera gives nothing away: glints, dark corners, casts, blur, JPEG."""
    height, width = image.shape[:2]
    if rng.random() < 0.12:
        specks = np.clip(bank().field(rng, height, width, 3) - rng.uniform(1.8, 2.6), 0, 0.5)[..., None] * np.float32(2)
        image = image + (1 - image) * specks
    if rng.random() < 0.25:
        image = camera.vignette(rng, image, rng.uniform(0, 0.6))
    if rng.random() < 0.6:
        image = camera.tone(rng, camera.cast(rng, image, rng.uniform(0.3, 1.6)))
    return camera.sensor(rng, camera.focus(rng, image, width / 320))


def choose(rng):
    """A family to train on; photographs most often."""
    if rng.random() < PHOTOGRAPHS:
        return FAMILIES["photograph"]
    return FAMILIES[DRAWN[rng.integers(len(DRAWN))]]


FAMILIES = {"gradient": paint.gradient} | {
    painter.__name__: painter
    for painter in (
        fields.plain, fields.noise, fields.blur, fields.lights, fields.sky, fields.landscape,
        strands.fur, strands.grass, strands.wool, strands.doll_hair, strands.brush, strands.cables, strands.insect_legs,
        strands.hair_on_table, strands.noodles, strands.feathers, strands.carpet, strands.cactus,
        bodies.skin, bodies.stubble, bodies.hairy_limb, bodies.lips, bodies.eye, bodies.eyelashes, bodies.eyebrow,
        bodies.hand, bodies.face,
        surfaces.fabric, surfaces.knit, surfaces.leather, surfaces.wood, surfaces.bark, surfaces.leaf, surfaces.dish,
        surfaces.food, surfaces.crumbs, surfaces.tiles, surfaces.dead_leaves, surfaces.jumble, surfaces.wires,
        graphics.document, graphics.receipt, graphics.screen, graphics.chart, graphics.drawing, graphics.x_ray,
        pictures.photograph, pictures.held_out_photograph,
    )
}
# Never trained on; the gate is judged on these.
UNSEEN = (
    "held_out_photograph", "eyelashes", "eyebrow", "carpet", "feathers", "noodles", "cactus", "bark", "food", "tiles",
    "lights", "receipt", "hand",
)
TRAINING = tuple(name for name in FAMILIES if name not in UNSEEN)
DRAWN = tuple(name for name in TRAINING if name != "photograph")
