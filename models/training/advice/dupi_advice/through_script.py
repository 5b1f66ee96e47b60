"""Runs llama.cpp's convert_hf_to_gguf.py with two gaps closed that Polyglot would fall into.

Called as `python through_script.py SCRIPT [like-gpt2] ARGUMENTS...`, in a process of its own.

The script reads GPT-NeoX's rotation under a name that transformers 5 no longer gives. And it knows tokenizers only by a
list of checksums: one that is not on it, but cuts text exactly as GPT-2's does, passes for GPT-2's.
"""

import runpy
import sys
from pathlib import Path


def name_rotation(reader):
    known = reader.load_hparams

    def load(*given, **more):
        config = known(*given, **more)
        if config.get("model_type") == "gpt_neox":
            rotation = config.get("rope_parameters") or {}
            config.setdefault("rotary_pct", rotation.get("partial_rotary_factor", 0.25))
        return config

    reader.load_hparams = staticmethod(load)


def take_for_gpt2(reader):
    known = reader.get_vocab_base_pre

    def tell(self, tokenizer):
        try:
            return known(self, tokenizer)
        except NotImplementedError:
            print(
                "the tokenizer is none that llama.cpp has met; its file says that it cuts as GPT-2's", file=sys.stderr
            )
            return "gpt-2"

    reader.get_vocab_base_pre = tell


def main(script, *arguments):
    like_gpt2 = arguments[0] == "like-gpt2"
    sys.path[0] = str(Path(script).parent)
    try:
        from conversion.base import ModelBase, TextModel
    except ImportError:
        # An older llama.cpp has everything in the script itself, out of reach.
        print("this llama.cpp is older than its folder `conversion`: its script runs as it is", file=sys.stderr)
    else:
        name_rotation(ModelBase)
        if like_gpt2:
            take_for_gpt2(TextModel)
    sys.argv = [script, *arguments[like_gpt2:]]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
