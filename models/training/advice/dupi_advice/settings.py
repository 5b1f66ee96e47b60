"""Everything that can be chosen about a fine-tuning run, with its default and the reason for it."""

import argparse
from dataclasses import asdict, dataclass, field, fields


def choice(default, why, *allowed):
    return field(default=default, metadata={"why": why, "allowed": allowed})


def flag(default, why):
    return field(default=default, metadata={"why": why})


@dataclass(frozen=True)
class Settings:
    """One field per flag; `why` is the flag's help."""

    base: str = flag(
        "beomi/KoAlpaca-Polyglot-5.8B", "the model to begin with: a folder, or a name on the hub whose files are here"
    )
    revision: str = flag("main", "of a base named on the hub; name a commit to get the same weights next year")
    download: bool = flag(False, "let the base be fetched from the hub (12 GB for the default); off: nothing is")
    method: str = choice(
        "lora",
        "lora: the base in 16 bits; qlora: the base in 4 bits, a third of the memory, slower; CUDA only",
        "lora",
        "qlora",
    )
    rank: int = flag(16, "of the adapter; 16 is also the most that vLLM takes without --max-lora-rank")
    alpha: int = flag(32, "the adapter counts alpha / rank times; twice the rank is the usual choice")
    dropout: float = flag(0.05, "of what goes into the adapter; the pairs resemble each other, so a little helps")
    targets: str = flag(
        "all-linear",
        "layers that get an adapter, names with commas between them; all-linear: every linear layer but the last, "
        "whatever the architecture calls them",
    )
    epochs: float = flag(2.0, "passes over the pairs; the answers follow rules, more passes make it recite them")
    batch: int = flag(4, "pairs per step on each device; where memory runs out, lower it and raise --accumulate")
    accumulate: int = flag(8, "steps whose gradients are added before weights move: 4 x 8 acts like a batch of 32")
    rate: float = flag(2e-4, "peak learning rate, ten times that of full fine-tuning: an adapter begins at nothing")
    decay: float = flag(0.0, "weight decay of the adapter; it is small already")
    clip: float = flag(1.0, "gradient norm is cut here: one odd pair must not throw the weights")
    warm_up: float = flag(0.03, "share of the steps in which the rate rises from 0; then half a cosine down to 0")
    max_length: int = flag(
        2048, "tokens of prompt, answer and end; a longer pair is left out and counted, never cut. Polyglot ends here"
    )
    share: float = flag(1.0, "share of the pairs to use, chosen by a hash, for a trial")
    validation: float = flag(0.02, "share of the prompts to validate on, chosen by a hash: the same in every run")
    every: int = flag(200, "updates between two looks at the validation pairs, each with a checkpoint")
    patience: int = flag(3, "early stopping: looks without a lower validation loss; 0 never stops early")
    keep: int = flag(2, "checkpoints that stay; the best is always one of them")
    log: int = flag(10, "updates between two entries of the training loss")
    precision: str = choice(
        "auto",
        "of the base and of the arithmetic; auto: bf16 where the GPU has it, else fp16, and fp32 on a CPU",
        "auto",
        "bf16",
        "fp16",
        "fp32",
    )
    recompute: bool = flag(True, "forget activations and compute them again: a third slower, a fraction of the memory")
    seed: int = flag(1, "of the adapter's first weights, dropout and the order of pairs")
    device: str = choice("auto", "auto takes a CUDA GPU if there is one; cpu: never", "auto", "cpu")


def add_flags(parser):
    """One flag per setting."""
    for item in fields(Settings):
        note = item.metadata
        how = {"help": f"{note['why']} (default {item.default})".replace("%", "%%"), "default": argparse.SUPPRESS}
        if isinstance(item.default, bool):
            how["action"] = argparse.BooleanOptionalAction
        else:
            how |= {"type": type(item.default), "choices": note.get("allowed")}
        parser.add_argument("--" + item.name.replace("_", "-"), dest=item.name, **how)


def chosen(options):
    """Settings of parsed flags."""
    return checked(
        Settings(**{item.name: getattr(options, item.name) for item in fields(Settings) if hasattr(options, item.name)})
    )


def checked(settings):
    """Refuses what cannot work, naming the flag."""
    for name in ("rank", "alpha", "batch", "accumulate", "max_length", "every", "keep", "log"):
        refuse(getattr(settings, name) < 1, settings, name, "must be 1 or more")
    for name in ("epochs", "rate", "clip"):
        refuse(getattr(settings, name) <= 0, settings, name, "must be above 0")
    for name in ("decay", "patience"):
        refuse(getattr(settings, name) < 0, settings, name, "must be 0 or more")
    for name in ("dropout", "warm_up", "validation"):
        refuse(not 0 <= getattr(settings, name) < 1, settings, name, "must be from 0 to below 1")
    refuse(not 0 < settings.share <= 1, settings, "share", "must be above 0 and at most 1")
    refuse(not settings.base, settings, "base", "must be a folder or a name")
    return settings


def refuse(is_wrong, settings, name, text):
    if is_wrong:
        raise ValueError(f"--{name.replace('_', '-')} {getattr(settings, name)}: {text}")


def as_text(settings):
    """For JSON."""
    return asdict(settings)
