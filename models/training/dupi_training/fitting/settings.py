"""Everything that can be chosen about a training run, with its default and the reason for it.

The defaults are the recipe `dupi`; `aihub` follows the published baseline of AI Hub's dataset.
"""

import argparse
import re
from dataclasses import asdict, dataclass, field, fields, replace


def choice(default, why, *allowed):
    return field(default=default, metadata={"why": why, "allowed": allowed})


def several(default, why, names):
    return field(default=default, metadata={"why": why, "names": names})


def flag(default, why):
    return field(default=default, metadata={"why": why})


@dataclass(frozen=True)
class Settings:
    """One field per flag; `why` is the flag's help."""

    arch: str = flag(
        "efficientnet-b0",
        "backbone, any of `architectures.NAMES`; B0 is the timm network that still serves well on a CPU",
    )
    head: str = choice(
        "cumulative",
        "cumulative: ordered thresholds, so that far errors cost more than near ones; softmax: plain classes",
        "cumulative",
        "softmax",
    )
    size: str = flag(
        "512x384",
        "WIDTHxHEIGHT, or the short side of a 4:3 frame (224-800); 384 beat 256 by about two points in others' "
        "hands, 800 has four times the pixels",
    )
    aspect: str = choice(
        "keep",
        "keep: as photographed; squash: squeezed to a square of the short side, which flattens follicles",
        "keep",
        "squash",
    )
    pretrained: str = flag(
        "",
        "`timm` DOWNLOADS published weights, a file is loaded; empty (random) so that nothing is fetched unasked. "
        "With real photos it usually pays",
    )
    epochs: int = flag(30, "passes over the training photos; early stopping usually ends before")
    batch: int = flag(16, "photos per step; where memory runs out, lower it and raise --accumulate")
    accumulate: int = flag(2, "steps whose gradients are added before weights move: 16 x 2 acts like a batch of 32")
    optimiser: str = choice(
        "adamw",
        "AdamW decays weights apart from the gradient's scale, which generalises better",
        "adamw",
        "adam",
        "sgd",
    )
    rate: float = flag(5e-4, "peak learning rate; for SGD try 0.02, for fine-tuning 2e-4")
    decay: float = flag(0.02, "weight decay; none on biases and norms")
    momentum: float = flag(0.9, "of SGD alone")
    clip: float = flag(2.0, "gradient norm is cut here, 0 never: one odd photo must not throw the weights")
    schedule: str = choice(
        "cosine",
        "cosine: ends at a rate near 0; step: StepLR; plateau: ReduceLROnPlateau on validation QWK",
        "cosine",
        "step",
        "plateau",
        "none",
    )
    warm_up: float = flag(1.0, "epochs in which the rate rises from 0; normalisation needs to settle first")
    step_epochs: int = flag(7, "StepLR: epochs between drops")
    gamma: float = flag(0.1, "StepLR: factor of each drop")
    plateau_patience: int = flag(5, "ReduceLROnPlateau: epochs without a better QWK before a drop")
    plateau_factor: float = flag(0.5, "ReduceLROnPlateau: factor of each drop")
    patience: int = flag(8, "early stopping: epochs without a better validation QWK; 0 never stops early")
    ema: float = flag(0.998, "averaging of weights per step, 0 none: the average is steadier than any single step")
    amp: str = choice(
        "auto",
        "mixed precision; auto: bf16 or fp16 on CUDA, none on a CPU, where it only pays for plain convolutions",
        "auto",
        "off",
        "fp16",
        "bf16",
    )
    class_weights: str = choice(
        "root",
        "root: inverse square root of a grade's share, at most 5; balanced: the inverse, at most 10, spoils "
        "calibration "
        "where severe is 200 times rarer",
        "root",
        "balanced",
        "none",
    )
    focal: float = flag(
        0.0, "focal gamma; 0 (plain) because focal loss makes probabilities timid and abstention needs them honest"
    )
    smoothing: float = flag(0.0, "label smoothing of the softmax head; 0 because severity 1 against 2 is noisy enough")
    dry_oily: float = flag(
        0.1,
        "weight of P(scaling >= 1) x P(sebum >= 1) where the label does not say both: dryness and oil nearly exclude "
        "each other; small, because labels say most of it, and 0 switches it off",
    )
    negatives: float = flag(
        0.2,
        "share of generated pictures (scalps from afar, other things) that teach the view head; with 0 every photo is "
        "called a close-up, because a view that was never shown cannot be told",
    )
    view_weight: float = flag(0.5, "weight of the view loss beside the grade loss")
    jitter: tuple = several(
        (0.15, 0.15, 0.1, 0.02),
        "ColorJitter; small, because strong jitter of hue and saturation destroys the red conditions",
        ("BRIGHTNESS", "CONTRAST", "SATURATION", "HUE"),
    )
    crop: tuple = several(
        (0.8, 1.0),
        "RandomResizedCrop: share of the frame's area that is kept, aspect kept; less changes how dense a grade looks",
        ("LEAST", "MOST"),
    )
    blur: tuple = several(
        (0.1, 0.1, 1.2), "GaussianBlur: chance and range of sigma in pixels of the input", ("CHANCE", "LEAST", "MOST")
    )
    flip: float = flag(0.5, "chance of a flip, each way: a contact microscope knows no up")
    rotate: float = flag(15.0, "degrees at most; edges are mirrored, so more would show more mirror than skin")
    quarter_turns: bool = flag(
        False, "also turn by 90 degrees; off because a turned 4:3 frame is cut, which changes density"
    )
    shear: float = flag(0.0, "degrees at most; 0 because it bends follicles that lenses do not bend")
    zoom: tuple = several((1.0, 1.0), "scale about the middle; none, RandomResizedCrop does it", ("LEAST", "MOST"))
    drop_path: float = flag(0.1, "stochastic depth of timm networks that have it: a mild regulariser")
    seed: int = flag(1, "of weights, order, augmentation and generated pictures")
    workers: int = flag(
        2, "processes that decode photos; 0 decodes in the training process; about one per CPU core for a GPU"
    )
    device: str = flag("auto", "auto takes CUDA, then Apple's MPS, then the CPU; or name one, as cuda:1")
    save_minutes: float = flag(
        15.0, "minutes between checkpoints inside an epoch; one is written after every epoch anyway"
    )
    protocol: str = choice(
        "visit",
        "visit: joint labels split by visit; official: one folder model on AI Hub's own split, only to compare",
        "visit",
        "official",
    )
    condition: str = flag("", "the condition of a model of the official protocol, as `dandruff`")


RECIPES = {
    "dupi": {},
    "aihub": {
        "arch": "efficientnet-b7",
        "head": "softmax",
        "size": "600",
        "aspect": "squash",
        "optimiser": "adam",
        "rate": 1e-4,
        "decay": 0.0,
        "clip": 0.0,
        "schedule": "step",
        "warm_up": 0.0,
        "step_epochs": 7,
        "gamma": 0.1,
        "patience": 0,
        "ema": 0.0,
        "class_weights": "none",
        "dry_oily": 0.0,
        "negatives": 0.0,
        "batch": 2,
        "accumulate": 1,
        "drop_path": 0.0,
        "jitter": (0.0, 0.0, 0.0, 0.0),
        "crop": (1.0, 1.0),
        "blur": (0.0, 0.1, 2.0),
        "rotate": 10.0,
        "quarter_turns": True,
        "shear": 10.0,
        "zoom": (0.8, 1.2),
    },
}


def add_flags(parser):
    """One flag per setting; what is not given stays with the recipe."""
    parser.add_argument(
        "--recipe",
        choices=tuple(RECIPES),
        default="dupi",
        help="dupi (default): what we would choose; aihub: AI Hub's published baseline (B7, 600x600, Adam 1e-4, "
        "StepLR(7, 0.1))",
    )
    for item in fields(Settings):
        name, default, note = "--" + item.name.replace("_", "-"), item.default, item.metadata
        shown = " ".join(map(str, default)) if isinstance(default, tuple) else default if default != "" else "none"
        how = {
            "help": f"{note['why']} (default {shown})".replace("%", "%%"),
            "default": argparse.SUPPRESS,
            "dest": item.name,
        }
        if isinstance(default, bool):
            how["action"] = argparse.BooleanOptionalAction
        elif isinstance(default, tuple):
            how |= {"type": float, "nargs": len(default), "metavar": note["names"]}
        else:
            how |= {"type": type(default), "choices": note.get("allowed")}
        parser.add_argument(name, **how)


def chosen(options):
    """Settings of parsed flags: the recipe, then what was said."""
    said = {item.name: getattr(options, item.name) for item in fields(Settings) if hasattr(options, item.name)}
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return checked(replace(Settings(), **(RECIPES[options.recipe] | said)))


def checked(settings):
    """Refuses what cannot work, naming the flag."""
    sizes(settings)
    wrong = [
        (settings.batch < 2, f"--batch {settings.batch}: normalisation needs at least 2 photos"),
        (settings.accumulate < 1, f"--accumulate {settings.accumulate}: must be 1 or more"),
        (not 0 <= settings.negatives < 0.9, f"--negatives {settings.negatives}: must be from 0 to below 0.9"),
        (not 0 <= settings.ema < 1, f"--ema {settings.ema}: must be from 0 to below 1"),
        (not 0 < settings.crop[0] <= settings.crop[1] <= 1, f"--crop {settings.crop}: must be 0 < LEAST <= MOST <= 1"),
        (
            (settings.protocol == "official") != bool(settings.condition),
            "--protocol official and --condition NAME go together: the old protocol trains one model per condition",
        ),
    ]
    for is_wrong, text in wrong:
        if is_wrong:
            raise ValueError(text)
    return settings


def sizes(settings):
    """((width, height) of the frame the service makes, (width, height) that the backbone sees)."""
    match = re.fullmatch(r"(\d+)(?:x(\d+))?", settings.size)
    if not match:
        raise ValueError(f"--size {settings.size}: expected WIDTHxHEIGHT or one number")
    first, second = match.groups()
    width, height = (int(first), int(second)) if second else (round(int(first) * 4 / 3), int(first))
    if not (32 <= min(width, height) and max(width, height) <= 2048):
        raise ValueError(f"--size {settings.size}: sides must be from 32 to 2048 pixels")
    inside = (min(width, height),) * 2 if settings.aspect == "squash" else (width, height)
    return (width, height), inside


def as_text(settings):
    """For JSON."""
    return asdict(settings)


def from_text(entries):
    return Settings(**{name: tuple(value) if isinstance(value, list) else value for name, value in entries.items()})
