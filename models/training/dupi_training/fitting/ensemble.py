"""Several trained runs as one graph: probabilities and maps are averaged, each condition over the runs taught it."""

import shutil
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from ..contract import CONDITIONS
from .run import Run


class Ensemble(nn.Module):
    """Members calibrated by themselves; the mean is calibrated once more, with powers of the probabilities.

    The input and the grid of maps are the first member's. Another member's input size and normalisation are made
    inside the graph.
    """

    def __init__(self, runs, scales, view_scale):
        super().__init__()
        self.members = nn.ModuleList(run.module() for run in runs)
        first = runs[0].spec
        self.sizes = [
            None
            if (run.spec.height, run.spec.width) == (first.height, first.width)
            else (run.spec.height, run.spec.width)
            for run in runs
        ]
        self.recoloured = []
        for number, run in enumerate(runs):
            gain = torch.tensor(first.std) / torch.tensor(run.spec.std)
            shift = (torch.tensor(first.mean) - torch.tensor(run.spec.mean)) / torch.tensor(run.spec.std)
            self.register_buffer(f"gain_{number}", gain.view(1, 3, 1, 1))
            self.register_buffer(f"shift_{number}", shift.view(1, 3, 1, 1))
            self.recoloured.append((run.spec.mean, run.spec.std) != (first.mean, first.std))
        taught = torch.zeros(len(runs), len(CONDITIONS))
        for number, run in enumerate(runs):
            taught[number, run.conditions] = 1
        self.register_buffer("taught", (taught / taught.sum(0)).view(len(runs), 1, len(CONDITIONS), 1))
        views = torch.tensor([float(run.knows_views) for run in runs])
        self.view_weights = (views / views.sum() if views.sum() else torch.full((len(runs),), 1 / len(runs))).tolist()
        self.register_buffer("scale", torch.as_tensor(scales, dtype=torch.float32).view(1, -1, 1))
        self.view_scale = float(view_scale)

    def forward(self, image):
        probs, cam, view, grid = 0, 0, 0, None
        for number, member in enumerate(self.members):
            seen = image
            if self.recoloured[number]:
                seen = seen * getattr(self, f"gain_{number}") + getattr(self, f"shift_{number}")
            if self.sizes[number]:
                seen = functional.interpolate(seen, self.sizes[number], mode="bilinear", align_corners=False)
            chances, _, maps, views = member(seen)
            grid = grid or tuple(maps.shape[2:])
            if tuple(maps.shape[2:]) != grid:
                maps = functional.interpolate(maps, grid, mode="bilinear", align_corners=False)
            weight = self.taught[number]
            probs = probs + chances * weight
            cam = cam + maps * weight.unsqueeze(3)
            view = view + views * self.view_weights[number]
        probs = torch.softmax(torch.log(probs.clamp(min=1e-7)) * self.scale, 2)
        severity = probs[:, :, 1] + 2 * probs[:, :, 2] + 3 * probs[:, :, 3]
        view = torch.softmax(torch.log(view.clamp(min=1e-7)) * self.view_scale, 1)
        return probs, severity, cam, view


def create(folders, out):
    """A run of kind `ensemble` in `out`, not calibrated yet; members are copied, so that it stands alone."""
    runs = [Run(folder) for folder in folders]
    if len(runs) < 2:
        raise ValueError("an ensemble needs at least two runs")
    known = {index for run in runs for index in run.conditions}
    missing = [name for index, name in enumerate(CONDITIONS) if index not in known]
    if missing:
        raise ValueError(f"no run of the ensemble was taught {', '.join(missing)}; every condition needs one")
    for run in runs:
        if run.is_ensemble:
            raise ValueError(f"{run.folder} is an ensemble itself; name its members instead")
    members = Path(out) / "members"
    for number, run in enumerate(runs):
        place = members / str(number)
        place.mkdir(parents=True, exist_ok=True)
        for name in ("run.json", "best.pt", "calibration.json"):
            if not (run.folder / name).exists():
                raise ValueError(f"{run.folder} has no {name}: its training did not end")
            shutil.copyfile(run.folder / name, place / name)
    record = {
        "kind": "ensemble",
        "members": len(runs),
        "conditions": list(CONDITIONS),
        "training_data": " | ".join(dict.fromkeys(run.record["training_data"] for run in runs)),
        "arch": "mean of " + ", ".join(run.record["arch"] for run in runs),
    }
    return Run.create(out, record, runs[0].spec)
