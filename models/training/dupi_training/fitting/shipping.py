"""From a calibrated run to a checked ONNX file, and what its precision costs."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .. import evaluate, export, preprocess
from ..contract import CONDITIONS
from . import dataset, measuring, precision, source as sources

PRECISIONS = ("fp32", "fp16", "int8")
# How far an output may be from PyTorch's on the self-test's noise, and on photos in the mean of the severities.
APART = {"fp32": 1e-3, "fp16": 0.05, "int8": None}
APART_IN_THE_MEAN = {"fp32": 1e-3, "fp16": 0.01, "int8": 0.15}
# Kernels of other processors round otherwise.
TOLERANCE = {"fp32": 0.01, "fp16": 0.03, "int8": 0.1}
CALIBRATION_PHOTOS = 160
INTENDED_USE = (
    "Grading contact-microscope frames of scalps like those it was trained on, for information and care advice. "
    "Not a medical "
    "device, not for diagnosis, not for triage; phone photos of a crown or hairline are out of its domain."
)


@dataclass
class Request:
    """What `export` is asked for. `photos` is how many validation photos compare PyTorch with the file."""

    out: Path
    precision: str = "fp32"
    model_id: str = "dupi-operator"
    version: str = ""
    data: str = ""
    root: str = ""
    photos: int = 2000
    limit: float = 0.0


def ship(run, request, say):
    """Writes, stamps and checks the file; returns what was measured."""
    if len(run.conditions) < len(CONDITIONS):
        taught = ", ".join(CONDITIONS[index] for index in run.conditions)
        raise ValueError(f"{run.folder} grades only {taught}; a file needs all six: join six such runs with `ensemble`")
    calibration, module = run.calibration, run.module().cpu()
    photos = validation_photos(run, request)
    out = Path(request.out)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        export.write(module, plain, run.spec)
        if request.precision == "fp16":
            precision.to_fp16(plain, out)
        elif request.precision == "int8":
            precision.to_int8(plain, out, calibration_batches(photos))
        else:
            out.write_bytes(plain.read_bytes())
    wanted = measuring.by_network(module, photos, 8, 0, torch.device("cpu"))
    got = measuring.by_file(evaluate.session(out), photos, 8, 0)
    seen = compared(wanted, got, calibration.decision)
    metrics = calibration.metrics | {"this_file": {"mean_qwk": round(seen["qwk"], 4), "photos": len(photos.rows)}}
    facts = facts_of(run, request, metrics)
    export.stamp(
        out, calibration.decision, calibration.scales, calibration.view_scale, calibration.quality, facts, run.spec
    )
    apart = request.limit or APART[request.precision]
    seen |= export.check(out, module, None, run.spec, float("inf") if apart is None else apart)
    told(seen, request.precision, out, say)
    most = APART_IN_THE_MEAN[request.precision]
    if seen["mean_difference"] > most and not request.limit:
        out.unlink()
        raise ValueError(
            f"{request.precision} moves severities by {seen['mean_difference']:.3f} in the mean, more than "
            f"{most}; the file was removed"
        )
    return seen


def validation_photos(run, request):
    """A fixed choice of the validation photos of the table that the run was trained on."""
    if not request.data:
        raise ValueError("`export RUN` needs --data PREPARED: files are compared with PyTorch on validation photos")
    source = sources.load(request.data, run.settings, request.root or None)
    rows = source.rows("validation")
    chosen = np.random.default_rng(1).permutation(len(rows))[: request.photos]
    return dataset.Photos(source, [rows[index] for index in sorted(chosen)], run.spec, dataset.VALIDATION_SEED)


def calibration_batches(photos, size=8):
    """Normalised frames from which int8 learns its ranges."""
    numbers = np.linspace(0, len(photos.rows) - 1, min(CALIBRATION_PHOTOS, len(photos.rows))).astype(int)
    for at in range(0, len(numbers), size):
        frames = torch.stack([photos[0, int(number)][0] for number in numbers[at : at + size]])
        yield preprocess.normalise(frames, photos.spec).numpy()


def compared(wanted, got, decision):
    """Differences between PyTorch and the file on photos."""
    pairs = [(wanted.probs, got.probs), (wanted.severity, got.severity), (wanted.view, got.view)]
    guesses = [decision.grades_of(part.probs, part.severity) for part in (wanted, got)]
    return {
        "photo_difference": max(float(np.abs(one - other).max()) for one, other in pairs),
        "mean_difference": float(np.abs(wanted.severity - got.severity).mean()),
        "same_grades": float((guesses[0] == guesses[1]).mean()),
        "qwk_torch": measuring.kappa(wanted, guesses[0]),
        "qwk": measuring.kappa(got, guesses[1]),
    }


def facts_of(run, request, metrics):
    record = run.record
    more = {"scalp.gate": "enforce" if run.knows_views else "advisory"}
    if record.get("commit"):
        more["scalp.commit"] = record["commit"]
    return {
        "model_id": request.model_id,
        "model_version": request.version or record["created"][:10].replace("-", "."),
        "head": "coral" if run.head == "coral" else "softmax",
        "training_data": record["training_data"],
        "synthetic_only": "false",
        "intended_use": INTENDED_USE,
        "arch": record["arch"],
        "metrics": metrics,
        "precision": request.precision,
        "tolerance": TOLERANCE[request.precision],
        "licence": "as the operator decides; the dataset may not be redistributed",
        "more": more,
    }


def told(seen, kind, out, say):
    say(
        f"{out}: {seen['bytes'] / 1e6:.2f} MB, {kind}. PyTorch and ONNX Runtime differ by at most "
        f"{seen['torch_difference']:.2e} on noise "
        f"and {seen['photo_difference']:.2e} on photos; {seen['same_grades']:.1%} of the grades are the same"
    )
    say(
        f"QWK on validation photos: {seen['qwk_torch']:.4f} in PyTorch, {seen['qwk']:.4f} in this file, {kind} "
        f"costs {seen['qwk_torch'] - seen['qwk']:+.4f}"
    )
