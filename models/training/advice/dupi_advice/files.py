"""JSON files that survive an interruption: written whole beside the old one, then put in its place."""

import hashlib
import json
import os
from pathlib import Path


def write_json(path, value):
    path = Path(path)
    draft = path.with_name(path.name + ".part")
    draft.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(draft, path)


def read_json(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def digest(path):
    """SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
