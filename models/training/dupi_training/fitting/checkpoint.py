"""Files that survive an interruption: written whole beside the old one, then put in its place."""

import json
import os
from pathlib import Path

import torch


def write_bytes(path, save):
    """Calls `save(temporary path)` and moves the result into place."""
    path = Path(path)
    draft = path.with_name(path.name + ".part")
    save(draft)
    with open(draft, "rb") as file:
        os.fsync(file.fileno())
    os.replace(draft, path)


def write(path, state):
    """A dictionary of tensors and plain values."""
    write_bytes(path, lambda draft: torch.save(state, draft))


def read(path):
    """What `write` wrote, on the CPU; no code in the file is run."""
    return torch.load(path, weights_only=True, map_location="cpu")


def write_json(path, value):
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    write_bytes(path, lambda draft: draft.write_text(text, encoding="utf-8"))


def read_json(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def random_state():
    """The state of torch's own generators, which dropout and stochastic depth draw from."""
    state = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def restore_random(state):
    torch.set_rng_state(state["cpu"])
    if torch.cuda.is_available() and len(state.get("cuda", ())) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])
