"""What training punishes.

CORN is left out: it needs conditional logits P(grade > k | grade > k - 1), another head and another graph to ship; the
cumulative head with ordered thresholds gives consistent probabilities already.
"""

import numpy as np
import torch
from torch.nn import functional

from ..contract import CONDITIONS, GRADES

DRY, OILY = CONDITIONS.index("fine_scaling"), CONDITIONS.index("excess_sebum")
MOST_WEIGHT = {"root": 5.0, "balanced": 10.0}


def class_weights(grades, how):
    """Weights [6,4] from the training grades [N,6] (-1 unknown), one in the mean over photos."""
    weights = np.ones((len(CONDITIONS), GRADES), np.float32)
    for index in range(len(CONDITIONS)):
        known = grades[grades[:, index] >= 0, index]
        if how == "none" or not len(known):
            continue
        counts = np.bincount(known, minlength=GRADES)
        inverse = len(known) / (GRADES * np.maximum(counts, 1))
        weight = np.minimum(np.sqrt(inverse) if how == "root" else inverse, MOST_WEIGHT[how])
        weights[index] = weight / (weight * counts).sum() * len(known)
    return torch.from_numpy(weights)


def grade_loss(logits, grades, weights, focal=0.0, smoothing=0.0):
    """Mean over known grades. Logits [N,6,3] are of P(grade > k), [N,6,4] of each grade; grades [N,6], -1 unknown.

    Cumulative: binary cross entropy over the thresholds, so an error of two grades costs through two of them.
    """
    known = (grades >= 0).float()
    said = grades.clamp(min=0)
    if logits.shape[2] == GRADES - 1:
        target = (said[:, :, None] > torch.arange(GRADES - 1, device=logits.device)).float()
        each = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        if focal:
            each = each * (1 - torch.exp(-each)) ** focal
        each = each.sum(2)
    else:
        each = functional.cross_entropy(logits.transpose(1, 2), said, reduction="none", label_smoothing=smoothing)
        if focal:
            chance = torch.softmax(logits, 2).gather(2, said[:, :, None])[:, :, 0]
            each = each * (1 - chance) ** focal
    weight = known * weights[torch.arange(len(CONDITIONS), device=logits.device), said]
    return (each * weight).sum() / weight.sum().clamp(min=1e-6)


def present(logits):
    """P(grade >= 1), [N,6], of either head."""
    return torch.sigmoid(logits[:, :, 0]) if logits.shape[2] == GRADES - 1 else 1 - torch.softmax(logits, 2)[:, :, 0]


def dry_oily_loss(logits, grades):
    """P(scaling >= 1) P(sebum >= 1) in the mean of the photos whose label does not say both."""
    dry, oily = grades[:, DRY], grades[:, OILY]
    counted = ((dry >= 0) & (oily >= 0) & ~((dry >= 1) & (oily >= 1))).float()
    chance = present(logits)
    return (chance[:, DRY] * chance[:, OILY] * counted).sum() / counted.sum().clamp(min=1.0)


def total(outputs, views, grades, weights, settings):
    """(what is minimised, the grade loss alone). Grades are learnt from close-ups, views from every picture."""
    logits, view = outputs[0].float(), outputs[1].float()
    graded = grade_loss(logits, grades, weights, settings.focal, settings.smoothing)
    loss = graded
    if settings.dry_oily:
        loss = loss + settings.dry_oily * dry_oily_loss(logits, grades)
    if settings.negatives:
        loss = loss + settings.view_weight * functional.cross_entropy(view, views, label_smoothing=0.01)
    return loss, graded.detach()
