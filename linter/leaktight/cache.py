"""Remembers answers by content, in the user's cache directory. A damaged or foreign file is an empty cache.

The cache never stands in the checked repository: what it holds is unpickled, and must be our own.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import zlib
from collections.abc import Iterable

TYPE_CHECKING = False  # `typing` costs more to import than all that this module does
if TYPE_CHECKING:
    from typing import Any

_MAGIC = b"leaktight-cache-1\n"


def cache_directory() -> str:
    """Give the directory of all caches: `$LEAKTIGHT_CACHE_DIR`, else the user's cache directory for leaktight."""
    chosen = os.environ.get("LEAKTIGHT_CACHE_DIR")
    if chosen:
        return chosen
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "leaktight")


def cache_file(name: str, *parts: str) -> str:
    """Give the path of a cache called `name` for what `parts` tell apart (a project's root, the arguments)."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return os.path.join(cache_directory(), f"{name}-{digest}")


def read_table(path: str) -> dict[str, tuple[Any, ...]]:
    """Give what `write_table` wrote; an empty table when there is none or it is damaged."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return {}
    head = len(_MAGIC) + 4
    if not data.startswith(_MAGIC) or zlib.crc32(data[head:]) != int.from_bytes(data[len(_MAGIC) : head], "little"):
        return {}
    table = marshal.loads(data[head:])  # noqa: S302  # our own, in the user's cache directory, with its checksum
    return table if isinstance(table, dict) else {}


def write_table(path: str, table: dict[str, tuple[Any, ...]]) -> None:
    """Write a table of strings, numbers, bytes and tuples of them, whole or not at all. A full or read-only disk is no error."""
    import tempfile

    data = marshal.dumps(table)
    temporary = ""
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".new-")
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + zlib.crc32(data).to_bytes(4, "little") + data)
        os.replace(temporary, path)
    except OSError:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)


def package_version(packages: Iterable[str]) -> str:
    """Give a digest of the code of imported packages, modules that are one file among them, and of the interpreter."""
    return digest(sys.version, package_stamps(package_homes(packages)))


def package_homes(packages: Iterable[str]) -> tuple[str, ...]:
    """Give the directories of imported packages, and the files of modules that are one file."""
    modules = [sys.modules.get(name) for name in sorted(packages)]
    return tuple(
        home for module in modules for home in getattr(module, "__path__", (getattr(module, "__file__", None) or "",))
    )


def package_stamps(homes: Iterable[str]) -> str:
    """Give a digest of the time and size of each file of packages, by their directories; cheap, and enough."""
    return digest(*(stamp for home in homes for stamp in _stamps(home)))


def _stamps(folder: str) -> list[str]:
    found: list[str] = []
    try:
        if folder.endswith(".py"):
            status = os.stat(folder)
            return [f"{folder} {status.st_mtime_ns} {status.st_size}"]
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir() and entry.name != "__pycache__":
                    found += _stamps(entry.path)
                elif entry.name.endswith((".py", ".json")):
                    status = entry.stat()
                    found.append(f"{entry.path} {status.st_mtime_ns} {status.st_size}")
    except OSError:
        return found
    return found


def pack(value: object) -> bytes:
    """Give the bytes of a frozen value."""
    import pickle

    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Any:
    """Give the value that `pack` made bytes of; None when this version cannot read it."""
    import pickle

    try:
        return pickle.loads(data)  # noqa: S301  # our own, in the user's cache directory
    except (pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError, EOFError, IndexError):
        return None


def digest(*parts: str | bytes) -> str:
    """Give a digest of texts, each kept apart from the next."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "little"))
        whole.update(data)
    return whole.hexdigest()
