"""From a folder in AI Hub's layout to a checked file, by the commands that an operator gives."""

import json

import cv2
import numpy as np
import onnx
import pytest
import torch

from dupi_training import contract, evaluate, export
from dupi_training.__main__ import main
from dupi_training.fitting import ensemble, run

torch.set_num_threads(1)
cv2.setNumThreads(1)

MANDATORY = (
    "contract",
    "model_id",
    "model_version",
    "conditions",
    "grades",
    "head",
    "outputs",
    "input",
    "decision",
    "training_data",
    "synthetic_only",
    "intended_use",
)
TINY = ["--arch", "custom-cnn", "--size", "64x48", "--epochs", "1", "--batch", "8", "--workers", "0", "--device", "cpu"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with `prepared`, two runs and a file: three commands make the file."""
    folder = tmp_path_factory.mktemp("operator")
    main(["miniature", str(folder / "dataset"), "--visits", "10", "--width", "96", "--height", "72"])
    prepared = str(folder / "prepared")
    main(["prepare", str(folder / "dataset"), "--out", prepared, "--jobs", "1"])
    main(["train", "--data", prepared, "--out", str(folder / "run"), *TINY])
    main(["export", str(folder / "run"), "--data", prepared, "--out", str(folder / "model.onnx")])
    main(
        [
            "train",
            "--data",
            prepared,
            "--out",
            str(folder / "other"),
            *TINY,
            "--head",
            "softmax",
            "--size",
            "80x64",
            "--seed",
            "2",
        ]
    )
    return folder


def entries(path):
    return {item.key: item.value for item in onnx.load(path).metadata_props}


def test_three_commands_give_a_checked_file(place):
    stated = entries(place / "model.onnx")
    for key in MANDATORY:
        assert stated[f"scalp.{key}"]
    assert json.loads(stated["scalp.conditions"]) == list(contract.CONDITIONS)
    assert stated["scalp.synthetic_only"] == "false" and stated["scalp.head"] == "coral"
    assert "photos in the layout of AI Hub" in stated["scalp.training_data"]
    given = json.loads(stated["scalp.input"])
    assert (given["width"], given["height"], given["resize"]) == (64, 48, "cover")
    assert set(json.loads(stated["scalp.decision"])) == {"rule", "abstain_below", "view"}
    assert json.loads(stated["scalp.metrics"])["photos"] > 0
    got = export.run(place / "model.onnx", np.zeros((5, 3, 48, 64), np.float32))
    assert got["probs"].shape == (5, 6, 4) and got["cam"].shape == (5, 6, 3, 4)
    assert np.abs(got["probs"].sum(2) - 1).max() < 1e-5


@pytest.mark.parametrize("kind", ["fp16", "int8"])
def test_smaller_numbers_pass_the_check(place, kind, capsys):
    out = place / f"{kind}.onnx"
    main(["export", str(place / "run"), "--data", str(place / "prepared"), "--out", str(out), "--precision", kind])
    assert f"{kind} costs" in capsys.readouterr().err
    stated = entries(out)
    assert stated["scalp.precision"] == kind
    told = json.loads(stated["scalp.selftest"])
    spec = run.Run(place / "run").spec
    got = export.run(out, export.self_test_input(told["seed"], spec))
    assert np.abs(got["probs"][0] - told["probs"]).max() < 1e-4
    types = {item.data_type for item in onnx.load(out).graph.initializer}
    assert (onnx.TensorProto.FLOAT16 if kind == "fp16" else onnx.TensorProto.INT8) in types
    assert onnx.load(out).graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert out.stat().st_size < 0.75 * (place / "model.onnx").stat().st_size


def test_an_ensemble_is_the_mean_of_its_members(place):
    folder, prepared = place / "both", str(place / "prepared")
    main(["ensemble", str(place / "run"), str(place / "other"), "--data", prepared, "--out", str(folder)])
    made = run.Run(folder)
    module = ensemble.Ensemble(made.members, [1.0] * 6, 1.0).eval()
    image = torch.from_numpy(export.self_test_input(3, made.spec))
    resized = torch.nn.functional.interpolate(image, (64, 80), mode="bilinear", align_corners=False)
    with torch.no_grad():
        probs, severity, cam, view = module(image)
        parts = [member.module()(given) for member, given in zip(made.members, (image, resized))]
    assert torch.allclose(probs, (parts[0][0] + parts[1][0]) / 2, atol=1e-5)
    assert torch.allclose(view, (parts[0][3] + parts[1][3]) / 2, atol=1e-5)
    assert cam.shape == parts[0][2].shape and parts[1][2].shape[2:] == (4, 5)
    main(["export", str(folder), "--data", prepared, "--out", str(place / "both.onnx")])
    assert entries(place / "both.onnx")["scalp.head"] == "softmax"
    report = place / "both-report"
    main(["evaluate", str(place / "both.onnx"), "--data", prepared, "--split", "validation", "--out", str(report)])
    assert json.loads((report / "numbers.json").read_text())["photos"] > 0


def test_the_report_shows_everything(place):
    out = place / "report"
    main(
        ["evaluate", str(place / "run"), "--data", str(place / "prepared"), "--split", "validation", "--out", str(out)]
    )
    page, numbers = (out / "index.html").read_text(), json.loads((out / "numbers.json").read_text())
    for text in (
        "majority floor",
        "macro-F1",
        "QWK",
        "MAE",
        "ECE before",
        "ECE after",
        "91.3",
        "data:image/jpeg;base64",
        *contract.CONDITIONS,
    ):
        assert text in page
    assert page.count("<svg") == 2 + 2 * len(contract.CONDITIONS)
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "") and "https://" not in page
    for entry in numbers["conditions"].values():
        assert sum(map(sum, entry["confusion"])) == entry["photos"]
        assert entry["risk_coverage"]["risk"][-1] == pytest.approx(1 - entry["accuracy"])
        assert entry["majority"] >= 0.25 and 0 <= entry["ece"] <= 1
    by_file = place / "file-report"
    main(
        [
            "evaluate",
            str(place / "model.onnx"),
            "--data",
            str(place / "prepared"),
            "--split",
            "validation",
            "--out",
            str(by_file),
        ]
    )
    other = json.loads((by_file / "numbers.json").read_text())
    for name, entry in numbers["conditions"].items():
        assert other["conditions"][name]["confusion"] == entry["confusion"]
        assert other["conditions"][name]["ece_before_calibration"] == pytest.approx(
            entry["ece_before_calibration"], abs=0.02
        )


def test_the_test_split_is_touched_once(place):
    command = ["evaluate", str(place / "other"), "--data", str(place / "prepared"), "--out", str(place / "touched")]
    main(command)
    record = json.loads((place / "other" / "test-touched.json").read_text())
    assert len(record) == 1 and record[0]["file"].startswith("other sha256:") and record[0]["when"]
    with pytest.raises(SystemExit, match="was used on"):
        main(command)
    main([*command, "--again", "the first table was wrong"])
    record = json.loads((place / "other" / "test-touched.json").read_text())
    assert [entry["again"] for entry in record] == ["", "the first table was wrong"]


def test_the_old_protocol_trains_one_condition(place):
    prepared, folder = str(place / "prepared"), place / "dandruff"
    main(
        [
            "train",
            "--data",
            prepared,
            "--out",
            str(folder),
            *TINY,
            "--protocol",
            "official",
            "--condition",
            "dandruff",
            "--negatives",
            "0",
        ]
    )
    main(["evaluate", str(folder), "--data", prepared, "--out", str(place / "dandruff-report")])
    numbers = json.loads((place / "dandruff-report" / "numbers.json").read_text())
    assert list(numbers["conditions"]) == ["dandruff"]
    with pytest.raises(SystemExit, match="grades only dandruff"):
        main(["export", str(folder), "--data", prepared, "--out", str(place / "none.onnx")])
    with pytest.raises(SystemExit, match="no run of the ensemble was taught"):
        main(["ensemble", str(folder), str(folder), "--data", prepared, "--out", str(place / "none")])


def test_wrong_requests_are_refused_in_a_sentence(place):
    prepared = str(place / "prepared")
    with pytest.raises(SystemExit, match="unknown architecture `resnet-19`"):
        main(["train", "--data", prepared, "--out", str(place / "no"), "--arch", "resnet-19"])
    with pytest.raises(SystemExit, match="prepare"):
        main(["train", "--data", str(place), "--out", str(place / "no")])
    with pytest.raises(SystemExit, match="not a run"):
        main(["export", str(place), "--data", prepared, "--out", str(place / "no.onnx")])
    assert evaluate.session(place / "model.onnx").get_inputs()[0].shape[1:] == [3, 48, 64]
