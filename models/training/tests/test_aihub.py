"""AI Hub's data, from a miniature of it with all its traps to a table that cannot leak."""

import csv
import hashlib
import json
import multiprocessing
import pickle
import random
import shutil
import unicodedata
import zipfile
from collections import Counter, defaultdict
from dataclasses import replace

import cv2
import numpy as np
import pytest

from dupi_training.__main__ import main
from dupi_training.aihub import LayoutError, LeakError, Official, Row, SplitError, Table
from dupi_training.aihub import errors, files, labels, layout, miniature, report, split
from dupi_training.aihub.build import build
from dupi_training.contract import CONDITIONS

cv2.setNumThreads(1)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    out = tmp_path_factory.mktemp("aihub") / "data"
    miniature.write(out, visits=14, seed=1, width=160, height=120)
    return out


@pytest.fixture(scope="module")
def traps(dataset):
    return json.loads((dataset / "traps.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(dataset, tmp_path_factory):
    """As an operator prepares it."""
    out = tmp_path_factory.mktemp("prepared")
    main(["prepare", str(dataset), "--out", str(out), "--jobs", "1"])
    return out


@pytest.fixture(scope="module")
def table(folder):
    return Table.load(folder)


@pytest.fixture(scope="module")
def dropped(folder):
    """{reason: {stem or file name: how often}}."""
    found = defaultdict(Counter)
    with open(folder / "dropped.csv", newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            name = line["where"].rsplit("/", 1)[-1]
            found[line["reason"]][name.rsplit(".", 1)[0] if line["kind"] in ("image", "label") else name] += 1
    return found


def stems(table):
    return {stem for row in table.all for stem in (row.stem, *row.aliases)}


def test_every_image_without_a_trap_is_kept_with_the_grades_it_was_drawn_with(dataset, table, traps):
    rng = np.random.default_rng(1)
    drawn = [shot for number in range(14) for shot in miniature.visit(rng, number, 160, 120)]
    kept = {row.stem: row for row in table.all}
    assert len({shot.stem for shot in drawn}) == len(drawn) > 40
    for shot in drawn:
        row = kept[shot.stem]
        assert row.grades == shot.grades and table.read(row) == shot.jpeg
        assert (row.width, row.height) == (160, 120)
    assert len(table.all) == len(drawn) + 1, "one more: the picture with two names"


def test_a_duplicate_under_two_names_is_one_row_and_joins_their_visits(table, traps):
    one, other = traps["renamed_duplicate"]
    (row,) = [row for row in table.all if one in (row.stem, *row.aliases)]
    assert {row.stem, *row.aliases} == {one, other}
    visits = {stem.rsplit("_", 2)[0] for stem in (one, other)}
    assert len(visits) == 2
    assert len({row.split for row in table.all if row.visit in visits}) == 1
    assert len({row.group for row in table.all if row.visit in visits}) == 1


def test_a_copy_made_by_hand_is_merged(table, traps, dropped):
    (row,) = [row for row in table.all if row.stem == traps["copied_by_hand"][0]]
    assert row.copies >= 2 and not row.aliases
    assert not any("(1)" in stem for reason in dropped.values() for stem in reason)


def test_conflicting_duplicates_are_all_dropped(table, traps, dropped):
    conflicting = {*traps["conflicting_duplicate"], *traps["conflicting_label"]}
    assert len(conflicting) == 3 and set(dropped["conflicting_labels"]) == conflicting
    assert not conflicting & stems(table)


@pytest.mark.parametrize(
    ("trap", "reason"),
    [
        ("missing_label", "image_without_label"),
        ("missing_image", "label_without_image"),
        ("truncated_jpeg", "image_corrupt"),
        ("hollow_jpeg", "image_corrupt"),
        ("text_as_jpeg", "not_a_jpeg"),
        ("out_of_range", "label_out_of_range"),
        ("cut_label", "label_unreadable"),
        ("strange_name", "strange_name"),
    ],
)
def test_each_fault_is_listed_with_its_reason_and_left_out(trap, reason, table, traps, dropped):
    for stem in traps[trap]:
        assert stem in dropped[reason] and stem not in stems(table)


def test_nothing_else_is_left_out(traps, dropped):
    counted = {
        "conflicting_labels": 3, "image_without_label": 1, "label_without_image": 1, "image_corrupt": 2,
        "not_a_jpeg": 1, "label_out_of_range": 1, "label_unreadable": 1, "strange_name": 1, "other_file": 2,
        "archive_unreadable": 1,
    }
    assert {reason: len(names) for reason, names in dropped.items()} == counted
    assert set(dropped["other_file"]) == {name.rsplit("/")[-1] for name in traps["other_files"]}
    assert set(dropped["archive_unreadable"]) == {name.rsplit("/")[-1] for name in traps["part_of_a_zip"]}


def test_labels_with_a_byte_order_mark_are_read(table, traps):
    assert traps["bom"] and set(traps["bom"]) <= stems(table)


def test_junk_ages_are_no_ages(table, traps):
    ages = {row.stem: row.age for row in table.all if not row.aliases}
    junk = [ages[stem] for stem in traps["junk_age"] if stem in ages]
    assert junk and not any(junk)
    assert all(age in range(10, 100, 10) for stem, age in ages.items() if stem not in traps["junk_age"])


def test_the_official_split_is_kept_as_it_is_with_its_leaks(folder, table, traps):
    official = Official.load(folder)
    sides, folders = defaultdict(set), defaultdict(set)
    for condition in CONDITIONS:
        for side in ("training", "validation"):
            for row in official.rows(condition, side):
                assert official.read(row).startswith(b"\xff\xd8")
                sides[row.stem].add(side)
                folders[row.stem].add((condition, row.severity))
    for stem in set(traps["in_both_official_splits"]) & stems(table):
        assert sides[stem] == {"training", "validation"}
    for row in table.all:
        if not row.aliases:
            normal = not any(row.grades)
            assert folders[row.stem] == {pair for pair in zip(CONDITIONS, row.grades) if normal or pair[1]}
    with pytest.raises(ValueError, match="one of fine_scaling"):
        official.rows("hair", "training")


def test_files_lie_in_folders_and_zips_with_every_way_of_writing_names(dataset, table):
    root = dataset / miniature.DATASET
    raw = [info for path in root.glob("*/*.zip") for info in zipfile.ZipFile(path).infolist()]
    assert any(info.flag_bits & 0x800 for info in raw) and any(not info.flag_bits & 0x800 for info in raw)
    assert any(name.name != unicodedata.normalize("NFC", name.name) for name in root.glob("*/*"))
    assert any(row.member for row in table.all) and any(not row.member for row in table.all)


def test_a_tiny_data_set_keeps_most_to_learn_from(table):
    split.prove(table.all)
    sizes = {name: len(table.rows(name)) for name in ("train", "validation", "test")}
    assert sizes["train"] > len(table.all) * 0.6 and min(sizes.values()) >= 4, sizes


@pytest.mark.parametrize("seed", range(4))
def test_rare_grades_are_in_every_split_that_whole_groups_allow(seed):
    rows = split.assign(made(200, seed), seed)
    rare = 0
    for head in range(6):
        for grade in range(4):
            holding = [row for row in rows if row.grades[head] == grade]
            groups = len({row.group for row in holding})
            rare += 4 <= groups <= 12
            if groups >= 4:
                assert {row.split for row in holding} == {"train", "validation", "test"}, (head, grade)
    assert rare >= 2, "some grades were rare, or this shows nothing"


def made(visits, seed=0, devices=40):
    """Rows that were never images, with grades about as rare as AI Hub's."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(visits):
        device = f"{number % devices:04d}_A{number % devices}"
        for shot in range(int(rng.integers(1, 7))):
            grades = tuple(int(rng.choice(4, p=(0.6, 0.3, 0.09, 0.01))) for _ in range(6))
            stem = f"{device}_{1600000000000 + number}_{shot}_TH"
            parts = layout.tokens(stem)
            rows.append(table_row(stem, parts, grades))
    return rows


def table_row(stem, parts, grades):
    named = (parts.shop, parts.serial, parts.epoch_ms, parts.shot, parts.region, parts.visit, parts.device)
    return Row(stem, "", "", "", stem, *named, parts.visit, grades, 640, 480)


def test_a_large_split_keeps_its_shares_for_rare_grades_too():
    rows = split.assign(made(1500), 1)
    size = Counter(row.split for row in rows)
    assert size["train"] / len(rows) == pytest.approx(0.8, abs=0.01)
    assert size["test"] / len(rows) == pytest.approx(0.1, abs=0.01)
    for head in range(6):
        severe = Counter(row.split for row in rows if row.grades[head] == 3)
        whole = sum(severe.values())
        assert severe["test"] / whole == pytest.approx(0.1, abs=0.06), severe
        assert severe["validation"] / whole == pytest.approx(0.1, abs=0.06), severe


def test_the_split_follows_the_seed_and_nothing_else():
    rows = made(200)
    mixed = rows[:]
    random.Random(3).shuffle(mixed)
    assert split.assign(rows, 1) == split.assign(mixed, 1)
    assert split.assign(rows, 1) != split.assign(rows, 2)


def test_a_leak_is_refused_and_named_when_saving_and_when_loading(folder, table, tmp_path):
    first = next(row for row in table.rows("train") if not row.aliases)
    other = [row for row in table.all if row.visit == first.visit and row is not first]
    assert other
    for broken, named in (
        ([*table.all, replace(first, split="test")], first.sha256),
        ([*table.all, replace(first, sha256="0", stem="9_X_1600000000000_1_TH", group="9", split="test",
                              aliases=(first.stem,))], first.stem),
        ([row.into("test") if row is first else row for row in table.all], first.visit),
    ):
        with pytest.raises(LeakError, match=named):
            split.prove(broken)
        with pytest.raises(LeakError, match=named):
            Table(broken, table.root).save(tmp_path)
    assert not list(tmp_path.iterdir()), "a table that leaks is not written"
    shutil.copytree(folder, tmp_path / "copy")
    path = tmp_path / "copy" / "table.csv"
    text = path.read_text(encoding="utf-8").replace(f"{first.sha256},train", f"{first.sha256},test")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LeakError, match=first.visit):
        Table.load(tmp_path / "copy")


def test_by_device_no_device_is_in_two_splits(dataset):
    table = build(dataset, by="device").table
    where = defaultdict(set)
    for row in table.all:
        where[row.device].add(row.split)
    assert len(where) >= 3 and all(len(splits) == 1 for splits in where.values())
    first = table.rows("train")[0]
    moved = [row.into("test") if row is first else row for row in table.all]
    with pytest.raises(LeakError):
        split.prove(moved, "device")


def test_too_few_groups_cannot_be_parted():
    with pytest.raises(SplitError, match="2 groups .* `--by visit`"):
        split.assign(made(2), 1)


def test_quick_and_whole_reading_agree_but_for_what_only_decoding_finds(dataset, table, traps):
    quick = {row.stem: row for row in build(dataset, quick=True).table.all}
    assert set(quick) - {row.stem for row in table.all} == set(traps["hollow_jpeg"])


def test_processes_read_what_one_process_reads(dataset, table, monkeypatch):
    from dupi_training.aihub import pictures

    monkeypatch.setattr(pictures, "WORTH_PROCESSES", 1)
    assert build(dataset, jobs=2).table.all == table.all


def test_a_part_of_the_data_set_any_level_and_pickled_tables_work(dataset, table, tmp_path):
    inside = dataset / miniature.DATASET
    for root in (inside, dataset.parent):
        assert build(root, quick=True).facts["kept"] >= len(table.all)
    part = build(inside / "Validation", quick=True)
    assert 0 < part.facts["kept"] < len(table.all)
    assert {row.split for row in part.official.all} == {"validation"}
    row = next(row for row in table.all if row.member)
    assert pickle.loads(pickle.dumps(table)).read(row) == table.read(row)


inherited = None


def read_inherited(at):
    return hashlib.sha256(inherited.read(inherited.all[at])).hexdigest()


def test_forked_workers_read_zips_that_were_open_before(folder):
    """A forked worker shares its parent's file positions; it must not use them."""
    global inherited
    inherited = Official.load(folder)
    zipped = [at for at, row in enumerate(inherited.all) if row.member]
    assert len(zipped) > 20
    for at in zipped:
        read_inherited(at)
    with multiprocessing.get_context("fork").Pool(3) as pool:
        read = pool.map(read_inherited, zipped * 10, chunksize=1)
    assert read == [inherited.all[at].sha256 for at in zipped] * 10


def test_a_link_that_leads_back_is_followed_once(tmp_path, dataset):
    shutil.copytree(dataset / miniature.DATASET / "Training", tmp_path / "Training")
    before = layout.find(tmp_path)
    (tmp_path / "Training" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert layout.find(tmp_path) == before


def test_a_moved_data_set_is_read_from_its_new_place(folder, table, dataset, tmp_path):
    shutil.copytree(dataset / miniature.DATASET, tmp_path / "moved")
    moved = Table.load(folder, root=tmp_path / "moved")
    assert moved.read(moved.all[0]) == table.read(table.all[0])
    lost = Table.load(folder, root=tmp_path / "nowhere")
    with pytest.raises(errors.AihubError, match="hint: if the data set was moved"):
        lost.read(lost.all[0])


def test_wrong_folders_are_refused_in_one_sentence(tmp_path, dataset, capsys):
    with pytest.raises(LayoutError, match="is not a folder; hint: give the folder `유형별 두피 이미지`"):
        layout.find(tmp_path / "none")
    with pytest.raises(LayoutError, match=r"no image \(.jpg\) and no label \(.json\); hint"):
        layout.find(tmp_path)
    (tmp_path / "x.jpg").write_bytes(b"")
    with pytest.raises(LayoutError, match=r"holds no label \(.json\); hint"):
        layout.find(tmp_path)
    (tmp_path / "x.zip.part0").write_bytes(b"")
    with pytest.raises(LayoutError, match="join the parts"):
        layout.find(tmp_path)
    with pytest.raises(SystemExit, match="^prepare: .*hint"):
        main(["prepare", str(tmp_path / "none"), "--out", str(tmp_path / "out")])
    with pytest.raises(errors.AihubError, match="not a prepared folder.*hint: run"):
        Table.load(tmp_path)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Training", "[원천]미세각질_0.양호"], ("fine_scaling", 0, "training")),
        (["Validation", "[라벨]피지 과다_1.경증"], ("excess_sebum", 1, "validation")),
        (["1.Training", "[라벨]모낭사이 홍반_2. 중등도"], ("interfollicular_erythema", 2, "training")),
        (["training", "[원천]모낭홍반／농포_3.중증"], ("follicular_erythema_pustules", 3, "training")),
        (["[원천]탈모_2"], ("hair_loss", 2, "")),
        (["Training", "비듬", "3.중증"], ("dandruff", 3, "training")),
        (["Validation", unicodedata.normalize("NFD", "[원천]비듬_1.경증")], ("dandruff", 1, "validation")),
        (["[원천]탈모_2.중등도".encode("cp949").decode("cp437")], ("hair_loss", 2, "")),
        (["[원천]탈모_2.중등도".encode("cp949").decode("utf-8", "surrogateescape")], ("hair_loss", 2, "")),
        (["data", "photos"], ("", -1, "")),
    ],
)
def test_folders_are_understood_however_they_are_spelled(names, expected):
    assert layout.place(names) == expected


def test_names_and_labels_are_read_strictly():
    parts = layout.tokens("0013_A2LEBJJDE00060O_1602578303771_3_TH")
    assert (parts.visit, parts.device) == ("0013_A2LEBJJDE00060O_1602578303771", "0013_A2LEBJJDE00060O")
    assert layout.tokens("0013_A2LEBJJDE00060O_1602578303771_3_XX") is None
    whole = miniature.label("x", (0, 1, 2, 3, 0, 0), bom=True)
    assert labels.label(whole).grades == (0, 1, 2, 3, 0, 0)
    for changed, problem in (({"value_2": "4"}, "label_out_of_range"), ({"value_2": "-1"}, "label_out_of_range"),
                             ({"value_2": None}, "label_out_of_range")):
        assert labels.label(miniature.label("x", (0,) * 6, **changed)).problem == problem
    for content in (b"", b"[]", b"{}", b"\xff\xfe\x00"):
        assert labels.label(content).problem == "label_unreadable"
    assert files.readable("탈모") == "탈모"


def test_the_report_says_what_one_must_know(folder, table):
    text = (folder / "report.md").read_text(encoding="utf-8")
    for words in ("## Majority floor", "`conflicting_labels`", "conditions together".capitalize(), "labels.png"):
        assert words in text
    counts = table.counts("test")["dandruff"]
    assert "| dandruff | test | " + " | ".join(map(str, counts)) + " |" in text
    train = table.counts("train")["dandruff"]
    assert report.floors(table, "test")["dandruff"] == counts[int(np.argmax(train))] / sum(counts)
    drawn, shown = (cv2.imread(str(folder / name)) for name in ("labels.png", "examples.png"))
    assert drawn.shape[1] > 1200 and shown.shape[0] > 800
    assert shown.std() > 20, "pictures, not blank paper"
    assert (folder / ".gitignore").read_text() == "*\n"
    assert "\u2014" not in text


def test_the_miniature_repeats_itself(tmp_path):
    for name in ("one", "two"):
        miniature.write(tmp_path / name, visits=4, seed=7, width=80, height=60)
    one, two = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "one", tmp_path / "two")
    )
    assert len(one) > 100 and one == two
    with pytest.raises(errors.AihubError, match="not empty"):
        miniature.write(tmp_path / "one")
