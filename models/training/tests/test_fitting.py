"""Training on operators' photos: small parts on toys, and all commands on a miniature of the dataset."""

import io
from collections import namedtuple
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import timm
import torch
from PIL import Image
from torch import nn

from dupi_training import architectures, contract, export
from dupi_training.fitting import (
    calibration,
    checkpoint,
    dataset,
    losses,
    measuring,
    optimisers,
    precision,
    run,
    source,
    training,
)
from dupi_training.fitting.settings import Settings, chosen, sizes
from dupi_training.grader import ScalpGrader

torch.set_num_threads(1)
cv2.setNumThreads(1)

ToyRow = namedtuple("ToyRow", "sha256 split stem grades")
SMALL = Settings(
    arch="custom-cnn", size="64x48", epochs=3, batch=4, accumulate=2, workers=0, device="cpu", negatives=0.15
)


class ToyTable:
    """Photos whose colours say their grades: brighter for scaling, redder for erythema; the rest is 0."""

    by = "visit"

    def __init__(self, count=20):
        self.all = []
        for number in range(count):
            grades = (number % 4, 0, number // 4 % 4, 0, 0, 0)
            split = "validation" if number % 4 == 3 and number > count // 2 else "train"
            self.all.append(ToyRow(f"{number:064x}", split, f"0001_A_{number}_1_TH", grades))

    def rows(self, split):
        return [row for row in self.all if row.split == split]

    def read(self, row):
        rng = np.random.default_rng(int(row.sha256, 16))
        pixels = np.full((48, 64, 3), 60, np.float64) + 40 * row.grades[0] + rng.normal(0, 6, (48, 64, 3))
        pixels[:, :, 0] += 22 * row.grades[2]
        coded = io.BytesIO()
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(coded, "JPEG", quality=95)
        return coded.getvalue()


class TinyBackbone(nn.Sequential):
    channels, stride = 8, 4

    def __init__(self):
        super().__init__(nn.Conv2d(3, 8, 4, 4), nn.ReLU())


def toy_batch():
    table = ToyTable(32)
    photos = dataset.Photos(
        source.joint(table),
        [source.Graded(row, row.stem, row.grades) for row in table.all],
        contract.InputSpec(48, 64, (0.4,) * 3, (0.2,) * 3),
        1,
    )
    return next(iter(dataset.loader(photos, dataset.in_order(photos, 32), 0))), photos


# Architectures


@pytest.mark.parametrize("name", architectures.NAMES)
def test_every_architecture_gives_a_map(name):
    with torch.device("meta"):
        built = architectures.build(name, 64, 96)
        features = built.backbone(torch.zeros(2, 3, 64, 96))
    stride = built.backbone.stride
    assert features.shape == (2, built.backbone.channels, 64 // stride, 96 // stride)


def shallow_densenet():
    """The family's operators without its depth, which takes the exporter minutes."""
    network = timm.create_model("densenet121", num_classes=0, global_pool="", block_config=(1, 1, 1, 1))
    return architectures.registry.Built(
        architectures.registry.Timm(network, 32), contract.IMAGENET_MEAN, contract.IMAGENET_STD
    )


@pytest.mark.parametrize("name", ["resnet18", "vit-tiny", "efficientnet-b0", "convnext-tiny", "densenet"])
def test_one_of_each_family_exports(name, tmp_path):
    built = shallow_densenet() if name == "densenet" else architectures.build(name, 64, 64)
    spec = contract.InputSpec(64, 64, built.mean, built.std)
    shipped = export.shipping(ScalpGrader(built.backbone, "softmax"), [1.0] * 6, 1.0)
    export.write(shipped, tmp_path / "model.onnx", spec)
    for count in (1, 3):
        image = np.repeat(export.self_test_input(1, spec), count, 0)
        got = export.run(tmp_path / "model.onnx", image)
        with torch.no_grad():
            wanted = shipped(torch.from_numpy(image))
        assert got["probs"].shape == (count, 6, 4)
        for name, want in zip(export.OUTPUTS, wanted):
            assert np.abs(got[name] - want.numpy()).max() < 1e-4


def test_an_unknown_architecture_is_refused_with_a_suggestion():
    with pytest.raises(architectures.UnknownArchitecture, match="did you mean efficientnet-b7"):
        architectures.build("EfficientNet_B7x", 64, 64)
    with pytest.raises(ValueError, match="try 336x336"):
        architectures.build("vit-tiny", 330, 330)


def test_weights_of_a_file_are_taken_and_wrong_ones_refused(tmp_path):
    first = architectures.build("resnet18", 64, 64)
    torch.save(first.backbone.network.state_dict(), tmp_path / "weights.pt")
    second = architectures.build("resnet18", 64, 64, pretrained=str(tmp_path / "weights.pt"))
    assert torch.equal(first.backbone.network.conv1.weight, second.backbone.network.conv1.weight)
    with pytest.raises(ValueError, match="lacks"):
        architectures.build("resnet34", 64, 64, pretrained=str(tmp_path / "weights.pt"))


# Settings


def test_the_published_recipe_squashes_inside_the_graph():
    from argparse import ArgumentParser

    from dupi_training.fitting.settings import add_flags

    parser = ArgumentParser()
    add_flags(parser)
    settings = chosen(parser.parse_args(["--recipe", "aihub"]))
    assert (settings.arch, settings.optimiser, settings.rate, settings.schedule) == (
        "efficientnet-b7",
        "adam",
        1e-4,
        "step",
    )
    assert sizes(settings) == ((800, 600), (600, 600))
    small = chosen(parser.parse_args(["--recipe", "aihub", "--arch", "resnet18", "--size", "64"]))
    model, spec = run.network(small)
    assert (spec.width, spec.height) == (85, 64)
    assert model(torch.zeros(1, 3, 64, 85))[0].shape == (1, 6, 4)
    assert model.view(torch.randn(5, 512)).softmax(1)[:, 0].min() > 0.99
    with pytest.raises(ValueError, match="go together"):
        chosen(parser.parse_args(["--protocol", "official"]))


def test_every_flag_stands_in_the_readme_with_its_default():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for item in fields(Settings):
        default = " ".join(map(str, item.default)) if isinstance(item.default, tuple) else item.default
        shown = "none" if default == "" else default
        assert f"| `--{item.name.replace('_', '-')}` | {shown} |" in text


# Losses and optimisers


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"head": "softmax"},
        {"focal": 2.0},
        {"head": "softmax", "focal": 2.0, "class_weights": "balanced"},
        {"dry_oily": 1.0},
    ],
    ids=str,
)
@pytest.mark.parametrize("optimiser", ["adamw", "adam", "sgd"])
def test_each_loss_falls_with_each_optimiser(change, optimiser):
    settings = Settings(**({"optimiser": optimiser, "rate": 0.02} | change))
    torch.manual_seed(1)
    (pixels, views, grades, _), photos = toy_batch()
    model = ScalpGrader(TinyBackbone(), settings.head)
    weights = losses.class_weights(photos.grades, settings.class_weights)
    image = training.dataset.preprocess.normalise(pixels, photos.spec)
    moving = optimisers.optimiser(model, settings)
    seen = []
    for _ in range(40):
        loss, _ = losses.total(model(image), views, grades, weights, settings)
        moving.zero_grad()
        loss.backward()
        moving.step()
        seen.append(float(loss.detach()))
    assert seen[-1] < 0.75 * seen[0]


def test_unknown_grades_teach_nothing():
    logits = torch.randn(3, 6, 3, requires_grad=True)
    grades = torch.full((3, 6), -1)
    grades[1, 4] = 2
    losses.grade_loss(logits, grades, torch.ones(6, 4)).backward()
    touched = logits.grad.abs().sum(2) > 0
    assert touched.sum() == 1 and touched[1, 4]


def test_far_errors_cost_more_than_near_ones():
    sure_of_3 = torch.full((1, 6, 3), 4.0)
    costs = [float(losses.grade_loss(sure_of_3, torch.full((1, 6), grade), torch.ones(6, 4))) for grade in range(4)]
    assert costs[0] > costs[1] > costs[2] > costs[3]


def test_dry_and_oily_together_cost_unless_the_label_says_so():
    both = torch.full((1, 6, 3), 3.0)
    assert losses.dry_oily_loss(both, torch.tensor([[1, 0, 0, 0, 0, 0]])) > 0.8
    assert losses.dry_oily_loss(both, torch.tensor([[1, 2, 0, 0, 0, 0]])) == 0


def test_rare_grades_weigh_more_and_the_mean_is_one():
    grades = np.zeros((100, 6), np.int64)
    grades[:4, 0] = 3
    for how in ("root", "balanced"):
        weights = losses.class_weights(grades, how).numpy()
        assert weights[0, 3] > 2 * weights[0, 0]
        assert weights[0][grades[:, 0]].mean() == pytest.approx(1)


def test_schedules():
    step = optimisers.Schedule(Settings(rate=1.0, schedule="step", warm_up=0.0, step_epochs=7, gamma=0.1))
    assert [round(step.rate(epoch), 4) for epoch in (0, 6.9, 7, 14)] == [1, 1, 0.1, 0.01]
    cosine = optimisers.Schedule(Settings(rate=1.0, schedule="cosine", warm_up=1.0, epochs=10))
    assert cosine.rate(0) < 0.01 < cosine.rate(0.5) < cosine.rate(1) > cosine.rate(9.9)
    plateau = optimisers.Schedule(
        Settings(rate=1.0, schedule="plateau", warm_up=0.0, plateau_patience=1, plateau_factor=0.5)
    )
    rates = []
    for metric in (0.5, 0.4, 0.4, 0.6, 0.5):
        plateau.epoch_ended(metric)
        rates.append(plateau.rate(0))
    assert rates == [1, 1, 0.5, 0.5, 0.5]


# Calibration


def test_calibration_finds_the_temperature_and_can_be_undone():
    rng = np.random.default_rng(1)
    for head, kind in (("coral", "thresholds"), ("softmax", "classes")):
        honest = calibration.softmax(rng.normal(0, 1.2, (4000, 6, 4)))
        truth = np.array([[rng.choice(4, p=row) for row in rows] for rows in honest[:, :2]])
        grades = np.concatenate([truth, np.full((4000, 4), -1)], 1)
        bold = calibration.rescaled(honest, [2.0] * 6, kind)
        view = np.tile([1.0, 0, 0], (4000, 1))
        measured = measuring.Measured(bold, bold @ np.arange(4), view, None, np.zeros(4000, int), grades)
        scales, view_scale = calibration.fit(measured, head)
        assert scales[0] == pytest.approx(0.5, rel=0.2) and scales[2:] == [1.0] * 4 and view_scale == 1.0
        again = calibration.rescaled(bold, [0.5] * 6, kind)
        assert np.abs(again - honest).max() < 1e-3


# Resuming


class Interrupted(Exception):
    pass


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path, monkeypatch):
    class Breaking(ToyTable):
        left = 10**9

        def read(self, row):
            self.left -= 1
            if self.left < 0:
                raise Interrupted
            return super().read(row)

    table = Breaking()
    monkeypatch.setattr(source, "load", lambda *_: source.joint(table))
    monkeypatch.setattr(training.calibration, "quality_limits", lambda *_: {})
    settings = Settings(**(vars(SMALL) | {"save_minutes": 0.0}))
    training.train(settings, "toy", tmp_path / "whole", lambda _: None)
    # Within the second epoch, after some of its steps.
    table.left = len(table.rows("train")) + len(table.rows("validation")) + 14
    with pytest.raises(Interrupted):
        training.train(settings, "toy", tmp_path / "broken", lambda _: None)
    state = checkpoint.read(tmp_path / "broken" / "checkpoint.pt")
    assert state["epoch"] == 1 and state["batch"] > 0
    table.left = 10**9
    torch.manual_seed(99)
    said = []
    training.train(settings, "toy", tmp_path / "broken", said.append, resume=True)
    assert any("resuming at epoch 2, batch" in line for line in said)
    for name in ("checkpoint.pt", "best.pt"):
        same(checkpoint.read(tmp_path / "whole" / name), checkpoint.read(tmp_path / "broken" / name))
    with pytest.raises(ValueError, match="other settings"):
        training.train(
            Settings(**(vars(settings) | {"seed": 2})), "toy", tmp_path / "broken", lambda _: None, resume=True
        )
    with pytest.raises(ValueError, match="holds a run already"):
        training.train(settings, "toy", tmp_path / "broken", lambda _: None)


def same(one, other, path=""):
    """Everything equal to the last bit, but how long epochs took."""
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other), path
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), path
        for key in one:
            if key != "seconds":
                same(one[key], other[key], f"{path}/{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), path
        for number, pair in enumerate(zip(one, other)):
            same(*pair, f"{path}/{number}")
    else:
        assert one == other, path


def test_training_learns_what_can_be_seen(tmp_path, monkeypatch):
    table = ToyTable(40)
    monkeypatch.setattr(source, "load", lambda *_: source.joint(table))
    monkeypatch.setattr(training.calibration, "quality_limits", lambda *_: {})
    settings = Settings(
        **(
            vars(SMALL)
            | {"epochs": 12, "accumulate": 1, "negatives": 0.0, "ema": 0.9, "jitter": (0, 0, 0, 0), "rate": 3e-3}
        )
    )
    made = training.train(settings, "toy", tmp_path / "run", lambda _: None)
    history = checkpoint.read(tmp_path / "run" / "checkpoint.pt")["history"]
    assert history[-1]["grade_loss"] < 0.6 * history[0]["grade_loss"]
    assert made.calibration.metrics["qwk"]["interfollicular_erythema"] > 0.6
    assert len((tmp_path / "run" / "log.csv").read_text().splitlines()) == len(history) + 1


# Graphs


def test_nodes_are_sorted():
    nodes = [onnx.helper.make_node("Relu", ["b"], ["c"]), onnx.helper.make_node("Relu", ["a"], ["b"])]
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(nodes, "g", [info("a", 1, [1])], [info("c", 1, [1])])
    precision.sort(graph)
    assert [node.output[0] for node in graph.node] == ["b", "c"]
