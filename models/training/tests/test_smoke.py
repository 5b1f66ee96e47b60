"""A run of a few steps, end to end: the file keeps the contract, however little it has learnt."""

import json

import cv2
import numpy as np
import onnx
import pytest

from dupi_training import contract, export, generator, preprocess, quality
from dupi_training.__main__ import main
from dupi_training.generator import close_up, grades, negatives
from dupi_training.measures import expected_round, weighted_kappa

MANDATORY = (
    "contract", "model_id", "model_version", "conditions", "grades", "head", "outputs", "input", "decision",
    "training_data", "synthetic_only", "intended_use",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    out = tmp_path_factory.mktemp("model") / "tiny.onnx"
    sizes = ["--validation", "24", "--test", "24", "--unseen", "2", "--quality", "3"]
    main(["demo", "--out", str(out), "--steps", "3", "--batch", "4", "--workers", "0", *sizes])
    return out


def test_the_file_keeps_the_contract(tiny):
    entries = {p.key: p.value for p in onnx.load(tiny).metadata_props}
    for key in MANDATORY:
        assert entries[f"scalp.{key}"]
    assert json.loads(entries["scalp.conditions"]) == list(contract.CONDITIONS)
    assert entries["scalp.synthetic_only"] == "true"
    for count in (1, 5):
        got = export.run(tiny, np.zeros((count, 3, 240, 320), np.float32))
        assert got["probs"].shape == (count, 6, 4) and got["cam"].shape == (count, 6, 15, 20)
        assert np.allclose(got["probs"].sum(2), 1, atol=1e-4)
        assert np.allclose(got["severity"], (got["probs"] * np.arange(4)).sum(2), atol=1e-4)


def test_the_self_test_reproduces(tiny):
    stated = json.loads({p.key: p.value for p in onnx.load(tiny).metadata_props}["scalp.selftest"])
    image = export.self_test_input(stated["seed"])
    first = ((1664525 * stated["seed"] + 1013904223) % 2**32 >> 8) / 2**24 * 2 - 1
    assert image[0, 0, 0, 0] == pytest.approx(first)
    assert np.abs(export.run(tiny, image)["probs"][0] - stated["probs"]).max() < 1e-4


def test_the_stream_repeats_itself():
    one, two = generator.sample(5, 3), generator.sample(5, 3)
    assert np.array_equal(one.pixels, two.pixels) and np.array_equal(one.grades, two.grades)
    assert not np.array_equal(one.pixels, generator.sample(5, 4).pixels)


@pytest.mark.parametrize("condition", range(6))
def test_more_is_painted_at_a_higher_grade(condition):
    """The painted area grows with the grade; for hair loss it is the area that hair covers, and shrinks."""

    def painted(grade):
        wanted = np.zeros(6, np.int64)
        wanted[condition] = grade
        frames = [close_up.render_with_evidence(np.random.default_rng(seed), grades=wanted) for seed in range(16)]
        return np.mean([evidence[..., condition].mean() for *_, evidence in frames])

    mild, severe = painted(1), painted(3)
    assert severe * 1.5 < mild if condition == 5 else severe > mild * 1.5 > 0


def test_evidence_lies_where_the_plates_are():
    """Dandruff plates are brighter than what they cover, and turn together with the picture."""
    brighter = []
    for seed in range(12):
        pixels, _, evidence = close_up.render_with_evidence(np.random.default_rng(seed), grades=[0, 0, 0, 0, 3, 0])
        small = cv2.resize(pixels, (20, 15), interpolation=cv2.INTER_AREA).mean(2)
        plates, bare = evidence[..., 4] > 0.8, evidence[..., 4] < 0.1
        brighter.append(small[plates].mean() > small[bare].mean())
    assert np.mean(brighter) > 0.9


def test_every_family_of_negatives_paints():
    for family in negatives.FAMILIES:
        pixels = negatives.render(np.random.default_rng(1), family=family)
        assert pixels.shape == (240, 320, 3) and pixels.dtype == np.uint8


def test_quantities_grow_with_grades():
    rng = np.random.default_rng(0)
    drawn = np.array([[grades.draw_quantities(rng, np.full(6, g)).mean() for _ in range(20)] for g in range(4)])
    assert (np.diff(drawn.mean(1)) > 0.5).all()


def test_blur_is_seen():
    pixels, _ = close_up.render(np.random.default_rng(2), 480, 640, gentle=True)
    sharp = quality.measure(pixels)["blur_ratio"]
    assert quality.measure(cv2.GaussianBlur(pixels, (0, 0), 3))["blur_ratio"] > sharp + 0.2


def test_photos_of_any_shape_fit_the_input():
    from PIL import Image

    for size in ((640, 480), (480, 640), (1000, 300), (320, 240)):
        assert preprocess.frame(Image.new("RGB", size)).shape == (240, 320, 3)


def test_measures():
    truth = np.array([0, 1, 2, 3, 0, 1])
    assert weighted_kappa(truth, truth) == pytest.approx(1)
    assert weighted_kappa(truth, 3 - truth) < 0
    assert list(expected_round(np.array([0.49, 0.5, 2.5]))) == [0, 1, 3]
