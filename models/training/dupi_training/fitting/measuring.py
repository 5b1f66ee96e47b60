"""Probabilities of a whole set, from a network in PyTorch or from an ONNX file, and what is read from them."""

from dataclasses import dataclass

import numpy as np
import torch

from .. import preprocess
from ..contract import CONDITIONS
from ..measures import expected_round, weighted_kappa
from . import dataset as pictures


@dataclass
class Measured:
    """Outputs and truth of a set: probs [N,6,4], severity [N,6], view [N,3], cam [N,6,h,w], views [N], grades [N,6]."""

    probs: np.ndarray
    severity: np.ndarray
    view: np.ndarray
    cam: np.ndarray
    views: np.ndarray
    grades: np.ndarray

    @property
    def conditions(self):
        """Indices of the conditions that the truth knows."""
        return [index for index in range(len(CONDITIONS)) if (self.grades[:, index] >= 0).any()]


@torch.no_grad()
def by_network(module, photos, batch, workers, device, bar=None):
    """With a module that gives (probs, severity, cam, view)."""
    module = module.to(device).eval()

    def run(pixels):
        return [part.float().cpu().numpy() for part in module(preprocess.normalise(pixels.to(device), photos.spec))]

    return collected(run, photos, batch, workers, bar)


def by_file(session, photos, batch, workers, bar=None):
    """With an ONNX Runtime session."""

    def run(pixels):
        image = np.ascontiguousarray(preprocess.normalise(pixels, photos.spec).numpy())
        return session.run(["probs", "severity", "cam", "view"], {"image": image})

    return collected(run, photos, batch, workers, bar)


def collected(run, photos, batch, workers, bar):
    parts = []
    batches = pictures.loader(photos, pictures.in_order(photos, batch), workers)
    for pixels, *_ in bar(batches) if bar else batches:
        parts.append(run(pixels))
    probs, severity, cam, view = (np.concatenate(column) for column in zip(*parts))
    return Measured(probs, severity, view, cam.astype(np.float16), photos.views(), photos.all_grades())


def kappa(measured, guess=None):
    """Mean QWK of the known conditions over graded photos."""
    guess = expected_round(measured.severity) if guess is None else guess
    return float(np.mean(list(kappas(measured, guess).values())))


def kappas(measured, guess):
    """QWK per condition id."""
    found = {}
    for index in measured.conditions:
        known = measured.grades[:, index] >= 0
        found[CONDITIONS[index]] = weighted_kappa(measured.grades[known, index], guess[known, index])
    return found
