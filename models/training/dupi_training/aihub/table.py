"""The table that everything is trained and measured on: one row per unique image, with its six grades and its split."""

import csv
import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from ..contract import CONDITIONS
from .errors import AihubError
from .files import Reader

SPLITS = ("train", "validation", "test")
VERSION = 1
COLUMNS = (
    "sha256", "split", "file", "member", "stem", "shop", "serial", "epoch_ms", "shot", "region", "visit", "device",
    "group", *CONDITIONS, "width", "height", "copies", "aliases", "gender", "age",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One unique image.

    sha256   of the file's bytes; no two rows share it
    split    train, validation or test
    file     where it lies below the data set's root; a zip if `member` is not empty
    member   name inside the zip
    stem     its name without extension; of several names the one taken first
    visit    shop, device serial and time: pictures of one sitting
    device   shop and device serial
    group    what was kept together in one split: a visit or a device, joined with any that shares an image with it
    grades   six of 0..3, in the order of `contract.CONDITIONS`
    copies   files with these very bytes
    aliases  other stems it was found under
    gender   male, female or ""; `age` the decade of age (10..90) or 0: to see whom the data shows, never to train on
    """

    sha256: str
    split: str
    file: str
    member: str
    stem: str
    shop: str
    serial: str
    epoch_ms: int
    shot: int
    region: str
    visit: str
    device: str
    group: str
    grades: tuple
    width: int
    height: int
    copies: int = 1
    aliases: tuple = ()
    gender: str = ""
    age: int = 0

    def into(self, split):
        return replace(self, split=split)


class Table:
    """All rows, and how to read their files."""

    def __init__(self, rows, root, by="visit", seed=1):
        self.all, self.root, self.by, self.seed = list(rows), Path(root), by, seed
        self.reader = Reader(self.root)

    def rows(self, split=None):
        """Rows of a split (train, validation, test), or all of them."""
        if split is None:
            return list(self.all)
        if split not in SPLITS:
            raise ValueError(f"split is {split!r}, one of {', '.join(SPLITS)} was expected")
        return [row for row in self.all if row.split == split]

    def read(self, row):
        """The image's bytes, a JPEG. Safe in DataLoader workers: each process opens its own zips."""
        return self.reader.read(row.file, row.member)

    def counts(self, split=None):
        """How many images each condition has of each grade: {condition: [n0, n1, n2, n3]}."""
        rows = self.rows(split)
        tally = Counter((head, row.grades[head]) for row in rows for head in range(len(CONDITIONS)))
        return {name: [tally[head, grade] for grade in range(4)] for head, name in enumerate(CONDITIONS)}

    def save(self, folder):
        """Writes `table.csv` and `prepared.json`; refuses a table that leaks."""
        from .split import prove

        prove(self.all, self.by)
        write_csv(Path(folder, "table.csv"), COLUMNS, map(to_record, self.all))
        about = {"version": VERSION, "root": str(self.root.resolve()), "by": self.by, "seed": self.seed}
        Path(folder, "prepared.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder, root=None):
        """Reads a prepared folder and proves again that nothing leaks. `root`: where the data set lies by now."""
        from .split import prove

        about = prepared(folder)
        rows = [from_record(record) for record in read_csv(Path(folder, "table.csv"), COLUMNS)]
        prove(rows, about["by"])
        return cls(rows, root or about["root"], about["by"], about["seed"])


def to_record(row):
    values = dict(zip(CONDITIONS, row.grades)) | {"aliases": ";".join(row.aliases)}
    return [values[column] if column in values else getattr(row, column) for column in COLUMNS]


def from_record(record):
    numbers = {key: int(record.pop(key)) for key in ("epoch_ms", "shot", "width", "height", "copies", "age")}
    grades = tuple(int(record.pop(name)) for name in CONDITIONS)
    aliases = tuple(filter(None, record.pop("aliases").split(";")))
    return Row(**record, **numbers, grades=grades, aliases=aliases)


def prepared(folder):
    """What `prepared.json` says: version, root, by, seed."""
    try:
        about = json.loads(Path(folder, "prepared.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        hint = "run `python -m dupi_training prepare DATASET --out FOLDER` first"
        raise AihubError(f"{folder} is not a prepared folder, prepared.json cannot be read; hint: {hint}") from error
    if about.get("version") != VERSION:
        found = about.get("version")
        raise AihubError(f"{folder} is of version {found}, {VERSION} was expected; hint: run prepare again")
    return about


def write_csv(path, columns, records):
    """UTF-8 with a header; names that are no valid text survive as surrogates."""
    with open(path, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(records)


def read_csv(path, columns):
    try:
        with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != tuple(columns):
                raise AihubError(f"{path} has other columns than expected; hint: run prepare again")
            yield from reader
    except OSError as error:
        raise AihubError(f"{path} cannot be read; hint: run prepare again") from error
