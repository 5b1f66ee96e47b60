"""The held-out renderer: what it returns, that chance comes from its rng alone, and that signs grow."""

import cv2
import numpy as np
import pytest

from dupi_training.generator.collage import render

cv2.setNumThreads(1)


def only(condition, grade):
    grades = np.zeros(6, np.int64)
    grades[condition] = grade
    return grades


def mean_evidence(condition, grade, frames=12):
    """Mean evidence of the condition over a few frames of one grade; 0..1."""
    chances = [np.random.default_rng((condition, frame)) for frame in range(frames)]
    drawn = [render(chance, 240, 320, only(condition, grade)) for chance in chances]
    return float(np.mean([evidence[..., condition] for _, _, evidence in drawn]))


@pytest.mark.parametrize("gentle", (False, True))
@pytest.mark.parametrize(("height", "width"), ((240, 320), (480, 640)))
def test_shapes_and_types(height, width, gentle):
    wanted = np.array((0, 2, 1, 3, 2, 1))
    pixels, grades, evidence = render(np.random.default_rng(1), height, width, wanted, gentle)
    assert pixels.shape == (height, width, 3) and pixels.dtype == np.uint8
    assert grades.tolist() == wanted.tolist()
    assert evidence.shape == (15, 20, 6) and evidence.dtype == np.float32
    assert 0 <= evidence.min() and evidence.max() <= 1
    assert pixels.std() > 5, "an empty picture"


@pytest.mark.parametrize("seed", range(4))
def test_the_same_rng_gives_the_same_picture(seed):
    grades = np.array((3, 0, 2, 1, 3, seed % 4))
    first = render(np.random.default_rng(seed), 240, 320, grades)
    again = render(np.random.default_rng(seed), 240, 320, grades)
    other = render(np.random.default_rng(seed + 100), 240, 320, grades)
    assert all(np.array_equal(left, right) for left, right in zip(first, again))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("condition", range(5))
def test_signs_grow_with_the_grade(condition):
    amounts = [mean_evidence(condition, grade) for grade in range(4)]
    assert amounts[0] == 0
    assert amounts[1] > 0.003
    assert all(less < more for less, more in zip(amounts, amounts[1:])), amounts


def test_hair_covers_less_as_it_is_lost():
    amounts = [mean_evidence(5, grade, frames=24) for grade in range(4)]
    assert all(more > less for more, less in zip(amounts, amounts[1:])), amounts


@pytest.mark.parametrize("seed", range(8))
def test_normal_frames_have_no_evidence(seed):
    _, grades, evidence = render(np.random.default_rng(seed), 240, 320, np.zeros(6, np.int64))
    assert not grades.any()
    assert not evidence[..., :5].any()
    assert evidence[..., 5].mean() > 0.01, "a normal frame has hair"


@pytest.mark.parametrize(("condition", "expected"), ((3, 0.0525), (4, 0.0675)))
def test_visible_share_is_the_agreed_one(condition, expected):
    """Half-way between two grades' knots, within what hair, borders and ten percent of noise allow."""
    assert mean_evidence(condition, 2, frames=16) == pytest.approx(expected, rel=0.4)


def test_redness_stays_redder_than_the_rest_of_its_frame():
    """Green over red is lower where erythema is painted than where it is not, whatever the cast."""
    redder = 0
    for seed in range(8):
        pixels, _, evidence = render(np.random.default_rng(seed), 240, 320, only(2, 1))
        small = cv2.resize(pixels.astype(np.float32), (20, 15), interpolation=cv2.INTER_AREA)
        ratio = (small[..., 1] + 8) / (small[..., 0] + 8)
        bare = evidence[..., 5] < 0.15
        red, pale = bare & (evidence[..., 2] > 0.6), bare & (evidence[..., 2] < 0.2)
        redder += not red.any() or not pale.any() or ratio[red].mean() < ratio[pale].mean()
    assert redder >= 7
