"""Command line of the training project; each part registers its own commands."""

import argparse

from . import agreement, demonstration
from .aihub import commands as aihub
from .fitting import commands as fitting


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="dupi_training", description=__doc__)
    commands = parser.add_subparsers(required=True)
    aihub.register(commands)
    fitting.register(commands)
    demonstration.register(commands)
    agreement.register(commands)
    options = parser.parse_args(arguments)
    options.action(options)


if __name__ == "__main__":
    main()
