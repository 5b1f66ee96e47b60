"""The training loop: epochs over a table, a checkpoint after each and now and then within one.

On a CPU an interrupted run that is resumed ends with the very weights of one that was not.
"""

import csv
import math
import sys
import time
from pathlib import Path

import torch
from tqdm import tqdm

from .. import preprocess
from ..grader import Exported
from . import checkpoint, dataset, losses, measuring, optimisers

COLUMNS = ("epoch", "rate", "loss", "grade_loss", "validation_qwk", "best_qwk", "seconds")


def device_of(name):
    """`auto` takes what is fastest here."""
    if name != "auto":
        return torch.device(name)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def mixed(settings, device):
    """The type for autocast, or None."""
    if settings.amp == "auto":
        if device.type != "cuda":
            return None
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if settings.amp == "fp16" and device.type == "cpu":
        raise ValueError("--amp fp16 needs a GPU; on a CPU use bf16 or off")
    return {"off": None, "fp16": torch.float16, "bf16": torch.bfloat16}[settings.amp]


class Loop:
    """One run's training, in `folder`: `checkpoint.pt` to go on from, `best.pt` to ship, `log.csv` to look at."""

    def __init__(self, model, settings, training, validation, folder, say):
        self.settings, self.training, self.validation = settings, training, validation
        self.folder, self.say = Path(folder), say
        self.device = device_of(settings.device)
        self.amp = mixed(settings, self.device)
        # On CUDA convolutions run fastest with channels last.
        self.layout = torch.channels_last if self.device.type == "cuda" else torch.contiguous_format
        self.model = model.to(self.device, memory_format=self.layout)
        self.optimiser = optimisers.optimiser(self.model, settings)
        self.schedule = optimisers.Schedule(settings)
        self.averaged = optimisers.Averaged(self.model, settings.ema)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=self.amp is torch.float16)
        self.weights = losses.class_weights(training.grades, settings.class_weights).to(self.device)
        self.epoch, self.batch, self.sums = 0, 0, [0.0, 0.0, 0]
        self.best, self.best_epoch, self.history = -math.inf, -1, []
        self.board = None

    def resume(self):
        """Goes on from the checkpoint; without one begins anew."""
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            self.say(f"no {path.name} yet, beginning at the first epoch")
            return
        state = checkpoint.read(path)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.restore(state["schedule"])
        self.averaged.restore(state["averaged"])
        self.scaler.load_state_dict(state["scaler"])
        self.epoch, self.batch, self.sums = state["epoch"], state["batch"], state["sums"]
        self.best, self.best_epoch, self.history = state["best"], state["best_epoch"], state["history"]
        checkpoint.restore_random(state["random"])
        self.say(f"resuming at epoch {self.epoch + 1}, batch {self.batch}")

    def save(self):
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state(),
            "averaged": self.averaged.state(),
            "scaler": self.scaler.state_dict(),
            "epoch": self.epoch,
            "batch": self.batch,
            "sums": self.sums,
            "best": self.best,
            "best_epoch": self.best_epoch,
            "history": self.history,
            "random": checkpoint.random_state(),
        }
        checkpoint.write(self.folder / "checkpoint.pt", state)

    def run(self):
        """Trains to the end or until it stops getting better; the weights to ship are in `best.pt`."""
        patience = self.settings.patience
        while self.epoch < self.settings.epochs:
            if patience and self.epoch - self.best_epoch > patience and self.best_epoch >= 0:
                self.say(f"stopping early: no better validation QWK for {patience} epochs")
                break
            started = time.monotonic()
            self.train_epoch()
            metric = self.validated()
            if metric > self.best:
                self.best, self.best_epoch = metric, self.epoch
                checkpoint.write(self.folder / "best.pt", self.averaged.of(self.model).state_dict())
            self.schedule.epoch_ended(metric)
            self.note(metric, time.monotonic() - started)
            self.epoch, self.batch, self.sums = self.epoch + 1, 0, [0.0, 0.0, 0]
            self.save()
        return self.best

    def train_epoch(self):
        """From the batch that comes next; weights move every `accumulate` batches and at the end."""
        settings = self.settings
        batches = dataset.order(self.training, settings.batch, settings.seed, self.epoch)
        self.model.train()
        pinned = self.device.type == "cuda"
        feed = dataset.loader(self.training, batches[self.batch :], settings.workers, pinned)
        bar = tqdm(
            feed,
            desc=f"epoch {self.epoch + 1}/{settings.epochs}",
            total=len(batches),
            initial=self.batch,
            leave=False,
            disable=not sys.stderr.isatty(),
        )
        saved = time.monotonic()
        self.optimiser.zero_grad(set_to_none=True)
        for pixels, views, grades, _ in bar:
            first = self.batch - self.batch % settings.accumulate
            self.backward(pixels, views, grades, min(settings.accumulate, len(batches) - first))
            self.batch += 1
            bar.set_postfix(loss=f"{self.sums[0] / self.sums[2]:.4f}")
            if self.batch % settings.accumulate and self.batch < len(batches):
                continue
            self.step((self.batch - 1) / len(batches))
            if time.monotonic() - saved > settings.save_minutes * 60 and self.batch < len(batches):
                self.save()
                saved = time.monotonic()

    def backward(self, pixels, views, grades, together):
        image = preprocess.normalise(pixels.to(self.device, non_blocking=True), self.training.spec)
        image = image.contiguous(memory_format=self.layout)
        views, grades = views.to(self.device), grades.to(self.device)
        with torch.autocast(self.device.type, dtype=self.amp, enabled=self.amp is not None):
            outputs = self.model(image)
        loss, graded = losses.total(outputs, views, grades, self.weights, self.settings)
        if not torch.isfinite(loss):
            self.unstable(float(loss))
        self.scaler.scale(loss / together).backward()
        self.sums = [self.sums[0] + float(loss.detach()), self.sums[1] + float(graded), self.sums[2] + 1]

    def unstable(self, loss):
        raise FloatingPointError(
            f"the loss is {loss} in epoch {self.epoch + 1}, batch {self.batch + 1}; try a lower --rate, --amp off "
            f"or bf16, and --clip 1"
        )

    def step(self, within):
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.rate(self.epoch + within)
        if self.settings.clip:
            self.scaler.unscale_(self.optimiser)
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.optimiser.zero_grad(set_to_none=True)
        self.averaged.update(self.model)

    def validated(self):
        """Mean QWK of the weights that would ship."""
        graded = self.averaged.of(self.model)
        module = Exported(graded, [1.0] * 6, 1.0)
        settings = self.settings
        measured = measuring.by_network(module, self.validation, settings.batch, settings.workers, self.device)
        return measuring.kappa(measured)

    def note(self, metric, seconds):
        """Into the log, the board and the terminal."""
        count = max(self.sums[2], 1)
        rate = self.optimiser.param_groups[0]["lr"]
        row = dict(
            zip(
                COLUMNS,
                (
                    self.epoch + 1,
                    rate,
                    self.sums[0] / count,
                    self.sums[1] / count,
                    metric,
                    self.best,
                    round(seconds, 1),
                ),
            )
        )
        self.history.append(row)
        checkpoint.write_bytes(self.folder / "log.csv", self.write_log)
        if self.board:
            for name in COLUMNS[1:5]:
                self.board.add_scalar(name, row[name], self.epoch + 1)
        self.say(
            f"epoch {row['epoch']}: loss {row['loss']:.4f}, validation QWK {metric:.4f} (best {self.best:.4f}), "
            f"{seconds:.0f} s"
        )

    def write_log(self, path):
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(self.history)


def board(folder):
    """A TensorBoard writer; says how to get it where it is missing."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ValueError("--tensorboard needs the package: pip install 'dupi-training[tensorboard]'") from error
    return SummaryWriter(str(Path(folder) / "tensorboard"))
