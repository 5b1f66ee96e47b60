"""Command line: `prepare` makes a trustworthy table from AI Hub's download, `miniature` a tiny one to try it on."""

import os
import sys
from pathlib import Path

from .errors import AihubError


def prepare(options):
    """Read AI Hub's folders or zips, de-duplicate, split without leaks, and report."""
    from . import drawings, report
    from .build import build

    out = Path(options.out)
    try:
        prepared = build(options.dataset, options.by, options.seed, options.quick, options.jobs)
        prepared.save(out)
        text = report.write(prepared, out)
        drawings.labels(prepared.table, out / "labels.png")
        drawings.examples(prepared.table, out / "examples.png")
    except AihubError as error:
        raise SystemExit(f"prepare: {error}") from error
    print(text)
    written = "table.csv, official.csv, dropped.csv, report.md, labels.png, examples.png"
    print(f"Written to {out}: {written}", file=sys.stderr)


def miniature(options):
    """Write a tiny generated data set in AI Hub's exact layout, with its traps planted."""
    from . import miniature

    try:
        traps = miniature.write(options.out, options.visits, options.seed, options.width, options.height)
    except AihubError as error:
        raise SystemExit(f"miniature: {error}") from error
    print(f"Written to {options.out}; wrong in it on purpose (traps.json): {', '.join(traps)}", file=sys.stderr)


def register(commands):
    """Adds the sub-parsers."""
    command = commands.add_parser("prepare", help=prepare.__doc__)
    command.add_argument("dataset", help="the folder `유형별 두피 이미지`, or one around it")
    command.add_argument("--out", default="prepared", help="folder for the table and the report (default: prepared)")
    command.add_argument("--by", choices=("visit", "device"), default="visit", help="what may not stand in two splits")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--quick", action="store_true", help="do not decode each JPEG, only look at its start and end")
    cores = min(os.cpu_count() or 1, 8)
    command.add_argument("--jobs", type=int, default=cores, help=f"processes that read and decode (default: {cores})")
    command.set_defaults(action=prepare)

    command = commands.add_parser("miniature", help=miniature.__doc__)
    command.add_argument("out", help="a new or empty folder")
    command.add_argument("--visits", type=int, default=60)
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--width", type=int, default=640)
    command.add_argument("--height", type=int, default=480)
    command.set_defaults(action=miniature)
