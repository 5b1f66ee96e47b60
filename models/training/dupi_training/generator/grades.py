"""Which grades a generated frame shows, and the measurable quantity behind each grade.

A quantity is a number in 0..4: grade g is drawn from [g, g+1), and the border between two grades is
blurred by a little noise, because people do not agree there either.
"""

import numpy as np

BORDER_NOISE = 0.10
# Chance that a condition is drawn at all in a frame that is not all-normal.
PRESENT = (0.36, 0.42, 0.45, 0.42, 0.45, 0.40)


def draw_grades(rng, normal_share=0.2):
    """Six grades. The dry-oily axis nearly excludes itself; pustules like reddened skin."""
    grades = np.zeros(6, np.int64)
    if rng.random() < normal_share:
        return grades
    for index, chance in enumerate(PRESENT):
        if rng.random() < chance:
            grades[index] = rng.choice((1, 2, 3), p=(0.36, 0.32, 0.32))
    if grades[0] and grades[1] and rng.random() < 0.85:
        grades[rng.integers(2)] = 0
    if grades[3] >= 2 and grades[2] == 0 and rng.random() < 0.45:
        grades[2] = rng.choice((1, 2, 3))
    return grades


def draw_quantities(rng, grades):
    """A quantity in 0..4 for each grade; grade 0 stays in the clean lower part of its range."""
    quantities = grades + rng.uniform(0.12, 0.88, 6) + rng.normal(0, BORDER_NOISE, 6)
    return np.where(grades == 0, rng.uniform(0, 0.6, 6), np.clip(quantities, 0.8, 4.0))


def along(quantity, *knots):
    """Linear interpolation of a physical amount over the quantity: `knots` at 0, 1, 2, 3, 4."""
    return float(np.interp(quantity, np.arange(len(knots)), knots))
