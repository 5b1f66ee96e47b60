"""Temperatures and thresholds, chosen on validation pictures only."""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch.nn import functional

from . import preprocess
from .contract import VIEWS
from .generator import CLOSE_UP
from .measures import expected_round, weighted_kappa


@torch.no_grad()
def logits(model, pixels, batch=64):
    """All logits of a set, as (over [N,6,3], view [N,3])."""
    pairs = [model(preprocess.normalise(pixels[at : at + batch])) for at in range(0, len(pixels), batch)]
    return torch.cat([pair[0] for pair in pairs]), torch.cat([pair[1] for pair in pairs])


def temperatures(model, over, views, grades):
    """The factor per condition that makes the ordinal likelihood best."""
    close = torch.from_numpy(views == CLOSE_UP)
    target = (torch.from_numpy(grades)[:, :, None] > torch.arange(3)).float()[close]
    found = []
    for index in range(6):
        losses = {
            float(scale): float(functional.binary_cross_entropy_with_logits(over[close][:, index] * scale, target[:, index]))
            for scale in np.geomspace(0.4, 2.5, 45)
        }
        found.append(round(min(losses, key=losses.get), 4))
    return found


def view_temperature(view, views):
    target = torch.from_numpy(views)
    losses = {float(s): float(functional.cross_entropy(view * s, target)) for s in np.geomspace(0.3, 2.0, 45)}
    return round(min(losses, key=losses.get), 4)


@dataclass
class Decision:
    """How grades and views are read from the probabilities."""

    rule: str
    abstain_below: float
    close_up_min: float
    other_min: float

    def metadata(self):
        fields = asdict(self)
        view = {"close_up_min": fields.pop("close_up_min"), "other_min": fields.pop("other_min")}
        return fields | {"view": view}

    def view_of(self, probabilities):
        """Index into VIEWS for each row: close-up if sure enough, else other if sure enough, else from afar."""
        close, other = probabilities[:, 0], probabilities[:, 2]
        return np.where(close >= self.close_up_min, 0, np.where(other >= self.other_min, 2, 1))

    def grades_of(self, probabilities, severity):
        return expected_round(severity) if self.rule == "expected-round" else probabilities.argmax(2)


def decide(probabilities, severity, view, views, grades, conditions=range(6)):
    """Thresholds from validation, for the `conditions` (indices) whose grades are known in every close-up.

    The rule is the one with the better mean kappa. A grade is withheld below the lowest confidence at
    which kept grades are wrong in at most one of eight cases, but never more than 12 % are withheld.
    A close-up is accepted from the lowest probability that lets in one stranger in a hundred, but refuses at most one
    true close-up in fifty: a camera never seen is less sure of its close-ups, and they must not be sent away.
    """
    close = views == CLOSE_UP
    kappa = lambda guess: np.mean([weighted_kappa(grades[close][:, i], guess[close][:, i]) for i in conditions])
    rounded, likely = expected_round(severity), probabilities.argmax(2)
    rule = "expected-round" if kappa(rounded) >= kappa(likely) else "argmax"
    guess = rounded if rule == "expected-round" else likely
    confidence = probabilities.max(2)[close][:, conditions].ravel()
    wrong = (guess != grades)[close][:, conditions].ravel()
    abstain = 0.0
    for candidate in np.arange(0.30, 0.80, 0.01):
        kept = confidence >= candidate
        if kept.mean() < 0.88:
            break
        abstain = float(candidate)
        if wrong[kept].mean() <= 0.125:
            break
    few_refused = np.quantile(view[close, 0], 0.02)
    few_let_in = np.quantile(view[~close, 0], 0.99) if (~close).any() else few_refused
    close_up_min = float(np.clip(min(few_refused, few_let_in), 0.5, 0.95))
    rest = ~close & (view[:, 0] < close_up_min)
    afar = views[rest] == VIEWS.index("from_afar")
    best, other_min = -1.0, 0.5
    for candidate in np.arange(0.20, 0.81, 0.05):
        called = view[rest, 2] >= candidate
        score = (called[~afar].mean() if (~afar).any() else 0) + ((~called[afar]).mean() if afar.any() else 0)
        if score > best + 1e-9:
            best, other_min = score, float(candidate)
    return Decision(rule, round(abstain, 2), round(close_up_min, 3), round(other_min, 2))
