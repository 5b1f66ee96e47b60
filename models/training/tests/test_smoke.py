"""A run of a few steps, end to end: the file keeps the contract, however little it has learnt."""

import json

import cv2
import numpy as np
import onnx
import pytest

import torch

from dupi_training import contract, demonstration, export, generator, pool, preprocess, quality, robustness, train, vary
from dupi_training.__main__ import main
from dupi_training.generator import close_up, from_afar, grades, negatives
from dupi_training.measures import expected_round, weighted_kappa

MANDATORY = (
    "contract", "model_id", "model_version", "conditions", "grades", "head", "outputs", "input", "decision",
    "training_data", "synthetic_only", "intended_use",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A model of three steps on four pictures of each kind."""
    folder = tmp_path_factory.mktemp("model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "SHARD", 4)
        main(["render", "--pool", str(folder / "pool"), "--workers", "1", "--share", "0.0001"])
    sizes = ["--validation", "24", "--test", "24", "--unseen", "2", "--quality", "3", "--robustness", "8"]
    steps = ["--steps", "3", "--batch", "4", "--workers", "0"]
    report = ["--report", str(folder / "report.json")]
    main(["demo", "--pool", str(folder / "pool"), "--out", str(folder / "tiny.onnx"), *steps, *sizes, *report])
    return folder / "tiny.onnx"


def test_the_report_tells_of_harm_and_of_strangers(tiny):
    told = json.loads((tiny.parent / "report.json").read_text())
    assert set(told["robustness"]) == {*robustness.SPOILT, *(f"renderer {name}" for name in generator.RENDERERS)}
    unseen = {name for name, row in told["gate"]["families"].items() if not row["trained_on"]}
    kinds = {"other": negatives, "from_afar": from_afar}
    assert unseen == {f"{kind}: {name}" for kind, module in kinds.items() for name in module.UNSEEN}


def test_a_pool_keeps_what_was_rendered(tiny):
    kept = pool.Pool.load(tiny.parent / "pool")
    assert set(kept.kinds) == set(generator.SHARES) and len(kept) == 20
    index = kept.kinds["optics"][2]
    wanted = generator.sample(demonstration.POOL_SEED, 2, "optics")
    assert np.array_equal(kept.grades[index], wanted.grades) and kept.views[index] == wanted.view
    assert np.abs(kept.pixels(index).astype(int) - wanted.pixels).mean() < 4


def test_an_order_keeps_the_shares_and_shows_all_before_any_again(tiny):
    kept = pool.Pool.load(tiny.parent / "pool")
    order = kept.order(np.random.default_rng(1), 4000, generator.SHARES)
    assert not set(order) & set(kept.kinds["collage"])
    shares = {name: np.isin(order, list(kept.kinds[name])).mean() for name in generator.SHARES}
    assert all(abs(shares[name] - share) < 0.03 for name, share in generator.SHARES.items())
    seen = np.bincount(order, minlength=len(kept))[list(kept.kinds["layers"])]
    assert seen.max() - seen.min() <= 1


def test_a_run_that_was_interrupted_ends_as_one_that_was_not(tiny, tmp_path):
    def trained(steps_at_once):
        plan = train.Plan(steps=4, batch=4, workers=0, report_every=1, checkpoint=str(tmp_path / f"{steps_at_once}.pt"))

        def stop(line):
            if line.startswith(f"step {steps_at_once}:"):
                raise KeyboardInterrupt

        try:
            train.train(plan, tiny.parent / "pool", stop)
        except KeyboardInterrupt:
            pass
        return train.train(plan, tiny.parent / "pool", lambda line: None)[0].state_dict()

    whole, parted = trained(9), trained(2)
    assert all(torch.allclose(whole[name].float(), parted[name].float(), atol=1e-6) for name in whole)


def test_a_varied_picture_keeps_its_shape_and_its_place():
    frame = np.zeros((240, 320, 3), np.uint8)
    evidence = np.zeros((15, 20, 6), np.uint8)
    frame[:120, :160], evidence[:8, :10] = 200, 200
    for seed in range(40):
        pixels, seen = vary.vary(np.random.default_rng(seed), frame, evidence, True)
        assert pixels.shape == frame.shape and pixels.dtype == np.uint8 and seen.shape == evidence.shape
        small = cv2.resize(pixels, (20, 15), interpolation=cv2.INTER_AREA).mean(2)
        assert small[seen[..., 0] > 150].mean() > small[seen[..., 0] < 50].mean() + 40


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
