"""AI Hub's "유형별 두피 이미지" (data set 216): from the downloaded folders and zips to a table that a training can trust.

    table = Table.load("prepared")
    for row in table.rows("train"):
        pixels = decode(table.read(row)); grades = row.grades

Begin at `build.build`, which `prepare` calls. No image of the data set is ever part of this project: what is written
about it (table, report, examples) goes into one folder that git ignores.
"""

from .errors import AihubError, LayoutError, LeakError, SplitError
from .official import Official, OfficialRow
from .table import SPLITS, Row, Table

__all__ = [
    "SPLITS", "AihubError", "LayoutError", "LeakError", "Official", "OfficialRow", "Row", "SplitError", "Table",
]
