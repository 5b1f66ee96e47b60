"""Finds images, labels and Meta files under a folder in AI Hub's layout, and reads what their names say.

Nothing is opened but the zips' tables of contents. The folder may be `유형별 두피 이미지` itself, one around it, or only a
part of it; every condition x severity may be a folder or a zip.
"""

import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ..contract import CONDITIONS
from .errors import LayoutError
from .files import Archive, is_bookkeeping, readable

DATASET = "유형별두피이미지"
# Spaces and separators are taken out before these are looked for.
KOREAN = dict(zip(("미세각질", "피지과다", "모낭사이홍반", "모낭홍반농포", "비듬", "탈모"), CONDITIONS))
SEVERITIES = {"양호": 0, "경증": 1, "중등도": 2, "중증": 3}
REGIONS = ("TH", "LH", "RH", "BH")
IMAGES = (".jpg", ".jpeg")

IN_PARTS = re.compile(r"\.zip\.part\d+$|\.z\d\d$|\.zip\.\d{3}$", re.IGNORECASE)
CONDITION = re.compile("|".join(KOREAN))
SEVERITY = re.compile("([0-3])?[._-]*(" + "|".join(SEVERITIES) + ")|_([0-3])$")
OFFICIAL = re.compile("training|validation", re.IGNORECASE)
STEM = re.compile(r"(\d+)_([0-9A-Z]+)_(\d{9,})_(\d+)_([A-Z]{2})")
HINT = (
    "give the folder `유형별 두피 이미지` of the download, with Training and Validation in it, "
    "and in those `[원천]미세각질_0.양호` (images) and `[라벨]미세각질_0.양호` (JSON), as folders or zips"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One file: what it is, where it lies, and what its name and folders say."""

    kind: str  # image, label, meta, archive (a zip that cannot be used) or other
    file: str  # below the root, as it is spelled there; a zip if `member` is not empty
    member: str  # readable name inside the zip
    stem: str  # upper case, without extension and `_META`: what image and label have in common
    condition: str  # of the folder, "" if it names none
    severity: int  # of the folder, -1 if it names none
    official: str  # training, validation or ""

    @property
    def where(self):
        """Readable, for reports."""
        return readable(self.file) + (f" > {self.member}" if self.member else "")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The five parts of an image's name. Shop, serial and time are one visit: its shots share skin and lamp."""

    shop: str
    serial: str
    epoch_ms: int
    shot: int
    region: str

    @property
    def visit(self):
        return f"{self.shop}_{self.serial}_{self.epoch_ms}"

    @property
    def device(self):
        return f"{self.shop}_{self.serial}"


def tokens(stem):
    """Tokens of a stem; None if it is not one of AI Hub's names."""
    match = STEM.fullmatch(stem)
    if not match or match[5] not in REGIONS:
        return None
    return Tokens(match[1], match[2], int(match[3]), int(match[4]), match[5])


def compact(name):
    """Without spaces and the separators that people and file systems put between the same words."""
    return re.sub(r"[\s/／·∙ㆍ,&:：]", "", readable(name))


def place(names):
    """(condition, severity, official split) of a file from the folders and zip it lies in; the innermost decides."""
    condition, severity, official = "", -1, ""
    for name in map(compact, names):
        if found := CONDITION.search(name):
            condition, severity = KOREAN[found[0]], -1
        if condition and (found := SEVERITY.search(name)):
            word = SEVERITIES.get(found[2])
            severity = int(found[1] or found[3] or word)
        if found := OFFICIAL.search(name):
            official = found[0].lower()
    return condition, severity, official


def classify(name):
    """(kind, stem) from a file's own name."""
    stem, extension = os.path.splitext(readable(name))
    stem, extension = stem.upper(), extension.lower()
    if extension in IMAGES:
        return "image", stem
    if extension == ".json":
        return ("meta", stem.removesuffix("_META")) if stem.endswith("_META") else ("label", stem)
    return "other", stem


def narrowed(root):
    """The data set's own folder, if it lies up to two levels below; otherwise the folder given."""
    if compact(root.name) == DATASET:
        return root
    for level in (root.glob("*/"), root.glob("*/*/")):
        inside = sorted(folder for folder in level if folder.is_dir() and compact(folder.name) == DATASET)
        if len(inside) == 1:
            return inside[0]
    return root


def find(root):
    """Every file under the root as a list of `Found`, in an order that depends on names alone."""
    root = Path(root)
    if not root.is_dir():
        raise LayoutError(f"{root} is not a folder; hint: {HINT}")
    found, seen = [], set()
    for folder, folders, files in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:  # a link back into the data set
            folders[:] = []
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        if "prepared.json" in files:
            folders[:] = []
            continue
        for name in sorted(files):
            file = Path(folder, name).relative_to(root).as_posix()
            if is_bookkeeping(file):
                continue
            around = (root.resolve().name, *Path(file).parts[:-1])
            if name.lower().endswith(".zip"):
                found.extend(members(root, file, (*around, name[:-4])))
            else:
                kind, stem = ("archive", name) if IN_PARTS.search(name) else classify(name)
                found.append(Found(kind, file, "", stem, *place(around)))
    complain(root, found)
    return found


def members(root, file, around):
    """What a zip holds; a zip that cannot be read is one `archive`."""
    try:
        names = sorted(Archive(root / file).members)
    except (zipfile.BadZipFile, OSError):
        yield Found("archive", file, "", "", *place(around))
        return
    places = {}
    for name in names:
        if is_bookkeeping(name):
            continue
        inside, _, own = name.rpartition("/")
        if inside not in places:
            places[inside] = place((*around, *inside.split("/")))
        yield Found(*classify_member(file, name, own), *places[inside])


def classify_member(file, name, own):
    kind, stem = classify(own)
    return kind, file, name, stem


def complain(root, found):
    """Raises when there is nothing to work with, saying what is missing."""
    kinds = {item.kind for item in found}
    if {"image", "label"} <= kinds:
        return
    missing = " and ".join(
        words for kind, words in (("image", "no image (.jpg)"), ("label", "no label (.json)")) if kind not in kinds
    )
    broken = [item.where for item in found if item.kind == "archive"]
    if broken:
        ways = "join the parts (`cat NAME.zip.part* > NAME.zip`) or download it again"
        hint = f"{broken[0]} is incomplete or a part of a zip: {ways}"
        raise LayoutError(f"{root} holds {missing} that can be read; hint: {hint}")
    raise LayoutError(f"{root} holds {missing}; hint: {HINT}")
