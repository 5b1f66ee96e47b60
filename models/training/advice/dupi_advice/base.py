"""The base model and its tokenizer: how they are found, in which precision they are loaded, and what is refused.

No code of a model's authors is run, and nothing is fetched unless the settings allow it.
"""

import importlib.util
import shutil
import warnings
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.utils import cached_file

TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
# What a server needs besides the weights and `config.json`; what a base does not have is left out.
COMPANIONS = (
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "generation_config.json",
)


# PEFT asks transformers for a name that has a new one, and the hub for a vocabulary that we did not change.
warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
warnings.filterwarnings("ignore", "Could not find a config file in", UserWarning)


class Base:
    """A model by its name or folder."""

    def __init__(self, name, revision="main", download=False):
        self.name = name
        self.where = {"revision": revision, "local_files_only": not download}

    def found(self, load, **how):
        """Calls `load(name, ...)`, and explains what to do if the files are not here."""
        try:
            return load(self.name, **self.where, **how)
        except OSError as error:
            raise FileNotFoundError(
                f"the base `{self.name}` is not here; hint: give its folder with --base, or let it be fetched with "
                f"--download ({type(error).__name__})"
            ) from error

    def config(self):
        return self.found(AutoConfig.from_pretrained)

    def tokenizer(self):
        tokenizer = self.found(AutoTokenizer.from_pretrained)
        if tokenizer.eos_token_id is None:
            raise ValueError(f"the base `{self.name}` has no token for the end of a text, so no answer could end")
        return tokenizer

    def model(self, **how):
        return self.found(AutoModelForCausalLM.from_pretrained, **how)

    def copy_companions(self, folder):
        """Copies the tokenizer's own files: saved again by another version, they might not load in an older server."""
        for file in COMPANIONS:
            path = cached_file(
                self.name,
                file,
                **self.where,
                _raise_exceptions_for_missing_entries=False,
                _raise_exceptions_for_connection_errors=False,
            )
            if path:
                shutil.copyfile(path, Path(folder) / file)


def has_gpu(settings):
    return settings.device == "auto" and torch.cuda.is_available()


def precision(settings):
    """The precision to train in: its name in `TYPES`."""
    if settings.precision == "fp16" and not has_gpu(settings):
        raise ValueError("--precision fp16: needs a CUDA GPU; hint: bf16 or fp32")
    if settings.precision != "auto":
        return settings.precision
    if not has_gpu(settings):
        return "fp32"
    return "bf16" if torch.cuda.is_bf16_supported() else "fp16"


def check_machine(settings):
    """Refuses what this machine cannot do, before gigabytes are read."""
    precision(settings)
    if settings.method != "qlora":
        return
    if not has_gpu(settings):
        raise ValueError(
            "--method qlora: needs a CUDA GPU, and there is none here; hint: --method lora trains anywhere, on a CPU "
            "only small models in reasonable time"
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise ValueError("--method qlora: bitsandbytes is not installed; hint: pip install -e '.[qlora]'")


def load_for_training(base, settings):
    """The frozen base, in 16 or 32 bits, or in 4 with `qlora`."""
    kind = TYPES[precision(settings)]
    how = {"dtype": kind}
    if has_gpu(settings):
        how["device_map"] = {"": torch.cuda.current_device()}
    if settings.method == "lora":
        return base.model(**how)
    from peft import prepare_model_for_kbit_training
    from transformers import BitsAndBytesConfig

    four_bits = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=kind
    )
    model = base.model(quantization_config=four_bits, **how)
    return prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
