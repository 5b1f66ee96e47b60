"""Calibration of a trained network on validation photos: temperatures, abstention, view and quality thresholds.

Works from probabilities alone, so that it can be undone again to show what it changed.
"""

import numpy as np

from .. import calibrate, quality
from ..contract import CONDITIONS
from . import dataset as pictures

# How probabilities change with a temperature: through the thresholds' logits, or through the classes' logarithms.
KINDS = {"coral": "thresholds", "softmax": "classes", "ensemble": "classes"}
LEAST = 1e-7
SCALES = np.geomspace(0.25, 4.0, 81)


def rescaled(probs, scales, kind):
    """Probabilities [N,6,4] with logits multiplied by `scales` [6]; multiplying by the inverse undoes it."""
    scales = np.asarray(scales, float)
    if kind == "classes":
        return softmax(np.log(np.maximum(probs, LEAST)) * scales[None, :, None])
    over = np.clip(np.cumsum(probs[:, :, :0:-1], 2)[:, :, ::-1], LEAST, 1 - LEAST).astype(float)
    over = 1 / (1 + np.exp(-np.log(over / (1 - over)) * scales[None, :, None]))
    edges = np.concatenate([np.ones_like(over[:, :, :1]), over, np.zeros_like(over[:, :, :1])], 2)
    return np.maximum(edges[:, :, :-1] - edges[:, :, 1:], 0)


def softmax(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def likelihood(probs, truth):
    """Mean negative logarithm of what was given to the truth."""
    return float(-np.log(np.maximum(probs[np.arange(len(truth)), truth], LEAST)).mean())


def fit(measured, head):
    """Factors per condition and for the view; 1 where nothing is known."""
    scales = [1.0] * len(CONDITIONS)
    for index in measured.conditions:
        known = measured.grades[:, index] >= 0
        probs, truth = measured.probs[known], measured.grades[known, index]

        def worth(scale):
            return likelihood(rescaled(probs[:, index : index + 1], [scale], KINDS[head])[:, 0], truth)

        scales[index] = round(float(min(SCALES, key=worth)), 4)
    view_scale = 1.0
    if len(set(measured.views)) > 1:
        logs = np.log(np.maximum(measured.view, LEAST))
        view_scale = round(float(min(SCALES, key=lambda scale: likelihood(softmax(logs * scale), measured.views))), 4)
    return scales, view_scale


def applied(measured, scales, view_scale, head):
    """The set as the calibrated network would say it."""
    probs = rescaled(measured.probs, scales, KINDS[head])
    view = softmax(np.log(np.maximum(measured.view, LEAST)) * view_scale)
    kept = vars(measured) | {"probs": probs, "severity": probs @ np.arange(4), "view": view}
    return type(measured)(**kept)


def decide(measured):
    """Rule and thresholds, from the conditions that are known."""
    return calibrate.decide(
        measured.probs, measured.severity, measured.view, measured.views, measured.grades, measured.conditions
    )


def quality_limits(photos, count=60):
    """Limits on a photo itself, from the first validation photos in an order by name.

    The blur limits come from how sharp these photos are and how they look when blurred.
    """
    rows = sorted(photos.rows, key=lambda graded: graded.name)[:count]
    frames = [np.asarray(pictures.opened(photos.source.read(row), row.name).convert("RGB")) for row in rows]
    return quality.thresholds(frames=frames)[0]
