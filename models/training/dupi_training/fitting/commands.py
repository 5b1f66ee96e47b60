"""The commands of training on operators' photos: `train`, `ensemble`, and `export` and `evaluate` of what they made."""

import contextlib
import sys

from . import settings


def say(text):
    print(text, file=sys.stderr, flush=True)


def register(commands):
    """Adds `train`, `ensemble`, `export` and `evaluate`."""
    add_train(commands.add_parser("train", help=train.__doc__))
    add_ensemble(commands.add_parser("ensemble", help=ensemble.__doc__))
    add_export(commands.add_parser("export", help=export_run.__doc__))
    add_evaluate(commands.add_parser("evaluate", help=evaluate_photos.__doc__))


def add_data(parser, required=True):
    parser.add_argument("--data", required=required, help="the folder that `prepare` wrote")
    parser.add_argument("--root", help="where the dataset lies by now, if it was moved since `prepare`")


def add_train(parser):
    add_data(parser)
    parser.add_argument("--out", required=True, help="the run's folder")
    parser.add_argument(
        "--resume", action="store_true", help="go on after an interruption; a run not begun yet is begun"
    )
    parser.add_argument(
        "--tensorboard", action="store_true", help="also write TensorBoard events; log.csv is written anyway"
    )
    settings.add_flags(parser)
    parser.set_defaults(action=train)


def add_ensemble(parser):
    parser.add_argument(
        "runs", nargs="+", help="folders of trained runs; the first gives the input and the grid of the maps"
    )
    add_data(parser)
    parser.add_argument("--out", required=True, help="the ensemble's folder")
    parser.set_defaults(action=ensemble)


def add_export(parser):
    parser.add_argument("run", help="a run's folder")
    parser.add_argument("--out", required=True, help="the ONNX file to write")
    add_data(parser, required=False)
    parser.add_argument(
        "--precision",
        choices=("fp32", "fp16", "int8"),
        default="fp32",
        help="fp32 (default): as trained; fp16: half the size, for GPUs; int8: a quarter, faster on CPUs",
    )
    parser.add_argument("--model-id", default="dupi-operator", help="scalp.model_id")
    parser.add_argument("--model-version", default="", help="scalp.model_version (default: the day of training)")
    parser.add_argument("--photos", type=int, default=2000, help="validation photos to compare on (default 2000)")
    parser.add_argument(
        "--limit",
        type=float,
        default=0.0,
        help="accept this difference from PyTorch instead of the precision's own limit",
    )
    parser.set_defaults(action=export_run)


def add_evaluate(parser):
    parser.add_argument("model", help="a run's folder, or an ONNX file with the contract")
    add_data(parser)
    parser.add_argument("--out", default="report", help="folder of the report (default report)")
    parser.add_argument(
        "--split", choices=("test", "validation"), default="test", help="test (default) may be looked at once"
    )
    parser.add_argument("--again", metavar="REASON", help="look at the test split once more; the reason is recorded")
    parser.add_argument(
        "--protocol", choices=("visit", "official"), default="visit", help="of a FILE; a RUN knows its own"
    )
    parser.add_argument("--condition", default="", help="of a FILE with --protocol official")
    parser.set_defaults(action=evaluate_photos)


def train(options):
    """Train on a prepared table and calibrate; writes a run's folder."""
    from .training import train as start

    with told():
        start(
            settings.chosen(options), options.data, options.out, say, options.resume, options.tensorboard, options.root
        )


def ensemble(options):
    """Join trained runs into one, averaged inside one graph, and calibrate it."""
    from . import ensemble as together, source, training

    with told():
        run = together.create(options.runs, options.out)
        photos = source.load(options.data, run.settings, options.root)
        run.keep(
            training.calibrated(
                run, training.measuring_set(photos, "validation", run.settings, run.spec), run.settings, say
            )
        )


def export_run(options):
    """Export a run as one ONNX file with the contract, checked, in the precision asked for."""
    from .run import Run
    from .shipping import Request, ship

    with told():
        request = Request(
            options.out,
            options.precision,
            options.model_id,
            options.model_version,
            options.data,
            options.root,
            options.photos,
            options.limit,
        )
        ship(Run(options.run), request, say)


def evaluate_photos(options):
    """Measure a run or a file on a prepared table, and write a report with pictures."""
    from ..report.evaluation import evaluate

    with told():
        evaluate(options, say)


@contextlib.contextmanager
def told():
    """Ends with the sentence of an error that an operator can do something about, instead of a trace."""
    from ..aihub import AihubError

    try:
        yield
    except (AihubError, ValueError, FloatingPointError, FileNotFoundError) as error:
        raise SystemExit(f"error: {error}") from error
