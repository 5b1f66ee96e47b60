"""The demonstration model's training loop: a pool of rendered pictures, two resolutions, averaged weights.

The first part of the steps sees pictures at three quarters of the side, which costs half as much; the
rest sees them whole. The renderer that is held out joins for the last part; what was learnt before is kept beside
the checkpoint, to be measured on that renderer. An interrupted run goes on from its last checkpoint.
"""

import copy
import math
import os
import time
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from . import preprocess
from .architectures import Compact
from .generator import CLOSE_UP, LATE_SHARES, SHARES
from .grader import ScalpGrader
from .pool import Pool
from .vary import vary

SMALL = (176, 240)


@dataclass
class Plan:
    """How long and how to train; a run repeats with the same pool, plan and machine."""

    seed: int = 1
    steps: int = 7000
    batch: int = 32
    small_share: float = 0.45
    late_share: float = 0.2
    peak_rate: float = 2.5e-3
    decay: float = 2e-3
    threads: int = 1
    workers: int = 1
    report_every: int = 100
    checkpoint: str | None = None

    def late_from(self):
        """The step from which the held-out renderer joins."""
        return self.steps - round(self.late_share * self.steps)


class Pictures(Dataset):
    """Item k of a run is a picture of the pool, changed by the random numbers of (seed, k)."""

    def __init__(self, pool, plan, first=0):
        self.pool, self.plan, self.first = pool, plan, first
        rng = np.random.default_rng(plan.seed)
        early = plan.late_from() * plan.batch
        late = plan.steps * plan.batch - early
        self.order = np.concatenate((pool.order(rng, early, SHARES), pool.order(rng, late, LATE_SHARES)))

    def __len__(self):
        return self.plan.steps * self.plan.batch - self.first

    def __getitem__(self, item):
        item += self.first
        index = self.order[item]
        rng = np.random.default_rng((self.plan.seed, 3, item))
        view = int(self.pool.views[index])
        pixels, evidence = vary(rng, self.pool.pixels(index), self.pool.evidence[index], view == CLOSE_UP)
        if item // self.plan.batch < round(self.plan.small_share * self.plan.steps):
            pixels = cv2.resize(pixels, SMALL[::-1], interpolation=cv2.INTER_AREA)
        evidence = torch.from_numpy(evidence).permute(2, 0, 1).contiguous()
        return torch.from_numpy(pixels), view, torch.from_numpy(self.pool.grades[index].astype(np.int64)), evidence


def loss_of(model, pixels, views, grades, evidence):
    """Ordinal loss of the close-ups, of where they show it, and the loss of the view of every picture."""
    over, view, where = (part.float() for part in model(pixels))
    close = (views == CLOSE_UP).float()[:, None, None]
    target = (grades[:, :, None] > torch.arange(3)).float()
    each = functional.binary_cross_entropy_with_logits(over, target, reduction="none")
    # An absent condition that is called severe, or the reverse, costs more through all three thresholds.
    ordinal = (each * close).sum() / (close.sum() * 6 + 1e-6)
    if evidence.shape[2:] != where.shape[2:]:
        evidence = functional.interpolate(evidence, where.shape[2:], mode="area")
    local = functional.binary_cross_entropy_with_logits(where, evidence, reduction="none")
    local = (local * close[..., None]).sum() / (close.sum() * evidence[0].numel() + 1e-6)
    return ordinal + 2.0 * local + 0.5 * functional.cross_entropy(view, views, label_smoothing=0.01), ordinal


def rate_at(plan, step):
    """Warm-up, then half a cosine down to nothing."""
    return plan.peak_rate * min(1.0, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * step / plan.steps))


def seat(worker):
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def train(plan, folder, say=print):
    """Returns the averaged model after training on the pool in `folder`, and the number of steps."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    pool = Pool.load(folder)
    rounds = plan.steps * plan.batch / len(pool)
    say(f"{len(pool)} pictures in the pool, {plan.steps} steps of {plan.batch}: {rounds:.1f} rounds")
    model = ScalpGrader(Compact(), with_evidence=True).to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, weight_decay=plan.decay)
    step, running, started = 0, [], time.monotonic()
    if plan.checkpoint and os.path.exists(plan.checkpoint):
        kept = torch.load(plan.checkpoint, weights_only=True)
        model.load_state_dict(kept["model"])
        averaged.load_state_dict(kept["averaged"])
        optimiser.load_state_dict(kept["optimiser"])
        step = kept["step"]
        say(f"going on after step {step}")
    first = step
    pictures = Pictures(pool, plan, step * plan.batch)
    ahead = 6 if plan.workers else None
    batches = DataLoader(pictures, plan.batch, num_workers=plan.workers, prefetch_factor=ahead, worker_init_fn=seat)
    model.train()
    for pixels, views, grades, evidence in batches:
        for group in optimiser.param_groups:
            group["lr"] = rate_at(plan, step)
        image = preprocess.normalise(pixels).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss, ordinal = loss_of(model, image, views, grades, evidence.float() / 255)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        average(averaged, model, min(0.998, (step + 1) / (step + 10)))
        running.append((float(ordinal.detach()), float(loss.detach())))
        step += 1
        if step == plan.late_from() and plan.checkpoint:
            torch.save(averaged.state_dict(), f"{plan.checkpoint}.early")
        if step % plan.report_every == 0:
            speed = (step - first) * plan.batch / (time.monotonic() - started)
            grade_loss, whole = np.mean(running, 0)
            say(f"step {step}: grade loss {grade_loss:.4f}, whole loss {whole:.4f}, {speed:.0f} pictures/s")
            running = []
            if plan.checkpoint:
                save(plan.checkpoint, {"model": model, "averaged": averaged, "optimiser": optimiser}, step)
    return averaged.eval(), step


def save(path, parts, step):
    """Puts the checkpoint in place in one move."""
    torch.save({name: part.state_dict() for name, part in parts.items()} | {"step": step}, f"{path}.tmp")
    os.replace(f"{path}.tmp", path)


@torch.no_grad()
def average(kept, model, decay):
    """Moves the kept model a little towards the trained one."""
    for old, new in zip(kept.state_dict().values(), model.state_dict().values()):
        if old.dtype.is_floating_point:
            old.lerp_(new, 1 - decay)
        else:
            old.copy_(new)
