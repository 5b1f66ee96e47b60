"""What the prepared table holds, as `report.md` and on the terminal: what a person should read before training."""

from collections import Counter
from pathlib import Path

from ..contract import CONDITIONS, GRADES
from .build import REASONS
from .table import SPLITS

GRADE_NAMES = ("none", "mild", "moderate", "severe")


def floors(table, split):
    """Accuracy per condition of always saying the grade that is most common in train: what any model must beat."""
    train, rows = table.counts("train"), table.counts(split)
    return {
        name: rows[name][train[name].index(max(train[name]))] / max(sum(rows[name]), 1) for name in CONDITIONS
    }


def grid(head, lines):
    """A Markdown table: first column words, the others numbers."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in (head, rule, *lines))


def write(prepared, folder):
    """Writes `report.md` and returns its text."""
    table, facts = prepared.table, prepared.facts
    groups = {"visit": "Visits", "device": "Devices"}[table.by]
    parts = [
        "# Prepared data",
        f"{facts['kept']:,} unique images with six grades each, parted by {table.by} (seed {table.seed}): "
        f"no {table.by}, no name and no content stands in two splits; proved when this was written, and again "
        "whenever it is read.",
        "## Splits",
        splits(table),
        "## Images per condition and grade",
        grades(table),
        "![grades per condition](labels.png)",
        missing(table),
        "## Majority floor",
        "Accuracy of always saying the grade most common in train. An accuracy means something only above it.",
        floor(table),
        "## What was read",
        read(facts),
        "## Left out",
        left_out(prepared.dropped),
        "## Conditions together",
        together(table),
        "## The official split",
        f"{facts['official_both']:,} images stand in Training of one condition and in Validation of another, and "
        f"{facts['official_within']:,} (image, condition) pairs in both splits of one condition. "
        f"In {facts['folder_disagrees']:,} places the folder's severity is not the JSON's grade. "
        f"`official.csv` ({len(prepared.official.all):,} rows) keeps all of that as it is, "
        "for comparison with published numbers only.",
        "## Groups",
        f"{groups} joined with another one because they share an image under two names: {facts['groups_joined']:,}.",
        "Examples of every condition and grade, from train only: `examples.png`. They are not yours to pass on.",
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    Path(folder, "report.md").write_text(text, encoding="utf-8")
    return text


def splits(table):
    lines = []
    for split in (*SPLITS, None):
        rows = table.rows(split)
        regions = Counter(row.region for row in rows)
        share = f"{len(rows) / max(len(table.all), 1):.1%}"
        lines.append((
            split or "all", f"{len(rows):,}", share, f"{len({row.visit for row in rows}):,}",
            f"{len({row.device for row in rows}):,}", *(f"{regions[region]:,}" for region in ("TH", "LH", "RH", "BH")),
            f"{sum(row.grades == (0,) * 6 for row in rows):,}",
        ))
    head = ("split", "images", "share", "visits", "devices", "crown TH", "left LH", "right RH", "back BH", "all normal")
    return grid(head, lines)


def grades(table):
    counts = {split: table.counts(split) for split in (*SPLITS, None)}
    lines = [
        (name, split or "all", *(f"{number:,}" for number in counts[split][name]))
        for name in CONDITIONS
        for split in counts
    ]
    return grid(("condition", "split", *(f"{grade} {name}" for grade, name in enumerate(GRADE_NAMES))), lines)


def missing(table):
    """Grades that a split lacks: their numbers cannot be measured or learnt there."""
    lacking = [
        f"{name} {grade} in {split}"
        for split in SPLITS
        for name, counts in table.counts(split).items()
        for grade in range(GRADES)
        if not counts[grade]
    ]
    return f"**Not shown at all:** {', '.join(lacking)}." if lacking else ""


def floor(table):
    found = {split: floors(table, split) for split in SPLITS}
    lines = [(name, *(f"{found[split][name]:.1%}" for split in SPLITS)) for name in CONDITIONS]
    return grid(("condition", *SPLITS), lines)


def read(facts):
    files = facts["files"]
    sizes = ", ".join(f"{size} ({number:,})" for size, number in facts["sizes"])
    return "\n".join((
        f"- {files['image']:,} image files with {facts['unique']:,} different contents, {files['label']:,} labels and "
        f"{files['meta']:,} Meta files, in {facts['folders']:,} folders and zips.",
        f"- {facts['copies']:,} exact copies with equal grades were merged; "
        f"images found under several names: {facts['renamed']:,}.",
        f"- Sizes of images kept: {sizes}; the data set's own is 640x480.",
        f"- Meta: {facts['junk_ages']:,} without a usable age (10 to 90). Gender and age tell whom the data shows.",
        f"- {facts['no_official']:,} image files lie in folders that name no condition or no official split.",
    ))


def left_out(dropped):
    """Counts by reason; the files themselves are in dropped.csv."""
    if not dropped:
        return "Nothing."
    files = Counter((reason, kind) for kind, reason, *_ in dropped)
    contents = Counter(reason for reason, _ in {(line[1], line[4]) for line in dropped if line[4]})
    lines = [
        (f"`{reason}`: {REASONS[reason]}", kind, f"{number:,}", f"{contents[reason]:,}" if kind == "image" else "")
        for (reason, kind), number in sorted(files.items())
    ]
    return grid(("reason", "kind", "files", "different images"), lines) + "\n\nEach file is in `dropped.csv`."


def together(table):
    """How conditions share images: the dry-oily axis, redness and pustules, and all pairs at severity >= 2."""
    rows = table.all

    def share(part, whole):
        return f"{part:,} of {whole:,} ({part / whole:.0%})" if whole else "none"

    dry = [row for row in rows if row.grades[0]]
    pustules = [row for row in rows if row.grades[3] >= 2]
    marked = [{head for head in range(6) if row.grades[head] >= 2} for row in rows]
    pairs = Counter((one, two) for heads in marked for one in heads for two in heads)
    lines = [(name, *(f"{pairs[one, two]:,}" for two in range(6))) for one, name in enumerate(CONDITIONS)]
    return "\n\n".join((
        f"- Fine scaling (>= 1) with excess sebum (>= 1): {share(sum(row.grades[1] > 0 for row in dry), len(dry))}.\n"
        "- Follicular erythema/pustules (>= 2) with interfollicular erythema (>= 2): "
        f"{share(sum(row.grades[2] >= 2 for row in pustules), len(pustules))}.",
        "Images with both at severity >= 2 (on the diagonal: the condition itself):",
        grid(("condition", *CONDITIONS), lines),
    ))
