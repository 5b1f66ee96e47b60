"""The optical renderer: repeatable, of the right shape, and honest about where each condition shows."""

import cv2
import numpy as np
import pytest

from dupi_training.generator.optics import render

cv2.setNumThreads(1)
NORMAL = [0] * 6


def frames_of(condition, grade, count=6):
    """Evidence [count, 15, 20, 6] of gentle frames that show one condition alone."""
    grades = list(NORMAL)
    grades[condition] = grade
    return np.stack([render(np.random.default_rng((7, number)), 240, 320, grades, True)[2] for number in range(count)])


def test_the_same_randomness_gives_the_same_picture():
    first, second = (render(np.random.default_rng(5), 240, 320, [1, 0, 2, 3, 2, 1]) for _ in range(2))
    for one, other in zip(first, second):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(first[0], render(np.random.default_rng(6), 240, 320, [1, 0, 2, 3, 2, 1])[0])


@pytest.mark.parametrize("height, width", [(240, 320), (480, 640)])
@pytest.mark.parametrize("grades", [NORMAL, [3, 0, 3, 3, 3, 3], [0, 3, 0, 2, 1, 0]])
def test_a_frame_has_the_promised_shapes(height, width, grades):
    pixels, seen, evidence = render(np.random.default_rng((11, height)), height, width, grades)
    assert pixels.shape == (height, width, 3) and pixels.dtype == np.uint8
    assert pixels.std() > 8, "a picture, not a plain surface"
    assert seen.shape == (6,) and (seen <= grades).all()
    assert evidence.shape == (15, 20, 6) and evidence.dtype == np.float32
    assert evidence.min() >= 0 and evidence.max() <= 1


@pytest.mark.parametrize("condition", range(5))
def test_more_of_a_condition_shows_as_its_grade_grows(condition):
    shares = [frames_of(condition, grade)[..., condition].mean() for grade in range(4)]
    assert shares[0] == 0
    assert all(more > 1.2 * less for less, more in zip(shares[1:], shares[2:])), shares


def test_less_hair_covers_the_frame_as_hair_loss_grows():
    shares = [frames_of(5, grade, 10)[..., 5].mean() for grade in range(4)]
    assert shares[0] > shares[1] > shares[2] > shares[3] > 0, shares


def test_a_normal_frame_shows_hair_and_no_condition():
    for number in range(8):
        _, seen, evidence = render(np.random.default_rng((3, number)), 240, 320, NORMAL)
        assert not seen.any() and not evidence[..., :5].any()
        assert 0.01 < evidence[..., 5].mean() < 0.75


def test_dandruff_and_red_rings_cover_the_share_their_grade_stands_for():
    plates = frames_of(4, 3)[..., 4].mean()
    rings = frames_of(3, 1)[..., 3].mean()
    assert 0.08 < plates < 0.36, plates
    assert 0.008 < rings < 0.05, rings
