"""Pictures to refuse and scalps from afar: all paint, repeat, and never cross from measuring into training."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from dupi_training.generator import from_afar, negatives, photograph_cache, photograph_packages, photographs

cv2.setNumThreads(1)


@pytest.fixture(params=("samples only", "cache"))
def cache(request, tmp_path, monkeypatch):
    """No cache at all, or a tiny one with a package of each role and a cut-out."""
    monkeypatch.setenv("DUPI_PHOTOGRAPHS", str(tmp_path))
    if request.param == "cache":
        rng, held = np.random.default_rng(3), {}
        for role, bands in (("training", 4), ("held_out", 3)):
            (tmp_path / role).mkdir()
            pixels = rng.integers(0, 256, (120, 160, bands), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / role / "0000.webp")
            held[role] = {"version": "1", "role": role, "licence": "none", "files": [f"{role}/0000.webp"]}
        (tmp_path / "manifest.json").write_text(json.dumps(held))
    photographs.packages.cache_clear()
    photographs._memory.clear()
    photographs._warned = False
    yield request.param
    photographs.packages.cache_clear()
    photographs._memory.clear()


@pytest.mark.parametrize("family", negatives.FAMILIES)
def test_every_family_paints_and_repeats(cache, family):
    for seed in (6,):
        first, again = (negatives.render(np.random.default_rng(seed), family=family) for _ in range(2))
        assert first.shape == (240, 320, 3) and first.dtype == np.uint8
        assert (first == again).all()


@pytest.mark.parametrize("family", from_afar.FAMILIES)
def test_every_far_view_paints_and_repeats(family):
    for height, width in ((240, 320), (480, 640)):
        first, again = (from_afar.render(np.random.default_rng(4), height, width, family) for _ in range(2))
        assert first.shape == (height, width, 3) and first.dtype == np.uint8 and first.std() > 4
        assert (first == again).all()


def test_larger_frames_show_the_same_scene():
    small, large = (negatives.render(np.random.default_rng(8), h, w, "wood") for h, w in ((240, 320), (480, 640)))
    assert large.shape == (480, 640, 3) and small.shape == (240, 320, 3)


def test_nothing_measured_is_trained_on(cache):
    for module in (negatives, from_afar):
        assert not set(module.TRAINING) & set(module.UNSEEN)
        assert set(module.TRAINING) | set(module.UNSEEN) == set(module.FAMILIES)
    assert "held_out_photograph" in negatives.UNSEEN and len(negatives.UNSEEN) >= 9
    training, held_out = (set(photographs.names(role)) for role in (photographs.TRAINING, photographs.HELD_OUT))
    assert training and held_out and not training & held_out


def test_training_reads_no_held_out_photograph(cache, monkeypatch):
    read, original = set(), photographs.photograph
    monkeypatch.setattr(photographs, "photograph", lambda name: read.add(name) or original(name))
    for seed in range(60):
        negatives.render(np.random.default_rng(seed))
    assert read and read <= set(photographs.names(photographs.TRAINING))


def test_without_a_cache_the_samples_serve_and_one_warning_is_given(cache, capsys):
    for _ in range(3):
        assert photographs.crop(np.random.default_rng(1), photographs.TRAINING, 60, 80).shape == (60, 80, 3)
    photographs.names(photographs.HELD_OUT)
    assert capsys.readouterr().err.count("dupi_training photographs") == (cache == "samples only")


def test_memory_of_photographs_is_bounded(cache, monkeypatch):
    monkeypatch.setattr(photographs, "REMEMBERED", 2_000_000)
    for name in photographs.names(photographs.TRAINING):
        photographs.photograph(name)
    assert sum(held.nbytes for held in photographs._memory.values()) <= 2_000_000


def test_packages_have_one_role_and_a_licence():
    names = [package.name for package in photograph_packages.PACKAGES]
    assert len(set(names)) == len(names)
    for package in photograph_packages.PACKAGES:
        assert package.role in (photograph_packages.TRAINING, photograph_packages.HELD_OUT) and package.licence and package.shows


def test_packages_are_unpacked_shrunk_and_listed(tmp_path, monkeypatch):
    """The same picture twice is kept once; too small, too empty and unwanted ones are left."""
    monkeypatch.setenv("DUPI_PHOTOGRAPHS", str(tmp_path / "cache"))
    content, rng = tmp_path / "content", np.random.default_rng(5)
    content.mkdir()
    noise = Image.fromarray(rng.integers(0, 256, (15, 30, 3), dtype=np.uint8)).resize((1200, 600))
    noise.save(content / "large.png")
    noise.save(content / "copy.png")
    noise.save(content / "logo.png")
    noise.resize((60, 30)).save(content / "small.png")
    Image.new("RGB", (300, 300), "red").save(content / "empty.png")
    (content / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    coded = (content / "large.png").read_bytes()
    (content / "things.rcc").write_bytes(b"qres" + len(coded).to_bytes(4, "big") + coded)
    package = photograph_packages.Package("some-package", "debian", "training", "CC0", "noise", leave=("*logo*",))
    assert photograph_cache.keep(package, content) == ["some-package/0000.jpg"]
    assert Image.open(tmp_path / "cache" / "some-package" / "0000.jpg").size == (800, 400)
    assert [length for _, _, length in photograph_cache.resources((content / "things.rcc").read_bytes())] == [len(coded)]
