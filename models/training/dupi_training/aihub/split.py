"""Parts the rows into train, validation and test so that no visit (or device) stands in two of them, and proves it.

The rare severe grades decide: a grade that at least three groups show is put into all three splits (unless that took
more than a fifth of a tiny data set), and the shares of all grades are kept as close to 80/10/10 as whole groups allow.
The same rows and seed give the same splits, in whatever order the files were found.
"""

import hashlib
from collections import defaultdict

import numpy as np

from ..contract import CONDITIONS, GRADES
from .errors import LeakError, SplitError
from .table import SPLITS

SHARES = dict(zip(SPLITS, (0.8, 0.1, 0.1)))
# Whom a grade that only one or two groups show is given to: it must be learnt before it can be measured.
NEED = ("train", "test", "validation")
HINT = "hint: run prepare again, never edit table.csv"
# In a tiny data set, looking for rare grades must not leave too little to learn from.
MOST_HELD_OUT = 0.2


def assign(rows, seed):
    """The rows with their splits, sorted by visit, shot and hash."""
    ordered = sorted(rows, key=lambda row: (row.visit, row.shot, row.sha256))
    groups = defaultdict(list)
    for row in ordered:
        groups[row.group].append(row)
    if len(groups) < len(SPLITS):
        hint = "use `--by visit`, or more of the data set's folders"
        raise SplitError(f"{len(groups)} groups cannot be parted into {len(SPLITS)} splits; hint: {hint}")
    counts = {group: classes(members) for group, members in groups.items()}
    chosen = parted(counts, seed)
    return [row.into(chosen[row.group]) for row in ordered]


def classes(rows):
    """How often each condition has each grade, and how many images there are: 25 numbers."""
    count = np.zeros(len(CONDITIONS) * GRADES + 1)
    for row in rows:
        count[[head * GRADES + grade for head, grade in enumerate(row.grades)]] += 1
        count[-1] += 1
    return count


def parted(counts, seed):
    """{group: split}. First each split gets a group for every grade, then each group goes where it is missed most."""
    shuffled = sorted(counts, key=lambda group: hashlib.sha256(f"{seed}:{group}".encode()).digest())
    total = sum(counts.values())
    rarity = [number for number in np.argsort(total, kind="stable") if total[number] > 0]
    have = {split: np.zeros_like(total) for split in SPLITS}
    chosen = {}

    def give(group, split):
        chosen[group] = split
        have[split] += counts[group]

    for number in rarity:
        for split in NEED:
            if have[split][number]:
                continue
            room = total[-1] if split == "train" else MOST_HELD_OUT * total[-1] - have[split][-1]
            holders = [g for g in shuffled if g not in chosen and counts[g][number] and counts[g][-1] <= room]
            if holders:
                missing = have[split] == 0
                # Much that is missing, in few images: small groups leave the rest to the shares.
                give(max(holders, key=lambda g: (counts[g][missing] > 0).sum() / counts[g][-1] ** 0.5), split)

    weight = np.where(total > 0, 1 / np.maximum(total, 1), 0)
    rest = [group for group in shuffled if group not in chosen]
    rarest = {group: max(weight[counts[group] > 0]) for group in rest}
    for group in sorted(rest, key=lambda group: (-rarest[group], -counts[group][-1])):
        give(group, min(SPLITS, key=lambda split: misfit(have[split], counts[group], total * SHARES[split], weight)))
    return chosen


def misfit(have, more, wanted, weight):
    """How much further from the wanted counts a split gets with `more`; below 0 if it comes closer."""
    per = weight / max(wanted[-1], 1)
    return float((per * ((have + more - wanted) ** 2 - (have - wanted) ** 2)).sum())


def prove(rows, by="visit"):
    """Raises LeakError, naming it, if any content, name, visit (or device, if parted by device) is in two splits."""
    places = {}

    def see(kind, value, split):
        known = places.setdefault((kind, value), split)
        if known != split:
            raise LeakError(f"{kind} {value} stands in {known} and in {split}; {HINT}")

    hashes = set()
    for row in rows:
        if row.split not in SPLITS:
            raise LeakError(f"image {row.stem} is in split {row.split!r}, one of {', '.join(SPLITS)} was expected")
        see("content", row.sha256, row.split)
        if row.sha256 in hashes:
            raise LeakError(f"content {row.sha256} of {row.stem} has two rows; {HINT}")
        hashes.add(row.sha256)
        see("group", row.group, row.split)
        for stem in (row.stem, *row.aliases):
            see("name", stem, row.split)
            parts = stem.split("_")
            see("visit", "_".join(parts[:3]), row.split)
            if by == "device":
                see("device", "_".join(parts[:2]), row.split)
