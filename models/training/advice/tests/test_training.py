"""A run from its first update to its report, interrupted or not."""

import json
import shutil

import pytest
import torch
from conftest import SAMPLE, TINY, fine_tune, rows, write_rows
from safetensors.torch import load_file
from transformers import TrainerCallback

from dupi_advice import training
from dupi_advice.__main__ import main, say
from dupi_advice.settings import Settings

BRIEF = Settings(
    max_length=512,
    rank=8,
    rate=0.01,
    batch=2,
    accumulate=2,
    every=3,
    validation=0.2,
    log=1,
    device="cpu",
    recompute=False,
    epochs=2.0,
)


def report_of(run):
    return json.loads((run / "report.json").read_text())


def adapter_of(run):
    return load_file(run / "adapter" / "adapter_model.safetensors")


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_loss_falls(run):
    told = report_of(run)
    assert told["loss"]["last"] < 0.7 * told["loss"]["first"]
    looks = told["validation"]["curve"]
    assert told["validation"]["best"] == min(look["loss"] for look in looks) < looks[0]["loss"]
    assert not any(torch.isnan(weight).any() for weight in adapter_of(run).values())


def test_the_report_tells_what_was_done(run, llama):
    told = report_of(run)
    counts = told["pairs"]
    assert counts["lines"] == 20 == counts["train"]["pairs"] + counts["validation"]["pairs"]
    assert told["updates"] == told["planned_updates"] and told["updates"] == 30
    assert told["tokens_seen"] == 6 * (counts["train"]["prompt_tokens"] + counts["train"]["answer_tokens"])
    assert told["settings"]["base"] == str(llama) and told["data"]["file"] == "pairs.jsonl"
    assert 0 < told["trained_weights"] < told["all_weights"]
    assert told["seconds"] > 0 and told["device"] == "cpu" and told["precision"] == "fp32"
    assert not told["stopped_early"] and told["resumed_at"] == 0


def test_every_linear_layer_but_the_last_has_an_adapter(run):
    layers = {name.split(".lora_")[0].rsplit(".", 1)[-1] for name in adapter_of(run)}
    assert layers == {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}


class Fall(TrainerCallback):
    """Ends the process, so to speak, after an update."""

    def __init__(self, after):
        self.after = after

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == self.after:
            raise KeyboardInterrupt


def test_an_interrupted_run_ends_as_if_it_had_not_been(llama, tmp_path):
    settings = Settings(**(vars(BRIEF) | {"base": str(llama)}))
    whole = training.train(settings, SAMPLE, tmp_path / "whole", say)
    with pytest.raises(KeyboardInterrupt):
        training.train(settings, SAMPLE, tmp_path / "fallen", say, listeners=[Fall(after=5)])
    # A checkpoint that was being written when the power went.
    torn = shutil.copytree(tmp_path / "fallen/checkpoints/checkpoint-3", tmp_path / "fallen/checkpoints/checkpoint-4")
    (torn / "trainer_state.json").unlink()
    resumed = training.train(settings, SAMPLE, tmp_path / "fallen", say, resume=True)
    assert resumed["resumed_at"] == 3 and whole["resumed_at"] == 0
    assert same(adapter_of(tmp_path / "whole"), adapter_of(tmp_path / "fallen"))
    for part in ("loss", "validation", "updates", "tokens_seen"):
        assert resumed[part] == whole[part]


def test_a_run_that_fell_before_its_report_is_finished(llama, run, tmp_path):
    fallen = shutil.copytree(run, tmp_path / "run")
    (fallen / "report.json").unlink()
    shutil.rmtree(fallen / "adapter")
    fine_tune(llama, fallen, "--epochs", "6", "--resume")
    assert same(adapter_of(fallen), adapter_of(run))
    assert report_of(fallen)["loss"] == report_of(run)["loss"] and report_of(fallen)["resumed_at"] == 30


def test_resuming_is_exact_about_what_it_resumes(run, llama, tmp_path, capsys):
    with pytest.raises(SystemExit, match="holds a run already; hint: --resume"):
        fine_tune(llama, run, "--epochs", "6")
    with pytest.raises(SystemExit, match="--epochs was 6.0 when .* not 7.0"):
        fine_tune(llama, run, "--epochs", "7", "--resume")
    other = write_rows(tmp_path / "other.jsonl", rows()[:19])
    with pytest.raises(SystemExit, match="other.jsonl is not the file"):
        fine_tune(llama, run, "--epochs", "6", "--resume", data=other)
    before = (run / "report.json").read_bytes()
    fine_tune(llama, run, "--epochs", "6", "--resume")
    assert "is finished" in capsys.readouterr().err and (run / "report.json").read_bytes() == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("keep me")
    with pytest.raises(SystemExit, match="holds something that is not a run"):
        fine_tune(llama, tmp_path / "full")


def test_a_run_that_only_gets_worse_stops_early_and_keeps_the_best(llama, tmp_path):
    run = fine_tune(llama, tmp_path / "run", "--epochs", "40", "--rate", "3", "--every", "1", "--patience", "2")
    told = report_of(run)
    assert told["stopped_early"] and told["updates"] < told["planned_updates"]
    best = told["validation"]["best_update"]
    assert told["updates"] == best + 2
    kept = load_file(run / "checkpoints" / f"checkpoint-{best}" / "adapter_model.safetensors")
    assert same(adapter_of(run), kept)


def test_without_pairs_to_validate_on_the_last_weights_stay(llama, tmp_path):
    told = report_of(fine_tune(llama, tmp_path / "run", "--epochs", "1", "--validation", "0"))
    assert told["validation"] == {"best": None, "best_update": None, "curve": []}
    assert told["updates"] == 5 and told["pairs"]["train"]["pairs"] == 20


def test_recomputing_changes_nothing_but_memory(llama, tmp_path):
    plain = fine_tune(llama, tmp_path / "plain", "--epochs", "1")
    main(
        ["train", "--data", str(SAMPLE), "--base", str(llama), "--out", str(tmp_path / "again"), *TINY[:-1]]
        + ["--recompute", "--epochs", "1"]
    )
    one, other = adapter_of(plain), adapter_of(tmp_path / "again")
    assert all(torch.allclose(one[name], other[name], atol=1e-5) for name in one)
