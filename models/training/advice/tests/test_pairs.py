"""What the loss looks at, what is left out, and who validates."""

import random

import pytest
from conftest import END, SAMPLE, rows, tokenizer_of, write_rows
from tokenizers.processors import TemplateProcessing

from dupi_advice import pairs
from dupi_advice.settings import Settings


def test_the_loss_looks_at_the_answer_and_its_end_alone(tokenizer):
    found = pairs.read(SAMPLE, tokenizer, Settings(validation=0.0))
    batch = pairs.Collate(tokenizer.eos_token_id)([found.train[item] for item in range(len(found.train))])
    columns = (batch[name] for name in ("input_ids", "labels", "attention_mask"))
    for entry, ids, labels, mask in zip(rows(), *columns, strict=True):
        assert tokenizer.decode(labels[labels != pairs.IGNORED]) == entry["completion"] + END
        assert tokenizer.decode(ids[mask == 1]) == entry["prompt"] + entry["completion"] + END
        assert (labels[mask == 0] == pairs.IGNORED).all()
        prompt = tokenizer(entry["prompt"])["input_ids"]
        assert ids[: len(prompt)].tolist() == prompt and (labels[: len(prompt)] == pairs.IGNORED).all()
    assert found.counts()["train"]["pairs"] == 20


def test_a_pair_that_does_not_fit_is_counted_and_never_cut(tokenizer):
    whole = pairs.read(SAMPLE, tokenizer, Settings(validation=0.0))
    lengths = sorted(len(whole.train[item]["input_ids"]) for item in range(20))
    limit = lengths[14]
    found = pairs.read(SAMPLE, tokenizer, Settings(validation=0.0, max_length=limit))
    kept = [found.train[item]["input_ids"] for item in range(len(found.train))]
    assert len(kept) + found.too_long == 20 and found.too_long == sum(length > limit for length in lengths) > 0
    assert all(len(ids) <= limit and ids[-1] == tokenizer.eos_token_id for ids in kept)
    assert found.longest == lengths[-1]
    with pytest.raises(ValueError, match="no pair to train on .20 lines, 20 longer than 5 tokens"):
        pairs.read(SAMPLE, tokenizer, Settings(max_length=5))


def test_who_validates_depends_on_the_prompt_alone(tokenizer, tmp_path):
    def validating(entries):
        found = pairs.read(write_rows(tmp_path / "pairs.jsonl", entries), tokenizer, Settings(validation=0.3))
        prompts = [found.validation[item] for item in range(len(found.validation))]
        return {tokenizer.decode(one["input_ids"][: one["prompt"]]) for one in prompts}

    first = validating(rows())
    assert 1 <= len(first) <= 12
    mixed = rows() + [entry | {"completion": " 다른 답이에요."} for entry in rows()]
    random.Random(1).shuffle(mixed)
    assert validating(mixed) == first
    assert validating(rows()[:10]) <= first


def test_a_share_is_chosen_by_a_hash(tokenizer):
    half = pairs.read(SAMPLE, tokenizer, Settings(validation=0.0, share=0.5))
    assert half.not_in_share + len(half.train) == 20 and 0 < len(half.train) < 20


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "3", '{"prompt": "가"}', '{"prompt": "가", "completion": ""}', '{"prompt": 1, "completion": "나"}'],
)
def test_a_damaged_line_is_named(tokenizer, tmp_path, line):
    path = write_rows(tmp_path / "pairs.jsonl", rows()[:2])
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="pairs.jsonl, line 3"):
        pairs.read(path, tokenizer, Settings())


def test_a_tokenizer_that_ends_every_text_leaves_the_prompt_open():
    ending = tokenizer_of(["가나다"])
    ending.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"$A {END}", special_tokens=[(END, ending.eos_token_id)]
    )
    assert ending("가")["input_ids"][-1] == ending.eos_token_id
    ((prompt, answer),) = pairs.tokenised(ending, [("질문:", " 답", False)])
    assert ending.eos_token_id not in prompt
    assert answer.count(ending.eos_token_id) == 1 and ending.decode(answer) == " 답" + END


def test_an_answer_that_would_melt_into_the_prompt_is_tokenised_by_itself():
    melting = tokenizer_of(["두피"] * 9)
    assert len(melting("두피")["input_ids"]) == 1
    ((prompt, answer),) = pairs.tokenised(melting, [("두", "피", False)])
    assert prompt == melting("두")["input_ids"]
    assert melting.decode(prompt) == "두" and melting.decode(answer) == "피" + END
