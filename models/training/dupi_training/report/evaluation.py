"""Evaluates a run or a stamped file on a split of a prepared table and writes the report."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx

from .. import evaluate as through_onnx
from ..calibrate import Decision
from ..contract import CONDITIONS, InputSpec
from ..fitting import checkpoint, loop, measuring, source as sources, training
from ..fitting.run import Run, Touched
from ..fitting.settings import Settings
from . import drawing, figures, page


class Subject:
    """What is evaluated: a run (with PyTorch) or a file (with ONNX Runtime)."""

    def __init__(self, path, options):
        self.path = Path(path)
        if self.path.is_dir():
            self.of_run(Run(self.path))
        else:
            self.of_file(options)

    def of_run(self, run):
        calibration = run.calibration
        self.settings, self.spec, self.head = run.settings, run.spec, run.head
        self.decision, self.factors = calibration.decision, (calibration.scales, calibration.view_scale)
        self.about, self.touched = run.record["training_data"], run.touched()
        self.identity = run.record["created"] + " " + run.record["arch"]
        module = run.module()
        device = loop.device_of(self.settings.device)
        self.measure = lambda photos: measuring.by_network(
            module, photos, self.settings.batch, self.settings.workers, device
        )

    def of_file(self, options):
        entries = {item.key: item.value for item in onnx.load(str(self.path)).metadata_props}
        if "scalp.contract" not in entries:
            raise ValueError(f"{self.path} carries no contract; `export` stamps one")
        stated, view = json.loads(entries["scalp.decision"]), json.loads(entries["scalp.calibration"])
        thresholds = stated.pop("view")
        given = json.loads(entries["scalp.input"])
        self.settings = Settings(protocol=options.protocol, condition=options.condition)
        self.spec = InputSpec(given["height"], given["width"], tuple(given["mean"]), tuple(given["std"]))
        self.head = "ensemble" if entries["scalp.arch"].startswith("mean of") else entries["scalp.head"]
        self.decision, self.factors = Decision(**stated, **thresholds), (view["conditions"], view["view"])
        self.about, self.touched = entries["scalp.training_data"], Touched(self.path.parent / "test-touched.json")
        self.identity = entries["scalp.weights_sha256"]
        session = through_onnx.session(self.path)
        self.measure = lambda photos: measuring.by_file(session, photos, 8, 0)


def evaluate(options, say):
    """Writes `index.html` and `numbers.json` into the folder `options.out`; returns the numbers."""
    subject = Subject(options.model, options)
    source = sources.load(options.data, subject.settings, options.root)
    photos = training.measuring_set(source, options.split, subject.settings, subject.spec)
    if not photos.rows:
        raise ValueError(f"{options.data} has no {options.split} photos")
    if options.split == "test":
        subject.touched.enter(digest(subject.path), subject.identity, source.digest, options.again)
    say(f"measuring {len(photos.rows)} photos of the {options.split} split")
    measured = subject.measure(photos)
    report = figures.of(measured, subject.decision, subject.factors, subject.head)
    report |= {
        "model": subject.path.name,
        "data": source.digest,
        "split": options.split,
        "training_data": subject.about,
        "again": options.again or "",
        "decision": subject.decision.metadata(),
    }
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    pictures = examples(photos, measured, subject.decision)
    (out / "index.html").write_text(page.page(report, pictures), encoding="utf-8")
    checkpoint.write_json(out / "numbers.json", report)
    say(
        f"mean QWK {report['mean_qwk']:.4f}, macro-F1 {report['mean_macro_f1']:.4f}, accuracy "
        f"{report['mean_accuracy']:.4f}; see {out / 'index.html'}"
    )
    return report


def digest(path):
    """Name of the file or run, and SHA-256 of the file or of the run's record."""
    content = path / "run.json" if path.is_dir() else path
    return f"{path.name} sha256:{hashlib.sha256(content.read_bytes()).hexdigest()[:16]}"


def examples(photos, measured, decision):
    """Per condition the pictures of the largest errors, with the condition's map."""
    found = {}
    for name, wrong in figures.by_error(measured, decision).items():
        index = CONDITIONS.index(name)
        found[name] = []
        for number, truth, said in wrong:
            frame = np.asarray(photos[0, number][0])
            address = drawing.with_map(frame, measured.cam[number, index])
            found[name].append((address, truth, said, photos.rows[number].name))
    return found
