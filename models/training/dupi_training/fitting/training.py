"""From a prepared table to a calibrated run."""

import random
from pathlib import Path

import numpy as np
import torch

from ..contract import CONDITIONS
from . import calibration, dataset, loop, measuring, source as sources
from .run import Calibration, Run, network
from .settings import as_text


def train(settings, data, folder, say, resume=False, tensorboard=False, root=None):
    """Trains, then calibrates on the validation photos; returns the run."""
    folder = Path(folder)
    if (folder / "run.json").exists() and not resume:
        raise ValueError(f"{folder} holds a run already; --resume goes on with it, or choose another --out")
    source = sources.load(data, settings, root)
    torch.manual_seed(settings.seed)
    np.random.seed(settings.seed)
    random.seed(settings.seed)
    model, spec = network(settings, fetch=not (folder / "checkpoint.pt").exists())
    run = Run(folder) if (folder / "run.json").exists() else Run.create(folder, record(settings, source), spec)
    if run.record["settings"] != checkpoint_form(settings) or run.record["table"] != source.digest:
        raise ValueError(
            f"{folder} was begun with other settings or another table; give the same ones, or another --out"
        )
    training, validation = sets(source, settings, spec)
    say(
        f"{len(training.rows)} photos and {training.generated} generated pictures to train on, "
        f"{len(validation.rows)} to validate"
    )
    fitting = loop.Loop(model, settings, training, validation, folder, say)
    fitting.board = loop.board(folder) if tensorboard else None
    if resume:
        fitting.resume()
    fitting.run()
    if fitting.board:
        fitting.board.close()
    run.keep(calibrated(run, validation, settings, say))
    return run


def checkpoint_form(settings):
    """As JSON gives it back."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in as_text(settings).items()}


def record(settings, source):
    taught = [CONDITIONS.index(settings.condition)] if settings.condition else range(len(CONDITIONS))
    return {
        "kind": "trained",
        "settings": checkpoint_form(settings),
        "conditions": [CONDITIONS[index] for index in taught],
        "table": source.digest,
        "training_data": source.about,
        "arch": f"{settings.arch}, {settings.head} head, one 1x1 convolution to the maps",
    }


def sets(source, settings, spec):
    """(training set, validation set), each with its generated pictures."""
    rows = source.rows("train")
    wanted = dataset.generated_for(len(rows), settings.negatives)
    training = dataset.Photos(source, rows, spec, settings.seed, wanted, settings)
    return training, measuring_set(source, "validation", settings, spec)


def measuring_set(source, split, settings, spec):
    """Photos as the service would see them. The test's generated pictures are of families never trained on."""
    rows = source.rows(split)
    wanted = min(dataset.MOST_GENERATED, dataset.generated_for(len(rows), settings.negatives))
    seed = dataset.TEST_SEED if split == "test" else dataset.VALIDATION_SEED
    return dataset.Photos(source, rows, spec, seed, wanted, unseen=split == "test")


def calibrated(run, validation, settings, say):
    """Temperatures, thresholds and limits from the validation photos."""
    say("calibrating on validation photos")
    module = run.module([1.0] * len(CONDITIONS), 1.0)
    raw = measuring.by_network(module, validation, settings.batch, settings.workers, loop.device_of(settings.device))
    scales, view_scale = calibration.fit(raw, run.head)
    measured = calibration.applied(raw, scales, view_scale, run.head)
    decision = calibration.decide(measured)
    guess = decision.grades_of(measured.probs, measured.severity)
    metrics = {
        "measured_on": "validation photos",
        "photos": len(validation.rows),
        "mean_qwk": round(measuring.kappa(measured, guess), 4),
        "qwk": {name: round(value, 4) for name, value in measuring.kappas(measured, guess).items()},
    }
    say(f"validation QWK {metrics['mean_qwk']:.4f}, temperatures {scales}, abstain below {decision.abstain_below}")
    return Calibration(scales, view_scale, decision, calibration.quality_limits(validation), metrics)
