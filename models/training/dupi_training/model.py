"""The network: a small residual CNN whose last 1x1 convolution is at once classifier and heat map.

Any backbone that yields a feature map can take the place of `Backbone`; the head stays the same.
"""

import torch
from torch import nn
from torch.nn import functional

from .contract import CONDITIONS, GRADES, VIEWS


def convolution(inputs, outputs, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """Two plain 3x3 convolutions and a short cut."""

    def __init__(self, channels):
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        nn.init.zeros_(self.second[1].weight)

    def forward(self, features):
        return functional.relu(features + self.second(self.first(features)))


class Backbone(nn.Sequential):
    """[N,3,H,W] to [N,128,H/16,W/16]."""

    channels = 128

    def __init__(self):
        super().__init__(
            convolution(3, 16, 2),
            convolution(16, 32, 2),
            Residual(32),
            convolution(32, 64, 2),
            Residual(64),
            Residual(64),
            convolution(64, 128, 2),
            Residual(128),
            Residual(128),
        )


class ScalpGrader(nn.Module):
    """Feature maps, six grade maps, ordered thresholds, and the view head."""

    def __init__(self, backbone=None):
        super().__init__()
        self.backbone = backbone or Backbone()
        channels = self.backbone.channels
        self.maps = nn.Conv2d(channels, len(CONDITIONS), 1)
        self.first_threshold = nn.Parameter(torch.full((len(CONDITIONS),), 1.0))
        self.steps = nn.Parameter(torch.full((len(CONDITIONS), GRADES - 2), 1.0))
        # Only for training: says where each condition is seen, and where hair is. Never exported.
        self.where = nn.Conv2d(channels, len(CONDITIONS), 1)
        self.view = nn.Sequential(nn.Linear(channels, 48), nn.ReLU(inplace=True), nn.Linear(48, len(VIEWS)))

    def thresholds(self):
        """Ordered thresholds [6,3]: each is the one before plus a positive step."""
        steps = functional.softplus(self.steps)
        first = self.first_threshold[:, None]
        return torch.cat([first, first + torch.cumsum(steps, 1)], 1)

    def forward(self, image):
        """Logits of P(grade > k) [N,6,3], of the view [N,3], and of the evidence [N,6,h,w]."""
        features = self.backbone(image)
        score = self.maps(features).mean((2, 3))
        view = self.view(features.mean((2, 3)))
        return score[:, :, None] - self.thresholds()[None], view, self.where(features)


class Exported(nn.Module):
    """The graph that ships: temperatures and thresholds are constants inside it."""

    def __init__(self, model, temperatures, view_temperature):
        super().__init__()
        self.backbone, self.maps, self.view = model.backbone, model.maps, model.view
        with torch.no_grad():
            thresholds = model.thresholds().clone()
        scale = torch.as_tensor(temperatures, dtype=torch.float32)
        self.register_buffer("scale", scale.view(1, -1))
        self.register_buffer("map_scale", scale.view(1, -1, 1, 1))
        for step in range(GRADES - 1):
            self.register_buffer(f"edge_{step}", thresholds[:, step].view(1, -1))
            self.register_buffer(f"map_edge_{step}", thresholds[:, step].view(1, -1, 1, 1))
        self.view_scale = float(view_temperature)

    def forward(self, image):
        features = self.backbone(image)
        maps = self.maps(features)
        score = maps.mean((2, 3))
        over = [torch.sigmoid((score - getattr(self, f"edge_{k}")) * self.scale) for k in range(GRADES - 1)]
        local = [torch.sigmoid((maps - getattr(self, f"map_edge_{k}")) * self.map_scale) for k in range(GRADES - 1)]
        parts = [1 - over[0], over[0] - over[1], over[1] - over[2], over[2]]
        probabilities = torch.cat([part.unsqueeze(2) for part in parts], 2)
        view = torch.softmax(self.view(features.mean((2, 3))) * self.view_scale, 1)
        return probabilities, over[0] + over[1] + over[2], local[0] + local[1] + local[2], view


def fused(backbone):
    """A copy in which every BatchNorm is folded into the convolution before it."""
    import copy

    backbone = copy.deepcopy(backbone).eval()
    for module in list(backbone.modules()):
        if isinstance(module, nn.Sequential) and len(module) >= 2 and isinstance(module[1], nn.BatchNorm2d):
            module[0] = nn.utils.fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return backbone
