"""From files to rows: pairs images with labels, merges exact duplicates, and lists every file that is left out.

All labels of an image count, under whatever name or folder: if they disagree, nobody knows which is right, and the
image is dropped together with all of its copies.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from ..contract import CONDITIONS
from . import labels, layout, pictures
from .files import Reader, readable
from .official import Official, OfficialRow
from .split import assign
from .table import Row, Table, write_csv

REASONS = {
    "conflicting_labels": "the same image was given different grades",
    "image_without_label": "no JSON belongs to the image",
    "label_without_image": "no image belongs to the JSON",
    "label_unreadable": "the JSON cannot be read or lacks a grade",
    "label_out_of_range": "a grade is not one of 0, 1, 2, 3",
    "image_corrupt": "the JPEG is cut off or damaged",
    "image_unreadable": "the file cannot be read from its folder or zip",
    "not_a_jpeg": "named like a JPEG, but none",
    "strange_name": "the name lacks the five parts, so its visit is unknown",
    "archive_unreadable": "a zip that is damaged, or a part of one",
    "other_file": "neither image nor label",
}
DROPPED = ("kind", "reason", "where", "detail", "sha256")


@dataclass
class Prepared:
    """The table, the old protocol's rows, everything left out, and what was counted on the way."""

    table: Table
    official: Official
    dropped: list = field(default_factory=list)  # tuples like DROPPED
    facts: dict = field(default_factory=dict)

    def save(self, folder):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # Pictures and paths of the data set must not be committed by accident, wherever this folder lies.
        (folder / ".gitignore").write_text("*\n")
        self.table.save(folder)
        self.official.save(folder)
        write_csv(folder / "dropped.csv", DROPPED, self.dropped)


@dataclass
class Content:
    """All files with the same bytes."""

    sha256: str
    look: pictures.Look
    found: list = field(default_factory=list)


def build(root, by="visit", seed=1, quick=False, jobs=1):
    """Reads the whole data set once. `quick` trusts that a JPEG with its start and end is whole."""
    root = layout.narrowed(Path(root))
    found = layout.find(root)
    dropped = []
    for item in found:
        if item.kind in ("archive", "other"):
            reason = "archive_unreadable" if item.kind == "archive" else "other_file"
            dropped.append((item.kind, reason, item.where, "", ""))
    graded = read_labels(root, found, dropped)
    people = read_meta(root, found)
    contents = read_images(root, [item for item in found if item.kind == "image"], quick, jobs)

    usable, why = [], {}
    for content in contents:
        reason, detail = verdict(content, graded)
        why[content.sha256] = reason
        if reason:
            for item in content.found:
                dropped.append(("image", reason, item.where, detail, content.sha256))
        else:
            usable.append(content)
    owners = joined(usable, by)
    rows = [row(content, graded, people, owners, by) for content in usable]
    table = Table(assign(rows, seed), root, by, seed)
    official = Official(official_rows(contents), root)
    facts = count(found, contents, rows, owners, official, people)
    return Prepared(table, official, sorted(dropped), facts)


def read_labels(root, found, dropped):
    """{stem: [(Label, readable path), ...]}; lists the files that cannot be used."""
    reader, graded = Reader(root), defaultdict(list)
    images = {item.stem for item in found if item.kind == "image"}
    for item in tqdm([item for item in found if item.kind == "label"], desc="labels", unit="file", disable=None):
        try:
            read = labels.label(reader.read(item.file, item.member))
        except Exception as error:  # a damaged member of a zip
            read = labels.Label(None, "label_unreadable", str(error))
        graded[item.stem].append((read, item.where))
        if item.stem not in images:
            dropped.append(("label", "label_without_image", item.where, "", ""))
        elif read.problem:
            dropped.append(("label", read.problem, item.where, read.detail, ""))
    return graded


def read_meta(root, found):
    """{stem: (gender, age)}; a Meta file that cannot be read says nothing."""
    reader, people = Reader(root), {}
    for item in tqdm([item for item in found if item.kind == "meta"], desc="Meta", unit="file", disable=None):
        try:
            people[item.stem] = labels.meta(reader.read(item.file, item.member))
        except Exception:
            people[item.stem] = ("", 0)
    return people


def read_images(root, found, quick, jobs):
    """One `Content` per distinct bytes, sorted by hash; each was decoded once, unless `quick`."""
    places = [(item.file, item.member) for item in found]
    contents, unreadable = {}, []
    for item, look in zip(found, pictures.each(root, pictures.examine, places, jobs, "images")):
        if not look.sha256:
            unreadable.append(Content("", look, [item]))
            continue
        contents.setdefault(look.sha256, Content(look.sha256, look)).found.append(item)
    unique = [contents[sha256] for sha256 in sorted(contents)]
    if not quick:
        whole = [content for content in unique if not content.look.problem]
        places = [(content.found[0].file, content.found[0].member) for content in whole]
        for content, problem in zip(whole, pictures.each(root, pictures.decode, places, jobs, "decoding")):
            if problem:
                content.look = pictures.Look(content.sha256, 0, 0, "image_corrupt", problem)
    return unique + unreadable


def stems(content):
    """Names of an image that AI Hub could have given it, the earliest first."""
    known = {item.stem: layout.tokens(item.stem) for item in content.found}
    named = [stem for stem, parts in known.items() if parts]
    return sorted(named, key=lambda stem: (known[stem].epoch_ms, stem))


def verdict(content, graded):
    """(reason to drop this image with all its copies or "", detail)."""
    if content.look.problem:
        return content.look.problem, content.look.detail
    if not stems(content):
        return "strange_name", content.found[0].stem
    read = [label for item_stem in {item.stem for item in content.found} for label, _ in graded.get(item_stem, ())]
    stated = sorted({label.grades for label in read if label.grades})
    bad = sorted({(label.problem, label.detail) for label in read if label.problem})
    out_of_range = [problem for problem in bad if problem[0] == "label_out_of_range"]
    if out_of_range:
        return out_of_range[0]
    if len(stated) > 1:
        return "conflicting_labels", " or ".join("".join(map(str, grades)) for grades in stated)
    if not stated:
        return bad[0] if bad else ("image_without_label", "")
    return "", ""


def joined(usable, by):
    """{visit or device: the group it belongs to}: two that share an image under two names are one group."""
    parent = {}

    def top(name):
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for content in usable:
        first, *others = (getattr(layout.tokens(stem), by) for stem in stems(content))
        first = top(first)
        for other in map(top, others):
            # The smaller name leads, so that the order of files does not matter.
            first, other = sorted((top(first), other))
            parent[other] = first
    return {name: top(name) for name in list(parent)}


def row(content, graded, people, owners, by):
    stem, *aliases = stems(content)
    parts = layout.tokens(stem)
    place = min((item for item in content.found if item.stem == stem), key=preferred)
    known = (label.grades for item in content.found for label, _ in graded.get(item.stem, ()) if label.grades)
    gender, age = next((people[name] for name in (stem, *aliases) if name in people), ("", 0))
    return Row(
        content.sha256, "", place.file, place.member, stem, parts.shop, parts.serial, parts.epoch_ms, parts.shot,
        parts.region, parts.visit, parts.device, owners[getattr(parts, by)], next(known), content.look.width,
        content.look.height, len(content.found), tuple(aliases), gender, age,
    )


def preferred(item):
    """Which of several copies is read: one with AI Hub's name before a file manager's copy, a plain file before a zip."""
    return layout.tokens(item.stem) is None, item.member != "", item.where


def official_rows(contents):
    """Every decodable image once per (condition folder, severity, official split) that holds it."""
    rows = {}
    for content in contents:
        if content.look.problem:
            continue
        for item in sorted(content.found, key=preferred):
            if item.condition and item.severity >= 0 and item.official:
                key = (item.condition, item.severity, item.official, content.sha256)
                rows.setdefault(key, OfficialRow(*key[:3], item.file, item.member, item.stem, content.sha256))
    return [rows[key] for key in sorted(rows)]


def count(found, contents, rows, owners, official, people):
    """Numbers for the report."""
    grades = {row.sha256: dict(zip(CONDITIONS, row.grades)) for row in rows}
    both, within = defaultdict(set), defaultdict(set)
    for line in official.all:
        both[line.sha256].add(line.split)
        within[line.sha256, line.condition].add(line.split)
    kinds = Counter(item.kind for item in found)
    ages = Counter(age for _, age in people.values())
    return {
        "files": {kind: kinds[kind] for kind in ("image", "label", "meta", "other", "archive")},
        "unique": len(contents),
        "kept": len(rows),
        "copies": sum(row.copies - 1 for row in rows),
        "renamed": sum(bool(row.aliases) for row in rows),
        "groups_joined": len(owners) - len(set(owners.values())),
        "official_both": sum(len(splits) > 1 for splits in both.values()),
        "official_within": sum(len(splits) > 1 for splits in within.values()),
        "folders": len({(item.file if item.member else readable(str(Path(item.file).parent))) for item in found}),
        "sizes": Counter(f"{row.width}x{row.height}" for row in rows).most_common(8),
        "folder_disagrees": sum(
            line.severity != grades[line.sha256][line.condition] for line in official.all if line.sha256 in grades
        ),
        "junk_ages": ages[0],
        "no_official": sum(not (item.condition and item.official) for item in found if item.kind == "image"),
    }
