"""The training loop: seeded, one thread, ended by a number of steps or by the clock."""

import copy
import math
import time
from dataclasses import dataclass

import torch
from torch.nn import functional

from . import data
from .generator import CLOSE_UP
from .architectures import Compact
from .grader import ScalpGrader


@dataclass
class Plan:
    """How long and how to train. `steps` wins over `minutes`; only steps repeat exactly."""

    seed: int = 1
    minutes: float = 30.0
    steps: int | None = None
    fresh: int = 20
    replayed: int = 4
    replay_capacity: int = 4000
    peak_rate: float = 2.5e-3
    decay: float = 1e-3
    workers: int = 1
    report_every: int = 100
    checkpoint: str | None = None


def loss_of(model, pixels, views, grades, evidence):
    """Ordinal loss of the close-ups, of where they show it, and the loss of the view of every picture."""
    over, view, where = (part.float() for part in model(pixels))
    close = (views == CLOSE_UP).float()[:, None, None]
    target = (grades[:, :, None] > torch.arange(3)).float()
    each = functional.binary_cross_entropy_with_logits(over, target, reduction="none")
    # An absent condition that is called severe, or the reverse, costs more through all three thresholds.
    ordinal = (each * close).sum() / (close.sum() * 6 + 1e-6)
    local = functional.binary_cross_entropy_with_logits(where, evidence, reduction="none")
    local = (local * close[..., None]).sum() / (close.sum() * evidence[0].numel() + 1e-6)
    return ordinal + 2.0 * local + 0.5 * functional.cross_entropy(view, views, label_smoothing=0.01), ordinal


def vary(pixels, evidence, random):
    """Flips and a slight change of light, so that a picture seen again is another picture."""
    if torch.rand((), generator=random) < 0.5:
        pixels, evidence = pixels.flip(2), evidence.flip(2)
    if torch.rand((), generator=random) < 0.5:
        pixels, evidence = pixels.flip(3), evidence.flip(3)
    gain = 1 + 0.06 * torch.randn((len(pixels), 3, 1, 1), generator=random)
    shift = 0.08 * torch.randn((len(pixels), 1, 1, 1), generator=random)
    return pixels * gain + shift, evidence


def train(plan, say=print, resume=None):
    """Returns the averaged model after training."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(1)
    random = torch.Generator().manual_seed(plan.seed)
    model = ScalpGrader(Compact(), with_evidence=True)
    if resume is not None:
        model.load_state_dict(resume, strict=False)
    model = model.to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(model)
    batches = data.stream(plan.seed, plan.fresh, plan.workers)
    replay = data.Replay(plan.replay_capacity, plan.seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=plan.peak_rate, weight_decay=plan.decay)
    started, step, running = time.monotonic(), 0, []
    model.train()
    while True:
        passed = step / plan.steps if plan.steps else (time.monotonic() - started) / (plan.minutes * 60)
        if passed >= 1:
            break
        rate = plan.peak_rate * min(1.0, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * passed))
        for group in optimiser.param_groups:
            group["lr"] = rate
        batch = next(batches)
        replay.add(*batch)
        if plan.replayed:
            batch = [torch.cat(pair) for pair in zip(batch, replay.draw(plan.replayed))]
        pixels, views, grades, evidence = batch
        image, evidence = vary(data.normalise(pixels), evidence.float() / 255, random)
        image = image.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss, ordinal = loss_of(model, image, views, grades, evidence)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        average(averaged, model, min(0.998, (step + 1) / (step + 10)))
        running.append(float(ordinal.detach()))
        step += 1
        if step % plan.report_every == 0:
            took = time.monotonic() - started
            say(f"step {step} after {took:.0f} s: ordinal loss {sum(running) / len(running):.4f}, rate {rate:.5f}")
            running = []
            if plan.checkpoint:
                torch.save(averaged.state_dict(), plan.checkpoint)
    return averaged.eval(), step


@torch.no_grad()
def average(kept, model, decay):
    """Moves the kept model a little towards the trained one."""
    for old, new in zip(kept.state_dict().values(), model.state_dict().values()):
        if old.dtype.is_floating_point:
            old.lerp_(new, 1 - decay)
        else:
            old.copy_(new)
