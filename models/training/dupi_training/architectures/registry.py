"""Architectures that an operator may name, most of them from timm.

Nothing is downloaded unless `pretrained` asks for it: weights then come from timm's hub or from a file.
"""

import difflib
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from ..contract import IMAGENET_MEAN, IMAGENET_STD
from .compact import Compact

CUSTOM = "custom-cnn"
# The TensorFlow ports of EfficientNet are the ones that have published weights for every size.
TIMM = (
    {f"efficientnet-b{size}": f"tf_efficientnet_b{size}" for size in range(8)}
    | {f"efficientnetv2-{size}": f"tf_efficientnetv2_{size}" for size in "sml"}
    | {f"resnet{depth}": f"resnet{depth}" for depth in (18, 34, 50, 101)}
    | {f"densenet{depth}": f"densenet{depth}" for depth in (121, 169)}
    | {f"vit-{size}": f"vit_{size}_patch16_224" for size in ("tiny", "small", "base")}
    | {f"convnext-{size}": f"convnext_{size}" for size in ("tiny", "small", "base")}
)
NAMES = (CUSTOM, *TIMM)
PATCH = 16


class UnknownArchitecture(ValueError):
    """A name that is none of `NAMES`; the message suggests the nearest."""

    def __init__(self, name):
        near = difflib.get_close_matches(name.lower().replace("_", "-"), NAMES, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        super().__init__(f"unknown architecture `{name}`; {hint}known are {', '.join(NAMES)}")


@dataclass
class Built:
    """A backbone and the mean and std (of values in 0..1) that it wants its pictures in."""

    backbone: nn.Module
    mean: tuple
    std: tuple


class Timm(nn.Module):
    """A timm network without its classifier. A transformer's grid of tokens is its map."""

    def __init__(self, network, stride, grid=None):
        super().__init__()
        self.network, self.stride, self.grid = network, stride, grid
        self.channels = network.num_features
        self.prefix = getattr(network, "num_prefix_tokens", 0)

    def forward(self, image):
        features = self.network.forward_features(image)
        if self.grid is None:
            return features
        rows, columns = self.grid
        return features[:, self.prefix :].transpose(1, 2).reshape(-1, self.channels, rows, columns)


class Squashed(nn.Module):
    """Squeezes the frame to another shape before the backbone sees it, inside the graph.

    The service always keeps a photo's aspect; a recipe that does not can be followed this way.
    """

    def __init__(self, backbone, height, width):
        super().__init__()
        self.backbone, self.size = backbone, (height, width)
        self.channels, self.stride = backbone.channels, backbone.stride

    def forward(self, image):
        return self.backbone(functional.interpolate(image, self.size, mode="bilinear", align_corners=False))


def build(name, height, width, pretrained=None, drop_path=0.0):
    """The backbone `name` for frames of the given size in pixels.

    `pretrained` is None (random weights, nothing fetched), "timm" (timm downloads published weights) or the
    path of a file with a state dict of the timm network.
    """
    if name == CUSTOM:
        if pretrained:
            raise ValueError(f"`{CUSTOM}` has no pretrained weights; leave --pretrained out")
        return Built(Compact(), IMAGENET_MEAN, IMAGENET_STD)
    if name not in TIMM:
        raise UnknownArchitecture(name)
    import timm

    transformer = name.startswith("vit-")
    further = {"drop_path_rate": drop_path} if drop_path and not name.startswith("densenet") else {}
    if transformer:
        fits = [max(PATCH, math.floor(side / PATCH + 0.5) * PATCH) for side in (width, height)]
        if (width, height) != tuple(fits):
            raise ValueError(
                f"{name} wants sides that are multiples of {PATCH}; try {fits[0]}x{fits[1]} for {width}x{height}"
            )
        further["img_size"] = (height, width)
    network = timm.create_model(TIMM[name], pretrained=pretrained == "timm", num_classes=0, global_pool="", **further)
    if pretrained and pretrained != "timm":
        load(network, Path(pretrained))
    config = network.default_cfg
    stride = PATCH if transformer else network.feature_info[-1]["reduction"]
    grid = (height // PATCH, width // PATCH) if transformer else None
    return Built(Timm(network, stride, grid), tuple(config["mean"]), tuple(config["std"]))


def load(network, path):
    """Takes a file's weights; a classifier in it is passed over, anything else missing is refused."""
    weights = torch.load(path, weights_only=True, map_location="cpu")
    missing, _ = network.load_state_dict(weights, strict=False)
    if missing:
        raise ValueError(f"{path} lacks {len(missing)} weights of this network, the first is `{missing[0]}`")
