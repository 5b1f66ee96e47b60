"""Tiny bases made on the spot: random weights, and a tokenizer learnt from the sample. Nothing asks the network."""

import json
import os
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}

import pytest
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from dupi_advice.__main__ import main

torch.set_num_threads(1)

SAMPLE = Path(__file__).with_name("pairs.jsonl")
END = "<|endoftext|>"
CONTEXT = 512
# Five updates in an epoch: 18 pairs (two validate), two by two, twice; the last with what is left.
TINY = ["--max-length", "512", "--rank", "8", "--rate", "0.01", "--batch", "2", "--accumulate", "2", "--every", "5"]
TINY += ["--validation", "0.2", "--log", "1", "--device", "cpu", "--no-recompute"]


def rows():
    return [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]


def write_rows(path, entries):
    path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), encoding="utf-8")
    return path


def tokenizer_of(texts):
    """A byte-level BPE like Polyglot's: no token for the beginning, one for the end, none to fill with."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=[END], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    made.train_from_iterator(texts, trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END, model_max_length=CONTEXT)


@pytest.fixture(scope="session")
def tokenizer():
    return tokenizer_of([entry["prompt"] + entry["completion"] for entry in rows()])


def save_base(folder, model, tokenizer):
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def llama(tokenizer, tmp_path_factory):
    """A folder with a random Llama."""
    torch.manual_seed(7)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        initializer_range=0.15,
    )
    return save_base(tmp_path_factory.mktemp("llama"), transformers.LlamaForCausalLM(config), tokenizer)


@pytest.fixture(scope="session")
def neox(tokenizer, tmp_path_factory):
    """A folder with a random GPT-NeoX, which is what Polyglot is; its vocabulary is rounded up, as Polyglot's."""
    torch.manual_seed(8)
    config = transformers.GPTNeoXConfig(
        vocab_size=(len(tokenizer) // 64 + 1) * 64,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=CONTEXT,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        rope_parameters={"rope_type": "default", "rope_theta": 10000, "partial_rotary_factor": 0.5},
    )
    return save_base(tmp_path_factory.mktemp("neox"), transformers.GPTNeoXForCausalLM(config), tokenizer)


def fine_tune(base, out, *flags, data=SAMPLE):
    main(["train", "--data", str(data), "--base", str(base), "--out", str(out), *TINY, *flags])
    return out


@pytest.fixture(scope="session")
def run(llama, tmp_path_factory):
    """A finished run on the Llama, by the command that an operator gives."""
    return fine_tune(llama, tmp_path_factory.mktemp("runs") / "first", "--epochs", "6")


@pytest.fixture(scope="session")
def merged(run, tmp_path_factory):
    out = tmp_path_factory.mktemp("merged") / "model"
    main(["merge", str(run), "--out", str(out)])
    return out
