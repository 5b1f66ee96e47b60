"""Fetches the packages of `photograph_packages` and keeps their pictures, small, outside this repository.

Packages come through apt and npm, are unpacked without being installed, and are thrown away once their
pictures lie in the cache: JPEG, or WebP where the ground is transparent, at most 800 px on the long side.
"""

import fnmatch
import io
import json
import os
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from .photograph_packages import PACKAGES, PICTURES

LONGEST, SHORTEST, QUALITY = 800, 90, 90
ARCHIVES = (".zip", ".pk3", ".sh3f")
PATIENCE = 600


def folder():
    """Where the pictures are kept: `DUPI_PHOTOGRAPHS`, or a folder in the user's cache."""
    named = os.environ.get("DUPI_PHOTOGRAPHS")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dupi-photographs"


def manifest():
    """{package: {version, role, licence, files}} of what the cache holds; empty without one."""
    path = folder() / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def fetch(say, names=()):
    """Fills the cache with every package that is not there yet. One that cannot be had is told and left out."""
    held = manifest()
    folder().mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if package.name in held or (names and package.name not in names):
            continue
        try:
            with tempfile.TemporaryDirectory(prefix="dupi-photographs-") as place:
                version = unpack(package, Path(place))
                files = keep(package, Path(place) / "content")
        except (OSError, subprocess.SubprocessError, tarfile.TarError, zipfile.BadZipFile) as error:
            say(f"{package.name}: left out: {error}")
            continue
        held[package.name] = {"version": version, "role": package.role, "licence": package.licence, "files": files}
        (folder() / "manifest.json").write_text(json.dumps(held, indent=1, sort_keys=True) + "\n")
        say(f"{package.name} {version}: {len(files)} pictures")
    return held


def unpack(package, place):
    """Downloads into `place`, unpacks into `place/content`, and returns the version."""
    content = place / "content"
    content.mkdir()
    command = ["apt-get", "download", "-q", package.name] if package.client == "debian" else ["npm", "pack", "--silent", package.name]
    subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=PATIENCE)
    archive = next(path for path in place.iterdir() if path.is_file())
    if package.client == "debian":
        subprocess.run(["dpkg", "-x", archive, content], check=True, capture_output=True, timeout=PATIENCE)
        return archive.name.split("_")[1].replace("%3a", ":")
    with tarfile.open(archive) as bundle:
        bundle.extractall(content, filter="data")
    return json.loads((content / "package" / "package.json").read_text())["version"]


def keep(package, content):
    """Shrinks the wanted pictures into the cache; returns their names. Near copies of one another are kept once."""
    target = folder() / package.name.replace("@", "").replace("/", "-")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    wanted = [path for path in paths(content) if chosen(package, path)]
    step = max(1.0, len(wanted) / (1.3 * package.at_most))
    wanted = {wanted[int(at * step)] for at in range(int(len(wanted) / step))}
    files, seen = [], set()
    for path, read in blobs(content, wanted):
        if len(files) >= package.at_most:
            break
        picture = decode(read())
        if picture is None:
            continue
        thumb = np.asarray(picture.convert("L").resize((8, 8), Image.Resampling.BOX)).astype(int)
        print_of_it = tuple((thumb // 24).ravel())
        if print_of_it in seen:
            continue
        seen.add(print_of_it)
        name = f"{len(files):04d}.{'webp' if picture.mode == 'RGBA' else 'jpg'}"
        picture.save(target / name, quality=QUALITY)
        files.append(f"{target.name}/{name}")
    return files


def chosen(package, path):
    match = lambda patterns: any(fnmatch.fnmatch(path.lower(), "*" + pattern.lower().lstrip("*")) for pattern in patterns)
    return match(PICTURES) and match(package.keep) and not match(package.leave)


def paths(content):
    """Every picture's path, sorted: those in archives stand under the archive's own path."""
    return sorted(path for path, _ in blobs(content))


def blobs(content, wanted=None):
    """Pairs (path, function that reads the bytes) of all pictures, those in archives too."""
    for path in sorted(content.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        name = "/" + str(path.relative_to(content))
        if path.suffix in ARCHIVES:
            with zipfile.ZipFile(path) as bundle:
                for inner in sorted(bundle.namelist()):
                    if wanted is None or f"{name}/{inner}" in wanted:
                        yield f"{name}/{inner}", lambda bundle=bundle, inner=inner: bundle.read(inner)
        elif path.suffix == ".rcc":
            data = path.read_bytes()
            for inner, start, length in resources(data):
                if wanted is None or f"{name}/{inner}" in wanted:
                    yield f"{name}/{inner}", lambda data=data, start=start, length=length: data[start : start + length]
        elif wanted is None or name in wanted:
            yield name, path.read_bytes


def resources(data):
    """Pictures in a Qt resource file: each stands, uncompressed, after its length as 4 big-endian bytes."""
    number = 0
    for mark, suffix in ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"RIFF", "webp")):
        at = data.find(mark, 4)
        while at >= 0:
            (length,) = struct.unpack(">I", data[at - 4 : at])
            if 6000 < length <= len(data) - at:
                yield f"{number:04d}.{suffix}", at, length
                number += 1
            at = data.find(mark, at + 4)


def decode(blob):
    """A picture of a useful size, RGB, or RGBA where a real part is see-through; otherwise nothing."""
    try:
        picture = Image.open(io.BytesIO(blob))
        picture.draft("RGB", (LONGEST, LONGEST))
        see_through = "A" in picture.getbands() or "transparency" in picture.info
        picture = picture.convert("RGBA" if see_through else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX, reducing_gap=2)
    if min(picture.size) < SHORTEST:
        return None
    pixels = np.asarray(picture)
    if picture.mode == "RGBA":
        solid = pixels[..., 3] > 128
        if solid.mean() < 0.08:
            return None
        if solid.mean() > 0.97:
            picture = picture.convert("RGB")
        pixels = pixels[solid]
    varied = pixels[..., :3].reshape(-1, 3).std(0).max() > 6
    return picture if varied else None
