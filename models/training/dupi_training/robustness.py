"""Measures a demonstration model where it hurts: other renderers, spoilt pictures, strangers at the gate.

Everything runs through the exported file, as the service does.
"""

import cv2
import numpy as np
import torch

from . import data, evaluate, generator
from .contract import CONDITIONS
from .generator import CLOSE_UP, from_afar, negatives
from .measures import weighted_kappa

SEED = 900_004


def jpeg(pixels, quality):
    _, coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1]


def grown(pixels, share):
    """The middle `share` of the side, grown back to the frame."""
    height, width = pixels.shape[:2]
    tall, wide = int(height * share), int(width * share)
    top, left = (height - tall) // 2, (width - wide) // 2
    return cv2.resize(pixels[top : top + tall, left : left + wide], (width, height), interpolation=cv2.INTER_LINEAR)


def coarse(pixels):
    """Shrunk to half the side and grown again."""
    half = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return cv2.resize(half, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def tinted(pixels, gains):
    return np.clip(pixels * np.array(gains, np.float32), 0, 255).astype(np.uint8)


def quarter(pixels):
    """Turned by a quarter and cut to the frame, as a phone held upright gives it."""
    turned = np.rot90(pixels)
    height, width = pixels.shape[:2]
    rows = round(turned.shape[0] * width / turned.shape[1])
    whole = cv2.resize(np.ascontiguousarray(turned), (width, rows), interpolation=cv2.INTER_LINEAR)
    top = (rows - height) // 2
    return whole[top : top + height]


SPOILT = {
    "as rendered": lambda rng, p: p,
    "blur, sigma 1": lambda rng, p: cv2.GaussianBlur(p, (0, 0), 1.0),
    "blur, sigma 2": lambda rng, p: cv2.GaussianBlur(p, (0, 0), 2.0),
    "noise, sigma 8 of 255": lambda rng, p: np.clip(p + rng.normal(0, 8, p.shape), 0, 255).astype(np.uint8),
    "green-grey cast": lambda rng, p: tinted(p, (0.86, 1.04, 0.92)),
    "pink cast": lambda rng, p: tinted(p, (1.10, 0.93, 1.02)),
    "orange-brown cast": lambda rng, p: tinted(p, (1.10, 0.98, 0.80)),
    "bluish cast": lambda rng, p: tinted(p, (0.86, 0.98, 1.12)),
    "a third darker": lambda rng, p: tinted(p, (0.67, 0.67, 0.67)),
    "JPEG 30": lambda rng, p: jpeg(p, 30),
    "half the resolution": lambda rng, p: coarse(p),
    "turned by a quarter": lambda rng, p: quarter(p),
    "turned by a half": lambda rng, p: p[::-1, ::-1],
    "the middle 80 %": lambda rng, p: grown(p, 0.8),
}


def close_ups(count, renderer):
    """`count` frames of one renderer: pixels uint8 [N,240,320,3], grades [N,6]."""
    items = [generator.sample(SEED, index, kind=renderer) for index in range(count)]
    return np.stack([item.pixels for item in items]), np.stack([item.grades for item in items])


def graded(running, decision, pixels, truth):
    """QWK per condition, how normal frames are called, and how many close-ups the gate refuses."""
    probabilities, severity, _, view = evaluate.predict(running, torch.from_numpy(np.ascontiguousarray(pixels)))
    guess = decision.grades_of(probabilities, severity)
    normal = truth.sum(1) == 0
    told = np.take_along_axis(probabilities, guess[..., None], 2)[..., 0] >= decision.abstain_below
    far = (np.abs(guess - truth) >= 2) & told
    return {
        "qwk": {name: weighted_kappa(truth[:, i], guess[:, i]) for i, name in enumerate(CONDITIONS)},
        "normal_called_all_normal": float((guess[normal].max(1) == 0).mean()) if normal.any() else None,
        "normal_told_two_or_more": float(((guess >= 2) & told)[normal].any(1).mean()) if normal.any() else None,
        "told": float(told.mean()),
        "told_two_off": float(far.sum() / max(told.sum(), 1)),
        "close_ups_refused": float((decision.view_of(view) != CLOSE_UP).mean()),
    }


def spoilt(running, decision, count=400):
    """Each kind of harm on held-out frames of the renderers that were trained on, and the held-out renderer."""
    trained = [name for name in generator.RENDERERS if name != generator.HELD_OUT]
    each = [close_ups(count // len(trained), name) for name in trained]
    pixels, truth = (np.concatenate(column) for column in zip(*each))
    rng = np.random.default_rng(SEED)
    table = {}
    for name, harm in SPOILT.items():
        table[name] = graded(running, decision, np.stack([harm(rng, frame) for frame in pixels]), truth)
    for name in generator.RENDERERS:
        table[f"renderer {name}"] = graded(running, decision, *close_ups(count, name))
    return table


def strangers(running, decision, count=80):
    """Share accepted as close-ups, per family; those never trained on are marked so."""
    found = {}
    for kind, module in (("other", negatives), ("from_afar", from_afar)):
        for family in module.FAMILIES:
            rngs = [np.random.default_rng((SEED, 7, index)) for index in range(count)]
            pixels = torch.from_numpy(np.stack([module.render(rng, family=family) for rng in rngs]))
            accepted = float((decision.view_of(evaluate.predict(running, pixels)[3]) == CLOSE_UP).mean())
            found[f"{kind}: {family}"] = {"accepted": accepted, "trained_on": family not in module.UNSEEN}
    unseen = [row["accepted"] for row in found.values() if not row["trained_on"]]
    return {"families": found, "unseen_accepted": float(np.mean(unseen)) if unseen else None}
