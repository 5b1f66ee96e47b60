"""Cut the card fonts out of Pretendard and rename them, as its licence asks of a modified version.

Usage: python subset.py FOLDER_WITH_PRETENDARD_OTF OUTPUT_FOLDER   (needs fonttools; the output is reproducible)
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Dupi Sans"
WEIGHTS = ["Regular", "Bold"]
VERSION = "Version 1.309; subset of Pretendard 1.3.9"
# Dashes, quotes, arrows, signs and marks that a card may show beside letters.
SIGNS = "–—‘’“”…·•→←↑↓×÷±≥≤≠°℃%‰©✓✗■●○▲△▼▽~～※"
FEATURES = ["kern", "liga", "tnum"]


def hangul_of_ks_x_1001() -> list[int]:
    """The 2,350 syllables that everyday Korean is written with."""
    syllables = []
    for code in range(0xAC00, 0xD7A4):
        try:
            if len(chr(code).encode("euc_kr")) == 2:
                syllables.append(code)
        except UnicodeEncodeError:
            continue
    assert len(syllables) == 2350, len(syllables)
    return syllables


def wanted() -> list[int]:
    basic_latin = range(0x20, 0x7F)
    latin_1 = range(0xA0, 0x100)
    compatibility_jamo = range(0x3131, 0x3164)
    return [*basic_latin, *latin_1, *compatibility_jamo, *map(ord, SIGNS), *hangul_of_ks_x_1001()]


def rename(font: TTFont, weight: str) -> None:
    """The reserved name may not stay in a modified version; copyright, credit and licence must."""
    names = font["name"]
    postscript = f"{FAMILY.replace(' ', '')}-{weight}"
    values = {
        1: FAMILY,
        2: weight,
        3: f"1.309;{postscript}",
        4: f"{FAMILY} {weight}",
        5: VERSION,
        6: postscript,
    }
    kept = {0, 8, 9, 13, 14}
    names.names = [name for name in names.names if name.nameID in kept and name.langID == 0x409]
    for name_id, value in values.items():
        names.setName(value, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    for key, value in {"FamilyName": FAMILY, "FullName": values[4], "version": "1.309"}.items():
        if key in cff.topDictIndex[0].rawDict:
            setattr(cff.topDictIndex[0], key, value)


def cut(source: Path, target: Path, weight: str) -> None:
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    rename(font, weight)
    font.save(target)
    missing = sorted(set(wanted()) - set(TTFont(target).getBestCmap()))
    print(target.name, target.stat().st_size, "bytes; not in the source:", "".join(map(chr, missing)) or "none")


def main() -> None:
    source, target = map(Path, sys.argv[1:3])
    for weight in WEIGHTS:
        cut(source / f"Pretendard-{weight}.otf", target / f"DupiSans-{weight}.otf", weight)


if __name__ == "__main__":
    main()
