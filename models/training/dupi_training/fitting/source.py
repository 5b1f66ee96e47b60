"""Where a run's photos come from: the prepared table with joint labels, or one condition of the official protocol."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from ..contract import CONDITIONS

SPLITS = ("train", "validation", "test")
# Of the official training photos this share (whole visits) chooses epochs and calibrates; the official validation
# photos are then the test, looked at once.
HELD_BACK = 0.1


@dataclass(frozen=True, slots=True)
class Graded:
    """A row of a table with its name for messages and its six grades, -1 where they are not known."""

    row: object
    name: str
    grades: tuple


class Source:
    """Photos by split. `about` is a sentence for the metadata, `digest` says which table it was."""

    def __init__(self, table, rows, about):
        self.table, self.by_split, self.about = table, rows, about
        text = "\n".join(sorted(f"{split} {graded.row.sha256}" for split in SPLITS for graded in rows[split]))
        self.digest = hashlib.sha256(text.encode()).hexdigest()

    def rows(self, split):
        return self.by_split[split]

    def read(self, graded):
        return self.table.read(graded.row)


def joint(table):
    """Joint labels, split by visit or device as they were prepared."""
    rows = {split: [Graded(row, row.stem, tuple(row.grades)) for row in table.rows(split)] for split in SPLITS}
    return Source(
        table, rows, sentence(rows, f"joint labels of six conditions, split by {getattr(table, 'by', 'visit')}")
    )


def official(table, condition):
    """One condition's folders. The official split leaks between its halves: results compare, they do not convince."""
    if condition not in CONDITIONS:
        raise ValueError(f"--condition {condition}: expected one of {', '.join(CONDITIONS)}")
    index = CONDITIONS.index(condition)

    def graded(row):
        return Graded(row, row.stem, tuple(row.severity if at == index else -1 for at in range(len(CONDITIONS))))

    rows = {"train": [], "validation": [], "test": [graded(row) for row in table.rows(condition, "validation")]}
    training = table.rows(condition, "training")
    apart = held_back([row.stem for row in training])
    for row in training:
        rows["validation" if visit(row.stem) in apart else "train"].append(graded(row))
    return Source(table, rows, sentence(rows, f"folder labels of {condition}, official split"))


def visit(stem):
    """Shop, device and time: the first three tokens of a name."""
    return "_".join(stem.split("_")[:3])


def held_back(stems):
    """Visits to hold back: those of the lowest hash, until they have the wanted share of the photos."""
    counts = Counter(map(visit, stems))
    chosen, photos = set(), 0
    for name in sorted(counts, key=lambda name: hashlib.sha256(name.encode()).digest()):
        if photos >= HELD_BACK * len(stems):
            break
        chosen.add(name)
        photos += counts[name]
    return chosen


def sentence(rows, what):
    """For `scalp.training_data`: how many photos, and how many show each condition."""
    train = rows["train"]
    shown = Counter(name for graded in train for name, grade in zip(CONDITIONS, graded.grades) if grade >= 1)
    counts = ", ".join(f"{name} {shown[name]}" for name in CONDITIONS if shown[name])
    return (
        f"{len(train)} photos in the layout of AI Hub's scalp image dataset (216), {what}; validation "
        f"{len(rows['validation'])}, "
        f"test {len(rows['test'])}. Training photos with grade 1 or more: {counts or 'none'}."
    )


def load(folder, settings, root=None):
    """The source that a run's settings ask for, from a folder that `prepare` wrote."""
    from .. import aihub

    if settings.protocol == "official":
        source = official(aihub.Official.load(folder, root), settings.condition)
    else:
        source = joint(aihub.Table.load(folder, root))
    for split in SPLITS[:2]:
        if not source.rows(split):
            raise ValueError(f"{folder} has no {split} photos for these settings; look at what `prepare` printed")
    return source
