"""Pairs of prompt and answer as tokens: the loss looks at the answer and its end, and no answer is ever cut.

The prompt is tokenised as a server does it, so that training and serving see the same tokens. Everything is kept in
flat arrays of integers: a million pairs of 500 tokens take 2 GB, not 20.
"""

import hashlib
import json
from array import array
from dataclasses import dataclass, field

import torch

IGNORED = -100
CHUNK = 1000


class Pairs(torch.utils.data.Dataset):
    """Item k is `{"input_ids", "prompt"}`: the tokens of a pair, and how many of them are the prompt's."""

    def __init__(self):
        self.tokens, self.starts, self.prompts = array("i"), array("q", [0]), array("i")

    def append(self, prompt, answer):
        self.tokens.extend(prompt)
        self.tokens.extend(answer)
        self.starts.append(len(self.tokens))
        self.prompts.append(len(prompt))

    def __len__(self):
        return len(self.prompts)

    def __getitem__(self, item):
        return {
            "input_ids": list(self.tokens[self.starts[item] : self.starts[item + 1]]),
            "prompt": self.prompts[item],
        }

    def counts(self):
        """How many pairs and tokens there are, for the report."""
        return {
            "pairs": len(self),
            "prompt_tokens": sum(self.prompts),
            "answer_tokens": len(self.tokens) - sum(self.prompts),
        }


@dataclass
class Read:
    """What was in a file, and what was left out of it."""

    train: Pairs = field(default_factory=Pairs)
    validation: Pairs = field(default_factory=Pairs)
    lines: int = 0
    not_in_share: int = 0
    too_long: int = 0
    longest: int = 0

    def counts(self):
        return {
            "lines": self.lines,
            "not_in_share": self.not_in_share,
            "too_long": self.too_long,
            "longest_tokens": self.longest,
            "train": self.train.counts(),
            "validation": self.validation.counts(),
        }


def read(path, tokenizer, settings):
    """Reads a file of pairs; a line that is no pair ends it, because then the file is damaged."""
    result, waiting = Read(), []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            result.lines += 1
            prompt, completion = parsed(line, path, number)
            to_share, to_validation = places(prompt)
            if to_share >= settings.share:
                result.not_in_share += 1
                continue
            waiting.append((prompt, completion, to_validation < settings.validation))
            if len(waiting) == CHUNK:
                sort_in(waiting, tokenizer, settings.max_length, result)
                waiting = []
    sort_in(waiting, tokenizer, settings.max_length, result)
    if not len(result.train):
        raise ValueError(
            f"{path}: no pair to train on ({result.lines} lines, {result.too_long} longer than "
            f"{settings.max_length} tokens, {len(result.validation)} to validate on)"
        )
    return result


def parsed(line, path, number):
    try:
        entry = json.loads(line)
        prompt, completion = entry["prompt"], entry["completion"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}, line {number}: expected JSON with `prompt` and `completion`") from error
    if not (isinstance(prompt, str) and isinstance(completion, str) and prompt.strip() and completion.strip()):
        raise ValueError(f"{path}, line {number}: `prompt` and `completion` must be texts, neither empty")
    return prompt, completion


def places(prompt):
    """Two numbers from 0 to 1 that depend on the prompt alone: for the share, and for the validation.

    Pairs with the same prompt stay together, and no order, seed or other pair moves a pair to the other side.
    """
    digest = hashlib.sha256(prompt.encode("utf-8")).digest()
    return tuple(int.from_bytes(digest[at : at + 8], "big") / 2**64 for at in (0, 8))


def sort_in(waiting, tokenizer, max_length, result):
    """Tokenises some pairs and puts each where it belongs."""
    for (prompt, answer), (_, _, validates) in zip(tokenised(tokenizer, waiting), waiting, strict=True):
        length = len(prompt) + len(answer)
        result.longest = max(result.longest, length)
        if length > max_length:
            result.too_long += 1
        else:
            (result.validation if validates else result.train).append(prompt, answer)


def tokenised(tokenizer, pairs):
    """(tokens of the prompt, tokens of the answer and its end) of each pair.

    The answer's tokens are those that follow the prompt's when both are tokenised together. Where the last token of
    the prompt would melt into the answer, which cannot happen to a server, the answer is tokenised by itself.
    """
    if not pairs:
        return []
    end = tokenizer.eos_token_id
    prompts = [without_end(ids, end) for ids in tokenizer([pair[0] for pair in pairs])["input_ids"]]
    wholes = [without_end(ids, end) for ids in tokenizer([pair[0] + pair[1] for pair in pairs])["input_ids"]]
    alone = tokenizer([pair[1] for pair in pairs], add_special_tokens=False)["input_ids"]
    found = []
    for prompt, whole, answer in zip(prompts, wholes, alone, strict=True):
        if whole[: len(prompt)] == prompt and len(whole) > len(prompt):
            answer = whole[len(prompt) :]
        found.append((prompt, [*answer, end]))
    return found


def without_end(ids, end):
    """Some tokenizers end every text; a prompt must stay open."""
    return ids[:-1] if ids and ids[-1] == end else ids


class Collate:
    """Makes pairs equally long, on the right, with labels on answers alone.

    The filling is masked, so any token does: most bases, Polyglot among them, were never given one for it.
    """

    def __init__(self, filling):
        self.filling = filling

    def __call__(self, items):
        width = max(len(item["input_ids"]) for item in items)
        ids = torch.full((len(items), width), self.filling)
        labels = torch.full((len(items), width), IGNORED)
        mask = torch.zeros((len(items), width), dtype=torch.long)
        for row, item in enumerate(items):
            tokens = torch.tensor(item["input_ids"])
            ids[row, : len(tokens)] = tokens
            labels[row, item["prompt"] : len(tokens)] = tokens[item["prompt"] :]
            mask[row, : len(tokens)] = 1
        return {"input_ids": ids, "attention_mask": mask, "labels": labels}
