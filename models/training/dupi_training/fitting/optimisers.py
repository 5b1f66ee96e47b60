"""Optimisers, learning rate, averaged weights and early stopping, each with a state that can be kept."""

import copy
import math

import torch


def optimiser(model, settings):
    """Adam, AdamW or SGD; biases and norms (one-dimensional weights) do not decay."""
    groups = [{"params": [], "weight_decay": settings.decay}, {"params": [], "weight_decay": 0.0}]
    for weight in model.parameters():
        groups[weight.ndim <= 1]["params"].append(weight)
    if settings.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=settings.rate, momentum=settings.momentum, nesterov=settings.momentum > 0)
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[settings.optimiser](groups, lr=settings.rate)


class Schedule:
    """The learning rate at any point of training: a rise, then StepLR, ReduceLROnPlateau, a half cosine, or nothing."""

    def __init__(self, settings):
        self.settings = settings
        self.factor, self.best, self.waited = 1.0, -math.inf, 0

    def rate(self, epochs):
        """At so many epochs, counted in fractions."""
        choice = self.settings
        rise = min(1.0, (epochs + 1e-3) / choice.warm_up) if choice.warm_up else 1.0
        shape = 1.0
        if choice.schedule == "step":
            shape = choice.gamma ** (int(epochs) // choice.step_epochs)
        elif choice.schedule == "cosine":
            shape = 0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * min(1.0, epochs / choice.epochs)))
        elif choice.schedule == "plateau":
            shape = self.factor
        return choice.rate * rise * shape

    def epoch_ended(self, metric):
        """A plateau is as many epochs in a row without a better metric as were allowed, and one more."""
        if metric > self.best:
            self.best, self.waited = metric, 0
            return
        self.waited += 1
        if self.settings.schedule == "plateau" and self.waited > self.settings.plateau_patience:
            self.factor, self.waited = self.factor * self.settings.plateau_factor, 0

    def state(self):
        return {"factor": self.factor, "best": self.best, "waited": self.waited}

    def restore(self, state):
        self.factor, self.best, self.waited = state["factor"], state["best"], state["waited"]


class Averaged:
    """An exponential average of the weights; it warms up, so that the first steps are soon forgotten."""

    def __init__(self, model, decay):
        self.decay, self.steps = decay, 0
        self.model = copy.deepcopy(model).eval() if decay else None

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        if self.model is None:
            return
        decay = min(self.decay, (self.steps + 1) / (self.steps + 10))
        for kept, new in zip(self.model.state_dict().values(), model.state_dict().values()):
            if kept.dtype.is_floating_point:
                kept.lerp_(new, 1 - decay)
            else:
                kept.copy_(new)

    def of(self, model):
        """The weights to judge and to keep: the averaged ones if there are any."""
        return model if self.model is None else self.model

    def state(self):
        return {"steps": self.steps, "weights": None if self.model is None else self.model.state_dict()}

    def restore(self, state):
        self.steps = state["steps"]
        if self.model is not None:
            self.model.load_state_dict(state["weights"])
