"""Measures an exported file through ONNX Runtime on pictures that nothing was trained or chosen on."""

import numpy as np
import onnxruntime

from . import data, preprocess
from .contract import CONDITIONS
from .generator import CLOSE_UP, FROM_AFAR, OTHER
from .measures import calibration_error, macro_f1, weighted_kappa


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def predict(running, pixels, batch=32):
    """probs [N,6,4], severity [N,6], cam [N,6,h,w], view [N,3] for uint8 frames [N,240,320,3]."""
    parts = []
    for at in range(0, len(pixels), batch):
        image = np.ascontiguousarray(preprocess.normalise(pixels[at : at + batch]).numpy())
        parts.append(running.run(["probs", "severity", "cam", "view"], {"image": image}))
    return [np.concatenate(column) for column in zip(*parts)]


def measure(path, decision, count=2400):
    """A dictionary of numbers for the model card."""
    running = session(path)
    held = data.fixed(data.TEST_SEED, count)
    probabilities, severity, _, view = predict(running, held.pixels)
    close = held.views == CLOSE_UP
    guess = decision.grades_of(probabilities, severity)
    report = {"pictures": count, "close_ups": int(close.sum()), "conditions": {}}
    for index, name in enumerate(CONDITIONS):
        truth, said = held.grades[close, index], guess[close, index]
        chances = probabilities[close, index]
        kept = chances.max(1) >= decision.abstain_below
        report["conditions"][name] = {
            "qwk": weighted_kappa(truth, said),
            "macro_f1": macro_f1(truth, said),
            "accuracy": float((truth == said).mean()),
            "majority": float(np.bincount(truth, minlength=4).max() / len(truth)),
            "mae": float(np.abs(truth - severity[close, index]).mean()),
            "ece": calibration_error(chances, truth),
            "two_off": float((np.abs(truth - said) >= 2).mean()),
            "withheld": float(1 - kept.mean()),
            "accuracy_kept": float((truth == said)[kept].mean()),
        }
    report["mean_qwk"] = float(np.mean([numbers["qwk"] for numbers in report["conditions"].values()]))
    normal = close & (held.grades.sum(1) == 0)
    report["normal_frames"] = int(normal.sum())
    report["normal_called_all_normal"] = float((guess[normal].max(1) == 0).mean())
    report["normal_called_two_or_more"] = float((guess[normal].max(1) >= 2).mean())
    called = decision.view_of(view)
    report["gate"] = {
        "close_ups_refused": float((called[close] != CLOSE_UP).mean()),
        "afar_accepted": float((called[held.views == FROM_AFAR] == CLOSE_UP).mean()),
        "afar_recognised": float((called[held.views == FROM_AFAR] == FROM_AFAR).mean()),
        "others_accepted": float((called[held.views == OTHER] == CLOSE_UP).mean()),
    }
    report["heat_map_on_the_right_half"] = right_half(running, held, guess)
    return report


def right_half(running, held, guess, limit=60):
    """Half a sick frame beside half a normal one: how often is the sick half the warmer one?"""
    import torch

    close = held.views == CLOSE_UP
    normal = np.flatnonzero(close & (held.grades.sum(1) == 0))
    shares = {}
    for index, name in enumerate(CONDITIONS):
        sick = np.flatnonzero(close & (held.grades[:, index] == 3) & (guess[:, index] >= 2))[:limit]
        if not len(sick) or not len(normal):
            continue
        frames = held.pixels[sick].clone()
        other = held.pixels[normal[np.arange(len(sick)) % len(normal)]]
        frames[:, :, 160:] = other[:, :, 160:]
        heat = predict(running, frames)[2][:, index]
        middle = heat.shape[2] // 2
        shares[name] = float((heat[:, :, :middle].mean((1, 2)) > heat[:, :, middle:].mean((1, 2))).mean())
    return shares
