"""Reads the JSON files: six grades of an image, and of Meta only gender and age, to see whom the data shows."""

import json
from dataclasses import dataclass

KEYS = tuple(f"value_{number}" for number in range(1, 7))
GENDERS = {"남": "male", "여": "female"}
AGES = range(10, 100, 10)


@dataclass(frozen=True, slots=True)
class Label:
    """Grades in the order of the contract's conditions, or what is wrong with the file."""

    grades: tuple | None
    problem: str = ""  # "", label_unreadable or label_out_of_range
    detail: str = ""


def parsed(content):
    """The JSON object in these bytes, UTF-8 with or without a BOM, or CP949; ValueError if it is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp949")
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError(f"a JSON object was expected, found {type(value).__name__}")
    return value


def label(content):
    """Joint label of one image."""
    try:
        value = parsed(content)
        stated = [value[key] for key in KEYS]
    except KeyError as error:
        return Label(None, "label_unreadable", f"{error.args[0]} is missing")
    except (ValueError, RecursionError) as error:
        return Label(None, "label_unreadable", str(error))
    grades = []
    for key, given in zip(KEYS, stated):
        written = str(given).strip()
        if isinstance(given, bool) or written not in ("0", "1", "2", "3"):
            return Label(None, "label_out_of_range", f"{key} is {written!r}"[:80])
        grades.append(int(written))
    return Label(tuple(grades))


def meta(content):
    """(gender or "", decade of age or 0 for junk such as `110대`)."""
    try:
        value = parsed(content)
    except (ValueError, RecursionError):
        return "", 0
    digits = str(value.get("age", "")).strip().removesuffix("대")
    age = int(digits) if digits.isascii() and digits.isdigit() else 0
    return GENDERS.get(str(value.get("gender", "")).strip(), ""), age if age in AGES else 0
