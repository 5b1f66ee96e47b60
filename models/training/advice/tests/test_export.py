"""What becomes of a run: one folder for vLLM, the adapter alone, one file for llama.cpp."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
import torch
from conftest import END, fine_tune, rows
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from dupi_advice import llama_cpp, through_script
from dupi_advice.__main__ import main

STAND_IN = Path(__file__).with_name("stand_in")


def logits(model, tokenizer, text=None):
    ids = torch.tensor([tokenizer(text or rows()[3]["prompt"])["input_ids"]])
    with torch.no_grad():
        return model.eval()(ids).logits


def load(folder, **how):
    return AutoModelForCausalLM.from_pretrained(folder, **how)


def stated(folder):
    return json.loads((folder / "config.json").read_text())


def test_the_merged_model_answers_as_base_and_adapter_do(llama, run, merged):
    tokenizer = AutoTokenizer.from_pretrained(merged)
    apart = logits(PeftModel.from_pretrained(load(llama), run / "adapter"), tokenizer)
    together = logits(load(merged), tokenizer)
    assert torch.allclose(apart, together, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(logits(load(llama), tokenizer), together, atol=0.1)


def test_the_merged_folder_has_all_that_a_server_needs(llama, merged):
    names = {path.name for path in merged.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"} <= names
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert (merged / name).read_bytes() == (llama / name).read_bytes()
    assert AutoTokenizer.from_pretrained(merged).eos_token == END
    told = json.loads((merged / "dupi-advice.json").read_text())
    assert told["made_from"]["base"] == str(llama) and told["changed_by_merging"] < 1e-4


def test_a_folder_is_never_written_over_nor_an_unfinished_run_merged(run, merged, tmp_path):
    with pytest.raises(SystemExit, match="exists; hint: name a new folder"):
        main(["merge", str(run), "--out", str(merged)])
    half = shutil.copytree(run, tmp_path / "half", ignore=shutil.ignore_patterns("report.json"))
    with pytest.raises(SystemExit, match="holds no finished run"):
        main(["merge", str(half), "--out", str(tmp_path / "merged")])
    assert not (tmp_path / "merged").exists()


def test_a_base_that_was_moved_is_found_where_it_is_told_to_be(llama, run, merged, tmp_path):
    moved, lost = shutil.copytree(llama, tmp_path / "moved"), shutil.copytree(run, tmp_path / "run")
    for name in ("run.json", "adapter/adapter_config.json"):
        (lost / name).write_text((lost / name).read_text().replace(str(llama), str(tmp_path / "gone")))
    with pytest.raises(SystemExit, match="is not here"):
        main(["merge", str(lost), "--out", str(tmp_path / "merged")])
    main(["merge", str(lost), "--out", str(tmp_path / "merged"), "--base", str(moved)])
    tokenizer = AutoTokenizer.from_pretrained(merged)
    assert torch.equal(logits(load(tmp_path / "merged"), tokenizer), logits(load(merged), tokenizer))


def test_half_precision_halves_the_folder_and_nothing_else(run, merged, tmp_path):
    main(["merge", str(run), "--out", str(tmp_path / "half"), "--precision", "bf16"])
    sizes = [(folder / "model.safetensors").stat().st_size for folder in (tmp_path / "half", merged)]
    assert sizes[0] < 0.55 * sizes[1] and stated(tmp_path / "half")["dtype"] == "bfloat16"
    tokenizer = AutoTokenizer.from_pretrained(merged)
    whole, half = logits(load(merged), tokenizer), logits(load(tmp_path / "half", dtype=torch.float32), tokenizer)
    assert (whole.argmax(-1) == half.argmax(-1)).float().mean() > 0.9


def test_a_gpt_neox_is_trained_merged_and_readable_for_older_programs(neox, tmp_path):
    run = fine_tune(neox, tmp_path / "run", "--epochs", "2")
    told = json.loads((run / "report.json").read_text())
    assert told["loss"]["last"] < told["loss"]["first"]
    main(["merge", str(run), "--out", str(tmp_path / "merged")])
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "merged")
    apart = logits(PeftModel.from_pretrained(load(neox), run / "adapter"), tokenizer)
    assert torch.allclose(apart, logits(load(tmp_path / "merged"), tokenizer), atol=1e-4, rtol=1e-4)
    config = stated(tmp_path / "merged")
    assert config["rotary_pct"] == 0.5 and config["rotary_emb_base"] == 10000


# GGUF


@pytest.fixture
def nothing_on_the_path(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("LLAMA_CPP_DIR", raising=False)


def answer_of_transformers(folder, prompt, most):
    model, tokenizer = load(folder).eval(), AutoTokenizer.from_pretrained(folder)
    ids = torch.tensor([tokenizer(prompt)["input_ids"]])
    with torch.no_grad():
        made = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=most,
            do_sample=False,
            pad_token_id=tokenizer.eos_token_id,
        )
    return tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)


def answer_of_llama_cpp(file, prompt, most):
    xllamacpp = pytest.importorskip("xllamacpp")
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(file)
    wanted.n_ctx, wanted.n_parallel, wanted.warmup = 512, 1, False
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 1
    wanted.n_threads_http = 2
    wanted.hostnames, wanted.port = ["127.0.0.1"], 0
    server = xllamacpp.Server(wanted)
    asked = {"prompt": prompt, "max_tokens": most, "temperature": 0.0}
    told = server.handle_completions(asked)
    return told["choices"][0]["text"]


def test_llama_cpp_answers_with_the_file_as_transformers_does_with_the_folder(merged, tmp_path):
    file = tmp_path / "advice.gguf"
    main(["gguf", str(merged), "--out", str(file), "--type", "f32", "--llama-cpp", str(STAND_IN)])
    assert file.read_bytes()[:4] == b"GGUF" and [path.name for path in tmp_path.iterdir()] == ["advice.gguf"]
    for entry in rows()[:3]:
        wanted = answer_of_transformers(merged, entry["prompt"], most=48)
        assert wanted.strip()
        assert answer_of_llama_cpp(file, entry["prompt"], most=48) == wanted


def quantizer(folder):
    """Stands in for llama-quantize: copies, and notes what it was asked."""
    path = folder / "build" / "bin" / "llama-quantize"
    path.parent.mkdir(parents=True)
    path.write_text('#!/bin/sh\necho "$3" > "${0%/*}/asked"\n/bin/cp "$1" "$2"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path.parent / "asked"


def test_four_bits_take_both_of_llama_cpps_tools(merged, tmp_path, monkeypatch, nothing_on_the_path):
    folder = shutil.copytree(STAND_IN, tmp_path / "llama.cpp")
    asked = quantizer(folder)
    monkeypatch.setenv("LLAMA_CPP_DIR", str(folder))
    main(["gguf", str(merged), "--out", str(tmp_path / "advice.gguf")])
    assert asked.read_text() == "Q4_K_M\n" and (tmp_path / "advice.gguf").stat().st_size > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["advice.gguf", "llama.cpp"]


def test_without_llama_cpp_the_commands_are_told(merged, tmp_path, nothing_on_the_path):
    with pytest.raises(SystemExit) as ended:
        main(["gguf", str(merged), "--out", str(tmp_path / "advice.gguf")])
    told = str(ended.value)
    assert "convert_hf_to_gguf.py and llama-quantize not found" in told
    assert f"convert_hf_to_gguf.py like-gpt2 {merged} --outfile {tmp_path}/advice.gguf.f16 --outtype f16\n" in told
    assert told.endswith(f"llama-quantize {tmp_path}/advice.gguf.f16 {tmp_path}/advice.gguf Q4_K_M")
    with pytest.raises(SystemExit, match="llama-quantize not found"):
        main(["gguf", str(merged), "--out", str(tmp_path / "advice.gguf"), "--llama-cpp", str(STAND_IN)])


def test_a_script_that_fails_leaves_no_file(neox, tmp_path):
    with pytest.raises(SystemExit, match="llama.cpp could not do it .exit status 1."):
        main(["gguf", str(neox), "--out", str(tmp_path / "a.gguf"), "--type", "f16", "--llama-cpp", str(STAND_IN)])
    assert not list(tmp_path.iterdir())


def test_only_a_tokenizer_that_cuts_like_gpt2s_passes_for_one(llama, tmp_path):
    def cuts(**changes):
        entries = json.loads((llama / "tokenizer.json").read_text())
        (tmp_path / "tokenizer.json").write_text(json.dumps(entries | changes))
        return llama_cpp.cuts_like_gpt2(tmp_path)

    plain = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
    assert cuts() and cuts(pre_tokenizer=plain, normalizer={"type": "NFC"})
    assert not cuts(pre_tokenizer=plain | {"use_regex": False})
    assert not cuts(pre_tokenizer=plain | {"add_prefix_space": True})
    assert not cuts(pre_tokenizer={"type": "Sequence", "pretokenizers": [plain]})
    assert not cuts(normalizer={"type": "Lowercase"}) and not cuts(pre_tokenizer=None)
    (tmp_path / "tokenizer.json").unlink()
    assert not llama_cpp.cuts_like_gpt2(tmp_path)


def test_a_rotation_is_told_under_its_old_name_too():
    class Reader:
        @staticmethod
        def load_hparams(kind, is_mistral_format=False):
            return {"model_type": kind, "rope_parameters": {"partial_rotary_factor": 0.5}}

    through_script.name_rotation(Reader)
    assert Reader.load_hparams("gpt_neox", False)["rotary_pct"] == 0.5
    assert "rotary_pct" not in Reader.load_hparams("llama")


@pytest.mark.skipif("LLAMA_CPP_DIR" not in os.environ, reason="LLAMA_CPP_DIR names no llama.cpp")
@pytest.mark.parametrize("kind", ["llama", "neox"])
def test_llama_cpps_own_script_takes_the_folder(kind, request, tmp_path):
    base = request.getfixturevalue(kind)
    run = fine_tune(base, tmp_path / "run", "--epochs", "2")
    main(["merge", str(run), "--out", str(tmp_path / "merged")])
    main(["gguf", str(tmp_path / "merged"), "--out", str(tmp_path / "a.gguf"), "--type", "f32"])
    for entry in rows()[:3]:
        wanted = answer_of_transformers(tmp_path / "merged", entry["prompt"], most=32)
        assert answer_of_llama_cpp(tmp_path / "a.gguf", entry["prompt"], most=32) == wanted
