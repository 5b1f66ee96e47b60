"""Reads files of the data set, lying in folders or in zips, and makes their Korean names readable.

Zips packed on Windows hold CP949 names without saying so, those of macOS hold decomposed ones (NFD); folders unpacked
by a tool that did not know better carry the same damage.
"""

import os
import unicodedata
import zipfile
from pathlib import Path

from .errors import AihubError

# Windows' and macOS' own bookkeeping, which no one put there on purpose.
BOOKKEEPING = ("__MACOSX/", "/__MACOSX/", "/._", "/.DS_Store")


def readable(name):
    """The name as its author meant it, composed (NFC)."""
    composed = unicodedata.normalize("NFC", name)
    if composed.isascii() or has_hangul(composed):
        return composed
    for encoding, how in (("utf-8", "surrogateescape"), ("cp437", "strict")):
        try:
            raw = name.encode(encoding, how)
        except UnicodeEncodeError:
            continue
        for meant in ("utf-8", "cp949"):
            try:
                decoded = unicodedata.normalize("NFC", raw.decode(meant))
            except UnicodeDecodeError:
                continue
            if has_hangul(decoded):
                return decoded
    return composed


def has_hangul(text):
    return any("가" <= letter <= "힣" for letter in text)


def is_bookkeeping(name):
    return any(part in f"/{name}" for part in BOOKKEEPING)


class Archive:
    """An open zip whose members are asked for by their readable names."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        self.members = {readable(info.filename): info for info in self.zip.infolist() if not info.is_dir()}

    def read(self, member):
        return self.zip.read(self.members[member])


class Reader:
    """Reads by (file below the root, member of that zip or ""). Each process opens its own zips: a file position
    shared with a forked DataLoader worker would return other files' bytes."""

    def __init__(self, root):
        self.root = Path(root)
        self.archives, self.process = {}, os.getpid()

    def read(self, file, member=""):
        path = self.root / file
        try:
            return self.archive(file).read(member) if member else path.read_bytes()
        except FileNotFoundError as error:
            hint = "if the data set was moved, name its new place with `root` (on the command line: run prepare again)"
            raise AihubError(f"{readable(str(path))} is gone; hint: {hint}") from error
        except KeyError as error:
            raise AihubError(f"{readable(str(path))} holds no {member} any more; hint: run prepare again") from error

    def archive(self, file):
        if self.process != os.getpid():
            self.archives, self.process = {}, os.getpid()
        if file not in self.archives:
            self.archives[file] = Archive(self.root / file)
        return self.archives[file]

    def __getstate__(self):
        return {"root": self.root, "archives": {}, "process": 0}
