"""The old protocol: one model per condition, trained on its four folders with the official split.

Only here so that results can be laid beside AI Hub's published ones. It leaks (the same image may stand in Training and
Validation) and its grade 0 means "all six conditions normal"; the report counts how much.
"""

from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from ..contract import CONDITIONS
from .files import Reader
from .table import prepared, read_csv, write_csv

SPLITS = ("training", "validation")
COLUMNS = ("condition", "severity", "split", "file", "member", "stem", "sha256")


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """An image in a condition's folder; `severity` is the folder's, `split` the official one."""

    condition: str
    severity: int
    split: str
    file: str
    member: str
    stem: str
    sha256: str


class Official:
    def __init__(self, rows, root):
        self.all, self.reader = list(rows), Reader(root)

    def rows(self, condition, split):
        """Images of a condition (an id of the contract) in the official `training` or `validation` split."""
        if condition not in CONDITIONS or split not in SPLITS:
            known = f"one of {', '.join(CONDITIONS)} and of {', '.join(SPLITS)}"
            raise ValueError(f"condition is {condition!r} and split {split!r}, {known} were expected")
        return [row for row in self.all if row.condition == condition and row.split == split]

    def read(self, row):
        """The image's bytes, a JPEG."""
        return self.reader.read(row.file, row.member)

    def save(self, folder):
        write_csv(Path(folder, "official.csv"), COLUMNS, map(attrgetter(*COLUMNS), self.all))

    @classmethod
    def load(cls, folder, root=None):
        about = prepared(folder)
        rows = []
        for record in read_csv(Path(folder, "official.csv"), COLUMNS):
            severity = int(record.pop("severity"))
            rows.append(OfficialRow(severity=severity, **record))
        return cls(rows, root or about["root"])
