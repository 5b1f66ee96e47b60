"""Command line of the advice writer's fine-tuning; PyTorch is imported only by the command that needs it."""

import argparse
import contextlib
import os
import sys

from . import settings


def say(text):
    print(text, file=sys.stderr, flush=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="dupi_advice", description=__doc__)
    commands = parser.add_subparsers(required=True)
    add_train(commands.add_parser("train", help=train.__doc__))
    add_merge(commands.add_parser("merge", help=merge.__doc__))
    add_gguf(commands.add_parser("gguf", help=gguf.__doc__))
    options = parser.parse_args(arguments)
    with told():
        options.action(options)


def add_train(parser):
    parser.add_argument("--data", required=True, help="the JSONL file that `dupi advice-data` wrote")
    parser.add_argument("--out", required=True, help="the run's folder")
    parser.add_argument(
        "--resume", action="store_true", help="go on after an interruption; a run not begun yet is begun"
    )
    settings.add_flags(parser)
    parser.set_defaults(action=train)


def add_merge(parser):
    parser.add_argument("run", help="a run's folder")
    parser.add_argument("--out", required=True, help="the folder to write; it must not exist yet")
    parser.add_argument("--base", default="", help="where the base lies by now, if it was moved since `train`")
    parser.add_argument(
        "--precision",
        choices=("auto", "fp32", "bf16", "fp16"),
        default="auto",
        help="of the merged weights; auto (default): as the base was published",
    )
    parser.add_argument("--download", action="store_true", help="let the base be fetched if it is not here")
    parser.set_defaults(action=merge)


def add_gguf(parser):
    parser.add_argument("folder", help="the folder that `merge` wrote")
    parser.add_argument("--out", required=True, help="the GGUF file to write")
    parser.add_argument(
        "--type",
        default="Q4_K_M",
        help="of the weights: F32, F16, BF16 and Q8_0 need the convert script alone, all others llama-quantize, too "
        "(default Q4_K_M)",
    )
    parser.add_argument(
        "--llama-cpp",
        default="",
        help="llama.cpp's folder (default: $LLAMA_CPP_DIR, then what is on the PATH); it is never downloaded",
    )
    parser.set_defaults(action=gguf)


def train(options):
    """Fine-tune a base model on pairs; writes a run's folder with the adapter and a report."""
    chosen = settings.chosen(options)
    stay_offline(chosen.download)
    from .training import train as start

    start(chosen, options.data, options.out, say, options.resume)


def merge(options):
    """Write base and adapter as one folder of safetensors, for vLLM and for `gguf`."""
    stay_offline(options.download)
    from .merging import merge as start

    start(options.run, options.out, say, options.base, options.precision, options.download)


def gguf(options):
    """Write a merged folder as one GGUF file, through llama.cpp's own script."""
    from .llama_cpp import convert

    convert(options.folder, options.out, options.type, options.llama_cpp, say)


def stay_offline(download):
    """Keeps every library from asking the hub, unless that was allowed; must come before they are imported."""
    if not download:
        os.environ["HF_HUB_OFFLINE"] = "1"


@contextlib.contextmanager
def told():
    """Ends with the sentence of an error that an operator can do something about, instead of a trace."""
    try:
        yield
    except (ValueError, FileNotFoundError, FileExistsError) as error:
        raise SystemExit(f"error: {error}") from error


if __name__ == "__main__":
    main()
