"""The layered renderer paints the amounts that the grades stand for, where they can be seen."""

import numpy as np
import pytest

from dupi_training.generator import grades as grading
from dupi_training.generator import layers
from dupi_training.generator.layers import conditions, follicles, hair, plates, skin

SEEDS = range(8)


def wanted(condition=0, grade=0):
    grades = np.zeros(6, np.int64)
    grades[condition] = grade
    return grades


def scene(seed, loss=0.3):
    """A scene with shafts laid out, as the painters find it."""
    found = skin.bare(np.random.default_rng(seed), 120, 160)
    hair.place_openings(found, loss)
    hair.plan(found, loss)
    return found


def test_the_same_seed_gives_the_same_picture():
    one, two, other = (layers.render(np.random.default_rng(s), 120, 160, wanted(4, 2)) for s in (1, 1, 2))
    assert np.array_equal(one[0], two[0]) and np.array_equal(one[2], two[2])
    assert not np.array_equal(one[0], other[0])


@pytest.mark.parametrize("size", [(240, 320), (480, 640)])
def test_shapes_and_types(size):
    pixels, grades, evidence = layers.render(np.random.default_rng(3), *size, np.array([1, 0, 2, 3, 3, 1]))
    assert pixels.shape == (*size, 3) and pixels.dtype == np.uint8
    assert evidence.shape == (15, 20, 6) and evidence.dtype == np.float32
    assert 0 <= evidence.min() and evidence.max() <= 1 and list(grades) == [1, 0, 2, 3, 3, 1]


def test_normal_frames_show_no_evidence_but_hair():
    for seed in SEEDS:
        *_, evidence = layers.render(np.random.default_rng(seed), 120, 160, wanted())
        assert evidence[..., :5].max() == 0
        assert evidence[..., 5].mean() > 0.01


@pytest.mark.parametrize("quantity,share", [(1, 0.012), (2, 0.035), (3, 0.07), (4, 0.12)])
def test_rings_grow_until_they_can_be_seen(quantity, share):
    """Without the discs: the weight of the rings that neither hair nor pus hides."""
    shares = []
    for seed in SEEDS:
        found = scene(seed)
        follicles.rings(found, quantity)
        shares.append(found.layers[3].mean())
    assert np.median(shares) == pytest.approx(share, rel=0.12)


@pytest.mark.parametrize("quantity,share", [(1, 0.008), (2, 0.035), (3, 0.10), (4, 0.32)])
def test_plates_cover_what_the_grade_asks_for(quantity, share):
    shares = []
    for seed in SEEDS:
        found = scene(seed)
        hair.paint(found)
        plates.dandruff(found, quantity)
        shares.append(found.layers[4].mean())
    assert np.median(shares) == pytest.approx(share, rel=0.2)


def test_rings_redden_the_skin_that_is_seen():
    for seed in SEEDS:
        found = scene(seed)
        before = found.image.copy()
        follicles.rings(found, 3.5)
        inside = found.layers[3] > 0.8
        redder = found.image[..., 0] / found.image[..., 1] / (before[..., 0] / before[..., 1])
        assert redder[inside].mean() > 1.4


def test_pustules_come_with_the_upper_grades_and_lie_over_the_hair():
    counts = {q: [len(follicles.place_discs(scene(seed), q)) for seed in SEEDS] for q in (1.9, 2.9, 3.9)}
    assert max(counts[1.9]) == 0 and max(counts[2.9]) == 1 and min(counts[3.9]) >= 1
    found = scene(1)
    found.image[:] = 0.05
    follicles.pustules(found, [(80.0, 60.0, 10.0)])
    red, green, blue = found.image[60, 80]
    assert green > 0.5 and green > blue


FILMS = [(conditions.erythema, 2), (conditions.sebum_film, 1), (conditions.scaling, 0)]


@pytest.mark.parametrize("painter,layer", FILMS)
def test_films_and_redness_spread_with_the_quantity(painter, layer):
    def painted(quantity):
        shares = []
        for seed in SEEDS:
            found = scene(seed)
            painter(found, quantity)
            shares.append(found.layers[layer].mean())
        return np.mean(shares)

    amounts = [painted(q) for q in (1, 2, 3, 4)]
    assert all(low * 1.15 < high for low, high in zip(amounts, amounts[1:]))


def test_hair_never_hides_the_whole_skin():
    for seed in range(20):
        assert (scene(seed).cover > 127).mean() < 0.8


def test_grade_zero_stays_below_a_finding():
    rng = np.random.default_rng(0)
    assert max(grading.draw_quantities(rng, wanted()).max() for _ in range(200)) < follicles.FINDING
    assert min(grading.draw_quantities(rng, np.ones(6, int)).min() for _ in range(200)) >= follicles.FINDING
