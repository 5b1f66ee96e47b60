"""The demonstration model's backbone: a small residual CNN with a little context in every block."""

import torch
from torch import nn
from torch.nn import functional


def convolution(inputs, outputs, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Context(nn.Module):
    """Weighs channels by what the whole frame looks like (squeeze and excitation, Hu et al. 2018).

    Whether skin is red can only be told against the colour cast of its own frame.
    """

    def __init__(self, channels):
        super().__init__()
        self.narrow = nn.Linear(channels, channels // 4)
        self.widen = nn.Linear(channels // 4, channels)

    def forward(self, features):
        weight = torch.sigmoid(self.widen(functional.relu(self.narrow(features.mean((2, 3))))))
        return features * (2 * weight)[:, :, None, None]


class Residual(nn.Module):
    """Two plain 3x3 convolutions and a short cut."""

    def __init__(self, channels, context):
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        self.context = Context(channels) if context else nn.Identity()
        nn.init.zeros_(self.second[1].weight)

    def forward(self, features):
        return functional.relu(features + self.context(self.second(self.first(features))))


class Compact(nn.Sequential):
    """[N,3,H,W] to [N,128,H/16,W/16]: plain 3x3 convolutions are the fastest there is on a CPU."""

    channels, stride = 128, 16

    def __init__(self):
        super().__init__(
            convolution(3, 16, 2),
            convolution(16, 32, 2),
            Residual(32, context=False),
            convolution(32, 64, 2),
            Residual(64, context=True),
            Residual(64, context=True),
            convolution(64, 128, 2),
            Residual(128, context=True),
            Residual(128, context=True),
            Residual(128, context=True),
        )
