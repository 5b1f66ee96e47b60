"""A merged folder as one GGUF file, through the script and the program that llama.cpp has for it.

Both are looked for and never fetched; where one is missing, the commands to give by hand are told.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT, PROGRAM = "convert_hf_to_gguf.py", "llama-quantize"
# What the script writes by itself; every other type is made of F16 by llama-quantize.
BY_SCRIPT = {"F32": "f32", "F16": "f16", "BF16": "bf16", "Q8_0": "q8_0"}
THROUGH = Path(__file__).with_name("through_script.py")


def convert(folder, out, kind, llama_cpp, say):
    """Writes `out` with weights of `kind`, whole or not at all."""
    folder, out, kind = Path(folder), Path(out), kind.upper()
    if not (folder / "config.json").exists():
        raise FileNotFoundError(f"{folder} is no merged folder; hint: `merge` writes one")
    script, program = needed(folder, out, kind, llama_cpp)
    with tempfile.TemporaryDirectory(dir=out.absolute().parent) as draft:
        made = Path(draft) / "script.gguf"
        run(script_command(sys.executable, script, folder, made, BY_SCRIPT.get(kind, "f16")), say)
        if program:
            first, made = made, Path(draft) / "quantized.gguf"
            run([str(program), str(first), str(made), kind], say)
        os.replace(made, out)
    say(f"{out}: {kind}, {out.stat().st_size / 1e6:.1f} MB")


def needed(folder, out, kind, llama_cpp):
    """The script, and the program if `kind` needs it; if one is missing, tells how to do it elsewhere."""
    names = (SCRIPT,) if kind in BY_SCRIPT else (SCRIPT, PROGRAM)
    found = [find(name, llama_cpp) for name in names]
    missing = [name for name, path in zip(names, found, strict=True) if path is None]
    if missing:
        raise FileNotFoundError(
            f"llama.cpp's {' and '.join(missing)} not found; hint: --llama-cpp FOLDER, or by hand:\n"
            + by_hand(folder, out, kind)
        )
    return (*found, None)[:2]


def find(name, llama_cpp):
    """A script or program of llama.cpp: in the folder named, in $LLAMA_CPP_DIR, or on the PATH."""
    for place in filter(None, (llama_cpp, os.environ.get("LLAMA_CPP_DIR"))):
        for inside in ("", "build/bin", "bin"):
            path = Path(place) / inside / name
            if path.is_file():
                return path.resolve()
    found = shutil.which(name)
    return Path(found).resolve() if found else None


def script_command(python, script, folder, out, kind):
    """The script in a process of its own, through `through_script.py`."""
    like = ["like-gpt2"] if cuts_like_gpt2(folder) else []
    return [python, str(THROUGH), str(script), *like, str(folder), "--outfile", str(out), "--outtype", kind]


def cuts_like_gpt2(folder):
    """Whether `tokenizer.json` is a byte-level BPE with GPT-2's own way to cut a text into words, and nothing else.

    Normalising to NFC may be asked for besides: what Dupi sends is in NFC.
    """
    path = folder / "tokenizer.json"
    if not path.exists():
        return False
    stated = json.loads(path.read_text(encoding="utf-8"))
    cuts = stated.get("pre_tokenizer") or {}
    return (
        stated["model"]["type"] == "BPE"
        and cuts.get("type") == "ByteLevel"
        and cuts.get("use_regex", True)
        and not cuts.get("add_prefix_space", False)
        and (stated.get("normalizer") or {"type": "NFC"})["type"] == "NFC"
    )


def run(command, say):
    """Runs a command whose own words go to the same place as ours."""
    say("$ " + shlex.join(command))
    done = subprocess.run(command, env=os.environ | {"HF_HUB_OFFLINE": "1"}, check=False)
    if done.returncode:
        raise ValueError(f"llama.cpp could not do it (exit status {done.returncode}); what it said stands above")


def by_hand(folder, out, kind):
    """The commands for a machine that has llama.cpp."""
    first = out if kind in BY_SCRIPT else f"{out}.f16"
    commands = [script_command("python", SCRIPT, folder, first, BY_SCRIPT.get(kind, "f16"))]
    if kind not in BY_SCRIPT:
        commands.append([PROGRAM, first, str(out), kind])
    return "\n".join("  " + shlex.join(command) for command in commands)
