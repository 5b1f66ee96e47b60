"""Writes a tiny data set in AI Hub's exact layout, with every trap of the real one planted, from generated frames.

For tests and for trying the recipe before the download is there. Everything in it is made by this project's renderer;
`traps.json` says what was planted where. The same arguments write the same images, names and traps.
"""

import json
import unicodedata
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from ..generator import close_up
from ..generator.grades import draw_grades
from .errors import AihubError

DATASET = "유형별 두피 이미지"
# As found: the same condition is spelled differently for images and labels.
IMAGE_NAMES = ("미세각질", "피지과다", "모낭사이홍반", "모낭홍반농포", "비듬", "탈모")
LABEL_NAMES = ("미세각질", "피지 과다", "모낭 사이 홍반", "모낭홍반농포", "비듬", "탈모")
SEVERITIES = ("0.양호", "1.경증", "2.중등도", "3.중증")
OFFICIAL = ("Training", "Validation")
REGIONS = ("TH", "LH", "RH", "BH")
EXTENSIONS = (".jpg", ".jpg", ".jpg", ".JPG", ".jpeg")
JUNK_AGES = ("0대", "100대", "110대")
# How a bucket is stored, by turns.
WAYS = ("folder", "zip", "zip in cp949", "folder", "decomposed folder")


@dataclass
class Shot:
    """One image to be written into the folders of its conditions."""

    stem: str
    grades: tuple
    jpeg: bytes
    extension: str = ".jpg"
    split: int | None = None  # the official split wanted; None: drawn per condition, as AI Hub did
    label: bytes | None = None  # None: made from the grades
    with_label: bool = True
    with_image: bool = True
    others: dict = field(default_factory=dict)  # {condition: label bytes} that differ from `label`


def write(out, visits=60, seed=1, width=640, height=480):
    """Writes `out`/유형별 두피 이미지 and `out`/traps.json; returns the traps: {name: [stems or files]}."""
    out = Path(out)
    if visits < 4:
        raise AihubError(f"visits is {visits}; hint: at least 4, or the traps do not fit in")
    if out.exists() and any(out.iterdir()):
        raise AihubError(f"{out} is not empty; hint: name a new folder")
    rng = np.random.default_rng(seed)
    shots = [shot for number in range(visits) for shot in visit(rng, number, width, height)]
    traps = plant(rng, shots, width, height)
    root = out / DATASET
    buckets = placed(rng, shots, traps)
    for number, ((split, condition, severity), inside) in enumerate(sorted(buckets.items())):
        images, labels = inside
        way, folder = WAYS[number % len(WAYS)], root / OFFICIAL[split]
        store(folder, f"[원천]{IMAGE_NAMES[condition]}_{SEVERITIES[severity]}", images, way)
        store(folder, f"[라벨]{LABEL_NAMES[condition]}_{SEVERITIES[severity]}", labels, way)
    strays(root, traps)
    meta(rng, root, shots, traps)
    (out / "traps.json").write_text(json.dumps(traps, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return traps


def apart(rng):
    """A generator of its own: names and folders stay as they are, however many numbers the renderer draws."""
    return np.random.default_rng(int(rng.integers(2**62)))


def frame(rng, grades, width, height):
    pixels, _ = close_up.render(apart(rng), height, width, grades)
    return cv2.imencode(".jpg", np.ascontiguousarray(pixels[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def visit(rng, number, width, height):
    """Three to five shots of one sitting."""
    device = number % 6
    name = f"{device % 4 + 13:04d}_A2LEBJJDE{device * 7 + 60:05d}O_{1602578303771 + number * 5_417_113}"
    for shot in range(1, int(rng.integers(3, 6)) + 1):
        grades = tuple(int(grade) for grade in draw_grades(apart(rng)))
        stem = f"{name}_{shot}_{REGIONS[int(rng.integers(4))]}"
        yield Shot(stem, grades, frame(rng, grades, width, height), EXTENSIONS[int(rng.integers(len(EXTENSIONS)))])


def label(stem, grades, extension=".jpg", bom=False, **changed):
    """A label file's bytes as AI Hub writes them: strings, in this order."""
    values = {f"value_{at}": str(grade) for at, grade in enumerate(grades, 1)} | changed
    text = json.dumps({"image_id": stem, "image_file_name": stem + extension} | values, ensure_ascii=False)
    return text.encode("utf-8-sig" if bom else "utf-8")


def plant(rng, shots, width, height):
    """Adds shots to the first visits, each wrong in its own way. Their grades are not all zero, unless it matters."""
    traps = {}
    originals = list(shots)
    visits = sorted({shot.stem.rsplit("_", 2)[0] for shot in shots})
    number = [10]

    def extra(at, grades, jpeg=None, **more):
        number[0] += 1
        stem = f"{visits[at % len(visits)]}_{number[0]}_TH"
        jpeg = jpeg or frame(rng, grades, width, height)
        shots.append(Shot(stem, grades, jpeg, **more))
        return shots[-1]

    def trap(name, *added):
        traps[name] = [shot.stem for shot in added]

    for shot in originals[::5]:
        shot.label = label(shot.stem, shot.grades, shot.extension, bom=True)
    traps["bom"] = [shot.stem for shot in originals[::5]]
    # The same picture under two visits' names, in both official splits, with equal grades: one row, and one group.
    first = extra(0, (0, 1, 2, 0, 0, 0), split=0)
    trap("renamed_duplicate", first, extra(1, first.grades, first.jpeg, split=1))
    # ... and with different grades: both go.
    first = extra(1, (0, 2, 0, 0, 1, 0), split=0)
    trap("conflicting_duplicate", first, extra(2, (0, 3, 0, 0, 1, 0), first.jpeg, split=1))
    # One name, but its folders' JSON disagree.
    first = extra(2, (0, 0, 2, 2, 0, 0))
    first.others = {3: label(first.stem, (0, 0, 2, 1, 0, 0))}
    trap("conflicting_label", first)
    trap("missing_label", extra(3, (1, 0, 1, 0, 0, 0), with_label=False))
    trap("missing_image", extra(0, (0, 0, 0, 0, 2, 0), with_image=False))
    broken = extra(1, (0, 0, 1, 0, 0, 2))
    broken.jpeg = broken.jpeg[: len(broken.jpeg) // 2]
    trap("truncated_jpeg", broken)
    # Whole at both ends, but most of its middle is missing: only decoding finds it.
    broken = extra(2, (2, 0, 1, 0, 0, 0))
    broken.jpeg = broken.jpeg[: len(broken.jpeg) // 2] + b"\xff\xd9"
    trap("hollow_jpeg", broken)
    first = extra(3, (0, 0, 0, 1, 0, 0))
    trap("text_as_jpeg", first)
    first.jpeg = b"this is no picture\n"
    first = extra(0, (0, 1, 0, 0, 1, 0))
    first.label = label(first.stem, first.grades, value_2="7")
    trap("out_of_range", first)
    first = extra(1, (0, 0, 0, 0, 0, 1))
    first.label = label(first.stem, first.grades)[:40]
    trap("cut_label", first)
    first = extra(2, (0, 0, 1, 0, 0, 0))
    first.stem = "IMG_0001"
    trap("strange_name", first)
    # A copy that somebody's file manager made: same bytes, its name says nothing, no label of its own.
    first = next(shot for shot in originals if any(shot.grades))
    shots.append(Shot(first.stem + " (1)", first.grades, first.jpeg, with_label=False))
    traps["copied_by_hand"] = [first.stem]
    return traps


def placed(rng, shots, traps):
    """{(split, condition, severity): (images, labels)}: 양호 takes the all-zero images, in every condition's folder."""
    buckets = defaultdict(lambda: ({}, {}))
    crossing = []
    for shot in shots:
        sides = set()
        for condition, severity in enumerate(shot.grades):
            if severity == 0 and any(shot.grades):
                continue
            drawn = int(rng.random() < 0.2)
            side = drawn if shot.split is None else shot.split
            images, labels = buckets[side, condition, severity]
            if shot.with_image:
                images[shot.stem + shot.extension] = shot.jpeg
            if shot.with_label:
                whole = shot.label or label(shot.stem, shot.grades, shot.extension)
                labels[shot.stem + ".json"] = shot.others.get(condition, whole)
            sides.add(side)
        if len(sides) == 2:
            crossing.append(shot.stem)
    traps["in_both_official_splits"] = crossing
    return buckets


def store(folder, name, files, way):
    """Writes a bucket as a folder or a zip."""
    folder.mkdir(parents=True, exist_ok=True)
    if not files:
        return
    if way.startswith("zip"):
        pack(folder / f"{name}.zip", name, files, "cp949" if "cp949" in way else "utf-8")
        return
    inside = folder / (unicodedata.normalize("NFD", name) if "decomposed" in way else name)
    inside.mkdir()
    for file, content in files.items():
        (inside / file).write_bytes(content)


def pack(path, name, files, encoding):
    """A zip whose members lie in a Korean folder. Python only writes UTF-8, so for CP949 a place-holder of the same
    length is written first and its bytes are exchanged; no flag then says what they are, as in zips made on Windows."""
    raw = name.encode(encoding)
    prefix = name if encoding == "utf-8" else "".join("0123456789abcdef"[at % 16] for at in range(len(raw)))
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"{prefix}/{file}", (2020, 10, 13, 9, 0, 0)), content)
    if encoding != "utf-8":
        path.write_bytes(path.read_bytes().replace(prefix.encode() + b"/", raw + b"/"))


def strays(root, traps):
    """Files that are neither image nor label, and bookkeeping that is not even worth listing."""
    training = root / "Training"
    (training / "Thumbs.db").write_bytes(b"thumbnails")
    (training / "readme.txt").write_text("see the guide\n")
    (training / "[원천]탈모_3.중증.zip.part0").write_bytes(b"PK\x03\x04 the first part of a download")
    (training / ".DS_Store").write_bytes(b"finder")
    (training / "__MACOSX").mkdir()
    (training / "__MACOSX" / "._0013_A2LEBJJDE00060O_1602578303771_1_TH.jpg").write_bytes(b"resource fork")
    traps["other_files"] = ["Training/Thumbs.db", "Training/readme.txt"]
    traps["part_of_a_zip"] = ["Training/[원천]탈모_3.중증.zip.part0"]


def meta(rng, root, shots, traps):
    """Meta files of all images in one folder; a few ages are junk, some files begin with a BOM."""
    folder = root / "Meta"
    folder.mkdir(parents=True)
    junk = []
    for at, shot in enumerate(shot for shot in shots if shot.stem.endswith(REGIONS)):
        age = f"{int(rng.integers(1, 10)) * 10}대"
        if at % 9 == 4:
            age = JUNK_AGES[at // 9 % len(JUNK_AGES)]
            junk.append(shot.stem)
        value = {"gender": "남여"[int(rng.integers(2))], "age": age, "location": "정수리"}
        questions = ("샴푸 사용 빈도", "펌 주기", "염색 주기 (자가 염색 포함)", "현재 모발 상태")
        answers = ("1일 1회", "하지않음", "1~3회/연", "염색 모발")
        for number, (question, answer) in enumerate(zip(questions, answers), 1):
            value |= {f"question{number}": question, f"answers{number}": answer}
        content = json.dumps(value, ensure_ascii=False).encode("utf-8-sig" if at % 4 == 0 else "utf-8")
        (folder / f"{shot.stem}_META.json").write_bytes(content)
    traps["junk_age"] = junk
