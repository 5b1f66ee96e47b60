"""Flags: told in the README, and refused where they cannot work."""

import tomllib
from argparse import ArgumentParser
from dataclasses import fields
from pathlib import Path

import pytest
from conftest import SAMPLE

from dupi_advice.__main__ import main
from dupi_advice.settings import Settings, add_flags, chosen

HERE = Path(__file__).parents[1]


def parsed(*flags):
    parser = ArgumentParser()
    add_flags(parser)
    return chosen(parser.parse_args(flags))


def test_every_flag_stands_in_the_readme_with_its_default_and_reason():
    text = (HERE / "README.md").read_text(encoding="utf-8")
    for item in fields(Settings):
        assert f"| `--{item.name.replace('_', '-')}` | {item.default} | {item.metadata['why']} |" in text


def test_no_flags_give_the_defaults():
    assert parsed() == Settings()
    assert parsed("--no-recompute", "--rank", "4") == Settings(recompute=False, rank=4)


@pytest.mark.parametrize(
    "flags",
    [["--rank", "0"], ["--rate", "0"], ["--validation", "1"], ["--share", "0"], ["--patience", "-1"], ["--base", ""]],
    ids=str,
)
def test_what_cannot_work_is_refused_by_its_flag(flags):
    with pytest.raises(ValueError, match=flags[0]):
        parsed(*flags)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--method", "qlora"], "--method qlora: needs a CUDA GPU"),
        (["--precision", "fp16"], "--precision fp16: needs a CUDA GPU"),
        (["--max-length", "513"], "the base holds 512 tokens at most"),
    ],
    ids=str,
)
def test_what_this_machine_or_base_cannot_do_is_told(llama, tmp_path, flags, told):
    with pytest.raises(SystemExit, match=told):
        main(
            ["train", "--data", str(SAMPLE), "--base", str(llama), "--out", str(tmp_path / "run"), "--device", "cpu"]
            + flags
        )


def test_a_base_that_is_not_here_is_not_fetched(tmp_path):
    with pytest.raises(SystemExit, match="is not here; hint: give its folder with --base, or .* --download"):
        main(["train", "--data", str(SAMPLE), "--out", str(tmp_path / "run"), "--device", "cpu"])


def test_both_training_projects_want_the_same_torch():
    """They share an environment where disk is short."""

    def pins(path):
        stated = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        return dict(one.split("==") for one in stated["dependencies"] + stated["optional-dependencies"]["test"])

    ours, theirs = pins(HERE / "pyproject.toml"), pins(HERE.parent / "pyproject.toml")
    shared = ours.keys() & theirs.keys()
    assert {"torch", "numpy", "pytest"} <= shared
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}
