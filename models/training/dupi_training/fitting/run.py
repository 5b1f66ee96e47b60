"""A run: a folder with everything one training left behind, and what can be done with it.

run.json           settings, input, table, when, which commit
checkpoint.pt      to go on after an interruption
best.pt            weights of the best epoch
log.csv            a line per epoch
calibration.json   temperatures, thresholds, what validation said
members/           the runs of an ensemble, copied
test-touched.json  when the test split was looked at, and why again
"""

import datetime
import subprocess
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from .. import architectures, export
from ..calibrate import Decision
from ..contract import CONDITIONS, InputSpec
from ..grader import ScalpGrader
from . import checkpoint, settings as choices

# Logit of the close-up where the view was never taught.
CERTAIN = 8.0


def now():
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def commit():
    """The commit of this project's checkout, or "" where git or a checkout is not there."""
    try:
        told = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def network(settings, fetch=True):
    """(grader, InputSpec) of random or pretrained weights; `fetch=False` leaves pretrained weights alone."""
    (width, height), inside = choices.sizes(settings)
    pretrained = settings.pretrained if fetch else ""
    built = architectures.build(settings.arch, inside[1], inside[0], pretrained or None, settings.drop_path)
    backbone = (
        built.backbone if inside == (width, height) else architectures.Squashed(built.backbone, inside[1], inside[0])
    )
    model = ScalpGrader(backbone, settings.head)
    if not settings.negatives:
        only_close_ups(model)
    return model, InputSpec(height, width, built.mean, built.std)


@torch.no_grad()
def only_close_ups(model):
    """A view head that was shown nothing but close-ups must not pretend to know: it always says close-up."""
    last = model.view[-1]
    nn.init.zeros_(last.weight)
    last.bias.copy_(torch.tensor([CERTAIN, 0.0, 0.0]))


@dataclass
class Calibration:
    """What validation settled. `metrics` are numbers about the validation set."""

    scales: list
    view_scale: float
    decision: Decision
    quality: dict
    metrics: dict

    def as_text(self):
        return vars(self) | {"decision": self.decision.metadata()}

    @classmethod
    def from_text(cls, entries):
        stated = dict(entries["decision"])
        view = stated.pop("view")
        return cls(**(entries | {"decision": Decision(**stated, **view)}))


class Run:
    """A folder with `run.json`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        try:
            self.record = checkpoint.read_json(self.folder / "run.json")
        except FileNotFoundError:
            raise ValueError(f"{folder} is not a run: run.json is missing; `train` or `ensemble` makes one") from None
        stated = self.record["input"]
        self.spec = InputSpec(stated["height"], stated["width"], tuple(stated["mean"]), tuple(stated["std"]))

    @classmethod
    def create(cls, folder, record, spec):
        """A new run's folder and record."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        entries = {"created": now(), "commit": commit(), "input": spec.metadata()} | record
        checkpoint.write_json(folder / "run.json", entries)
        return cls(folder)

    @property
    def is_ensemble(self):
        return self.record["kind"] == "ensemble"

    @property
    def settings(self):
        """Of a trained run; an ensemble has those of its first member."""
        return self.members[0].settings if self.is_ensemble else choices.from_text(self.record["settings"])

    @property
    def members(self):
        return [Run(self.folder / "members" / str(number)) for number in range(self.record["members"])]

    @property
    def conditions(self):
        """Indices of the conditions that it was taught."""
        return [CONDITIONS.index(name) for name in self.record["conditions"]]

    @property
    def head(self):
        """As in the contract: what kind of probabilities come out."""
        if self.is_ensemble:
            return "ensemble"
        return "coral" if self.settings.head == "cumulative" else "softmax"

    @property
    def knows_views(self):
        return any(member.knows_views for member in self.members) if self.is_ensemble else self.settings.negatives > 0

    @property
    def calibration(self):
        path = self.folder / "calibration.json"
        if not path.exists():
            raise ValueError(f"{self.folder} is not calibrated: its training did not end; go on with `train --resume`")
        return Calibration.from_text(checkpoint.read_json(path))

    def keep(self, calibration):
        checkpoint.write_json(self.folder / "calibration.json", calibration.as_text())

    def module(self, scales=None, view_scale=None):
        """The module (probs, severity, cam, view) that ships; calibrated unless factors are given."""
        if scales is None:
            calibration = self.calibration
            scales, view_scale = calibration.scales, calibration.view_scale
        if self.is_ensemble:
            from .ensemble import Ensemble

            return Ensemble(self.members, scales, view_scale).eval()
        model, _ = network(self.settings, fetch=False)
        model.load_state_dict(checkpoint.read(self.folder / "best.pt"))
        return export.shipping(model, scales, view_scale)

    def touched(self):
        return Touched(self.folder / "test-touched.json")


class Touched:
    """The record of who looked at the test split. Looking twice, with choices in between, spoils it."""

    def __init__(self, path):
        self.path = Path(path)

    def entries(self):
        return checkpoint.read_json(self.path) if self.path.exists() else []

    def enter(self, file, model, digest, again):
        """Refuses a second look without a reason; `digest` is the table's, `model` tells models in one folder apart."""
        entries = self.entries()
        before = [entry for entry in entries if entry["model"] == model and entry["table"] == digest]
        if before and not again:
            raise ValueError(
                f"the test split was used on {before[-1]['when']} with {before[-1]['file']}: a second look after "
                f"changes is no test "
                "any more; use --split validation, or --again REASON, which is recorded"
            )
        entries.append({"when": now(), "file": str(file), "model": model, "table": digest, "again": again or ""})
        checkpoint.write_json(self.path, entries)
