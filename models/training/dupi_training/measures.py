"""Numbers that say how good grades are. Accuracy alone misleads on skewed grades."""

import numpy as np

from .contract import GRADES


def confusion(truth, guess):
    table = np.zeros((GRADES, GRADES))
    np.add.at(table, (truth, guess), 1)
    return table


def weighted_kappa(truth, guess):
    """Quadratic weighted kappa; 1 is agreement, 0 is chance."""
    table = confusion(truth, guess)
    steps = np.arange(GRADES)
    weight = (steps[:, None] - steps[None]) ** 2
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    return float(1 - (weight * table).sum() / max((weight * expected).sum(), 1e-9))


def macro_f1(truth, guess):
    table = confusion(truth, guess)
    hits = np.diag(table)
    return float(np.mean(2 * hits / np.maximum(table.sum(0) + table.sum(1), 1e-9)))


def calibration_error(probabilities, truth, bins=10):
    """Expected calibration error of the most likely grade."""
    confidence, right = probabilities.max(1), probabilities.argmax(1) == truth
    error = 0.0
    for low in np.linspace(0, 1, bins, endpoint=False):
        inside = (confidence > low) & (confidence <= low + 1 / bins)
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return float(error)


def expected_round(severity):
    """Grade by rounding the expected grade half up, as the service does."""
    return np.clip(np.floor(severity + 0.5).astype(np.int64), 0, GRADES - 1)
