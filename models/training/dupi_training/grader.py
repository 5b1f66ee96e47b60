"""The grader: any backbone, six grade maps, ordinal or softmax grades, and the view head.

One 1x1 convolution turns features into one map per condition, and the pooled map is the score that
grades: the map is therefore *the* class-activation map, at no further cost.
"""

import copy

import torch
from torch import nn
from torch.nn import functional

from .contract import CONDITIONS, GRADES, VIEWS

HEADS = ("cumulative", "softmax")


class CumulativeHead(nn.Module):
    """P(grade > k) = sigmoid(T (score - b_k)) with ordered b: neighbouring grades are neighbours.

    score = the mean of the map, mixed with its strongest place. The mean alone loses one pustule in
    a frame of skin; the strongest place alone loses how much there is. The mix is learnt per condition.
    """

    name = "coral"

    def __init__(self, channels):
        super().__init__()
        self.maps = nn.Conv2d(channels, len(CONDITIONS), 1)
        self.first_threshold = nn.Parameter(torch.full((len(CONDITIONS),), 1.0))
        self.steps = nn.Parameter(torch.full((len(CONDITIONS), GRADES - 2), 1.0))
        self.mix = nn.Parameter(torch.full((len(CONDITIONS),), -2.0))

    def thresholds(self):
        """Ordered thresholds [6,3]: each is the one before plus a positive step."""
        steps = functional.softplus(self.steps)
        first = self.first_threshold[:, None]
        return torch.cat([first, first + torch.cumsum(steps, 1)], 1)

    def score(self, maps):
        """[N,6,h,w] to [N,6]."""
        strongest = functional.avg_pool2d(maps, 3, 1, 1, count_include_pad=False).amax((2, 3))
        share = torch.sigmoid(self.mix)[None]
        return maps.mean((2, 3)) * (1 - share) + strongest * share

    def forward(self, features):
        """Logits of P(grade > k), [N,6,3]."""
        return self.score(self.maps(features))[:, :, None] - self.thresholds()[None]


class SoftmaxHead(nn.Module):
    """Four logits per condition from four maps each: grades as classes without order."""

    name = "softmax"

    def __init__(self, channels):
        super().__init__()
        self.maps = nn.Conv2d(channels, len(CONDITIONS) * GRADES, 1)

    def forward(self, features):
        """Logits of each grade, [N,6,4]."""
        return self.maps(features).mean((2, 3)).view(-1, len(CONDITIONS), GRADES)


class ScalpGrader(nn.Module):
    """Backbone ([N,3,H,W] to [N,channels,h,w]), grade head and view head.

    A backbone is a module with `channels` and `stride`. `with_evidence` adds a layer that learns from
    a renderer where each condition was painted; it teaches the backbone and is never exported.
    """

    def __init__(self, backbone, head="cumulative", with_evidence=False):
        super().__init__()
        channels = backbone.channels
        self.backbone = backbone
        self.head = {"cumulative": CumulativeHead, "softmax": SoftmaxHead}[head](channels)
        self.view = nn.Sequential(nn.Linear(channels, 48), nn.ReLU(inplace=True), nn.Linear(48, len(VIEWS)))
        self.where = nn.Conv2d(channels, len(CONDITIONS), 1) if with_evidence else None

    def forward(self, image):
        """Grade logits [N,6,3] or [N,6,4], view logits [N,3], evidence logits [N,6,h,w] or None."""
        features = self.backbone(image)
        where = self.where(features) if self.where is not None else None
        return self.head(features), self.view(features.mean((2, 3))), where


class Exported(nn.Module):
    """The graph that ships: `probs`, `severity`, `cam` (0..3) and `view`, temperatures inside.

    `temperatures` are factors on the logits, one per condition; `view_temperature` one for the view head.
    """

    def __init__(self, model, temperatures, view_temperature):
        super().__init__()
        self.backbone, self.head, self.view = model.backbone, model.head, model.view
        scale = torch.as_tensor(temperatures, dtype=torch.float32)
        self.register_buffer("scale", scale.view(1, -1))
        self.register_buffer("map_scale", scale.view(1, -1, 1, 1))
        self.view_scale = float(view_temperature)
        self.is_cumulative = isinstance(model.head, CumulativeHead)
        if self.is_cumulative:
            with torch.no_grad():
                thresholds = model.head.thresholds().clone()
            for step in range(GRADES - 1):
                self.register_buffer(f"edge_{step}", thresholds[:, step].view(1, -1))
                self.register_buffer(f"map_edge_{step}", thresholds[:, step].view(1, -1, 1, 1))

    def forward(self, image):
        features = self.backbone(image)
        maps = self.head.maps(features)
        view = torch.softmax(self.view(features.mean((2, 3))) * self.view_scale, 1)
        return *(self.ordered(maps) if self.is_cumulative else self.classes(maps)), view

    def ordered(self, maps):
        """From maps [N,6,h,w] of a cumulative head."""
        score = self.head.score(maps)
        over = [torch.sigmoid((score - getattr(self, f"edge_{k}")) * self.scale) for k in range(GRADES - 1)]
        local = [torch.sigmoid((maps - getattr(self, f"map_edge_{k}")) * self.map_scale) for k in range(GRADES - 1)]
        parts = [1 - over[0], over[0] - over[1], over[1] - over[2], over[2]]
        probabilities = torch.cat([part.unsqueeze(2) for part in parts], 2)
        return probabilities, over[0] + over[1] + over[2], local[0] + local[1] + local[2]

    def classes(self, maps):
        """From maps [N,24,h,w] of a softmax head; the map is the expected grade at each place."""
        shape = (-1, len(CONDITIONS), GRADES, *maps.shape[2:])
        local = torch.softmax(maps.view(shape) * self.map_scale.unsqueeze(4), 2)
        logits = maps.mean((2, 3)).view(-1, len(CONDITIONS), GRADES)
        probabilities = torch.softmax(logits * self.scale.unsqueeze(2), 2)
        severity = probabilities[:, :, 1] + 2 * probabilities[:, :, 2] + 3 * probabilities[:, :, 3]
        return probabilities, severity, local[:, :, 1] + 2 * local[:, :, 2] + 3 * local[:, :, 3]


def fused(module):
    """A copy in which every BatchNorm that follows a convolution in an `nn.Sequential` is folded into it."""
    module = copy.deepcopy(module).eval()
    for part in list(module.modules()):
        if isinstance(part, nn.Sequential) and len(part) >= 2 and isinstance(part[1], nn.BatchNorm2d):
            part[0] = nn.utils.fuse_conv_bn_eval(part[0], part[1])
            part[1] = nn.Identity()
    return module
