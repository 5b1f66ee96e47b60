"""Numbers of an evaluation, from probabilities and truth."""

import numpy as np

from ..contract import CONDITIONS, VIEWS
from ..fitting import calibration
from ..measures import calibration_error, confusion, macro_f1, weighted_kappa


def of(measured, decision, calibrated, head):
    """All numbers, for JSON. `calibrated` is (factors per condition, factor of the view) as baked into the model."""
    guess = decision.grades_of(measured.probs, measured.severity)
    raw = calibration.rescaled(measured.probs, 1 / np.asarray(calibrated[0]), calibration.KINDS[head])
    report = {"conditions": {}, "view": views(measured, decision)}
    for index in measured.conditions:
        known = measured.grades[:, index] >= 0
        report["conditions"][CONDITIONS[index]] = condition(
            measured.grades[known, index],
            guess[known, index],
            measured.probs[known, index],
            raw[known, index],
            measured.severity[known, index],
            decision.abstain_below,
        )
    for name in (
        "accuracy",
        "macro_f1",
        "qwk",
        "mae",
        "ece",
        "ece_before_calibration",
        "majority",
        "two_off",
        "withheld",
    ):
        report[f"mean_{name}"] = float(np.mean([numbers[name] for numbers in report["conditions"].values()]))
    report["photos"] = int((measured.views == 0).sum())
    return report


def condition(truth, guess, probs, raw, severity, abstain_below):
    """Numbers of one condition. Confidence is the probability of the grade that is shown, as in the service."""
    confidence = probs[np.arange(len(guess)), guess]
    kept = confidence >= abstain_below
    right = truth == guess
    coverage, risk = risk_coverage(confidence, right)
    return {
        "photos": len(truth),
        "accuracy": float(right.mean()),
        "majority": float(np.bincount(truth, minlength=4).max() / len(truth)),
        "macro_f1": macro_f1(truth, guess),
        "qwk": weighted_kappa(truth, guess),
        "mae": float(np.abs(truth - severity).mean()),
        "two_off": float((np.abs(truth - guess) >= 2).mean()),
        "ece": calibration_error(probs, truth),
        "ece_before_calibration": calibration_error(raw, truth),
        "withheld": float(1 - kept.mean()),
        "accuracy_kept": float(right[kept].mean()) if kept.any() else None,
        "confusion": confusion(truth, guess).astype(int).tolist(),
        "risk_coverage": {"coverage": coverage, "risk": risk, "area": float(np.mean(risk))},
    }


def risk_coverage(confidence, right, points=50):
    """Share of wrong grades among the surest: (coverage, risk) at up to `points` coverages, ending at all."""
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    at = np.unique(np.linspace(1, len(order), min(points, len(order))).round().astype(int))
    return (at / len(order)).tolist(), wrong[at - 1].tolist()


def views(measured, decision):
    """How each view is taken; pictures that are no close-ups are generated, so this says little of real ones."""
    called = decision.view_of(measured.view)
    table = np.zeros((3, 3), int)
    np.add.at(table, (measured.views, called), 1)
    return {"classes": list(VIEWS), "table": table.tolist()}


def by_error(measured, decision, each=4):
    """Per condition the numbers of the photos with the largest errors: [(number, truth, said)], surest first."""
    guess = decision.grades_of(measured.probs, measured.severity)
    found = {}
    for index in measured.conditions:
        known = np.flatnonzero(measured.grades[:, index] >= 0)
        truth, said = measured.grades[known, index], guess[known, index]
        sure = measured.probs[known, index, said]
        order = np.lexsort((-sure, -np.abs(truth - said)))
        wrong = [at for at in order if truth[at] != said[at]][:each]
        found[CONDITIONS[index]] = [(int(known[at]), int(truth[at]), int(said[at])) for at in wrong]
    return found
