"""Base and adapter as one model: a folder of safetensors that vLLM serves and llama.cpp's script converts.

Before the folder is written the merged model answers the same tokens as base and adapter apart, and the difference,
which is rounding, is told.
"""

from pathlib import Path

import torch
from peft import PeftModel

from . import files
from .base import TYPES, Base

PROBE_TOKENS = 64
# The most by which merging may change a logit, as a share of the largest: far above rounding, far below a mistake.
LIMITS = {torch.float32: 1e-4, torch.bfloat16: 0.1, torch.float16: 0.02}


def merge(run, out, say, base="", precision="auto", download=False):
    """Writes the merged folder; returns what `dupi-advice.json` in it says."""
    run, out = Path(run), Path(out)
    if not (run / "report.json").exists():
        raise FileNotFoundError(f"{run} holds no finished run; hint: `train --resume` goes on with one")
    if out.exists():
        raise FileExistsError(f"{out} exists; hint: name a new folder")
    stated = files.read_json(run / "run.json")
    settings = stated["settings"]
    source = Base(base or settings["base"], settings["revision"], download)
    target = TYPES.get(precision) or source.config().dtype or torch.float32
    model = PeftModel.from_pretrained(source.model(dtype=target), run / "adapter").eval()
    probe = torch.arange(min(PROBE_TOKENS, model.config.vocab_size))[None]
    with torch.no_grad():
        apart = model(probe).logits.float()
        model = model.merge_and_unload()
        together = model(probe).logits.float()
    difference = float((apart - together).abs().max() / apart.abs().max())
    if not difference <= LIMITS[target]:
        raise ValueError(f"merging changed a logit by {difference:.1e} of the largest; nothing was written")
    draft = out.with_name(out.name + ".part")
    model.save_pretrained(draft)
    source.copy_companions(draft)
    name_rotation(draft / "config.json")
    told = {
        "made_from": {"base": settings["base"], "revision": settings["revision"], "data": stated["data"]},
        "precision": str(target).removeprefix("torch."),
        "changed_by_merging": difference,
        "settings": settings,
    }
    files.write_json(draft / "dupi-advice.json", told)
    draft.rename(out)
    say(f"{out}: {told['precision']}; merging changed the logits by at most {difference:.1e} of the largest")
    return told


def name_rotation(path):
    """Also writes GPT-NeoX's rotation the way it was written before transformers 5.

    llama.cpp's script reads only the old names, and so do servers with an older transformers.
    """
    config = files.read_json(path)
    rotation = config.get("rope_parameters") or {}
    if config.get("model_type") == "gpt_neox" and "partial_rotary_factor" in rotation:
        config.setdefault("rotary_pct", rotation["partial_rotary_factor"])
        config.setdefault("rotary_emb_base", rotation.get("rope_theta", 10000))
        files.write_json(path, config)
