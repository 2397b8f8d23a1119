"""Opening what was given: a file, a folder or a zip of it, read into memory and never unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from patients.imports.rows import BadFile

MEGABYTE = 1024 * 1024
MAX_UPLOAD = 20 * MEGABYTE
MAX_UNPACKED = 200 * MEGABYTE
MAX_RATIO = 200
MAX_FILES = 500
# A small file may well shrink further than the ratio; it can do no harm.
RATIO_COUNTS_FROM = MEGABYTE

# All that zipfile raises over a file that somebody cut or tampered with.
DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)

Files = dict[str, bytes]


def from_path(path: Path, suffix: str) -> Files:
    """The files at `path` with this ending: itself, those of a folder, or those of a zip. Raises BadFile."""
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if one.suffix.lower() == suffix and one.is_file())
        if not found:
            raise BadFile(path.name, f"There is no {suffix} file in this folder.")
        return {one.name: _read(one) for one in found}
    if not path.is_file():
        raise BadFile(str(path), "There is no such file or folder.")
    return from_bytes(path.name, _read(path), suffix)


def _read(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_UNPACKED:
        raise BadFile(path.name, f"This file has {size // MEGABYTE} MB; {MAX_UNPACKED // MEGABYTE} MB can be read.")
    return path.read_bytes()


def from_bytes(name: str, content: bytes, suffix: str) -> Files:
    """An uploaded file, or the files with this ending in an uploaded zip. Raises BadFile."""
    if not content:
        raise BadFile(name, "The file is empty.")
    if content[:4] != b"PK\x03\x04":
        return {name: content}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(name, archive, suffix)
    except DAMAGE as error:
        raise BadFile(name, f"This zip file is damaged ({error}). Make it again.") from None


def _unpacked(name: str, archive: zipfile.ZipFile, suffix: str) -> Files:
    wanted = [info for info in archive.infolist() if _wanted(name, info, suffix)]
    if not wanted:
        raise BadFile(name, f"There is no {suffix} file in this zip.")
    if len(wanted) > MAX_FILES:
        raise BadFile(name, f"This zip holds {len(wanted)} files; {MAX_FILES} can be read at once.")
    files: Files = {}
    left = MAX_UNPACKED
    for info in wanted:
        short = PurePosixPath(info.filename).name
        if short in files:
            raise BadFile(name, f"{short} is in this zip twice, in two folders. Zip one folder only.")
        files[short] = _member(name, archive, info, left)
        left -= len(files[short])
    return files


def _wanted(name: str, info: zipfile.ZipInfo, suffix: str) -> bool:
    """Whether to read it. A name that leads out of the archive makes the whole of it suspect."""
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename:
        raise BadFile(name, f"“{info.filename[:80]}” points outside the zip. Nothing was read.")
    if info.is_dir() or path.parts[0] == "__MACOSX" or path.name.startswith("."):
        return False
    return path.suffix.lower() == suffix


def _member(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """One file of the zip, counted as it is read: what the zip says of its own size is not believed."""
    if info.flag_bits & 1:
        raise BadFile(name, "This zip has a password. Make it again without one.")
    with archive.open(info) as member:
        content = member.read(left + 1)
    if len(content) > left:
        raise BadFile(name, f"Unpacked this is more than {MAX_UNPACKED // MEGABYTE} MB. Import it in parts.")
    if len(content) > RATIO_COUNTS_FROM and len(content) > MAX_RATIO * max(info.compress_size, 1):
        raise BadFile(name, f"{info.filename[:80]} is packed far too tightly to be a table. Nothing was read.")
    return content
