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
_PARSERS = ("sqlglot", "tree_sitter", "tree_sitter_hcl", "tree_sitter_javascript", "tree_sitter_typescript", "yaml")
_CODE = (".py", ".so", ".pyd")


def cache_directory() -> str:
    """Give the directory of all caches: `$LEAKTIGHT_CACHE_DIR`, else the user's cache directory for leaktight.

    Where nobody says which that is, a private directory beside other temporary ones; empty when there is none either.
    """
    chosen = os.environ.get("LEAKTIGHT_CACHE_DIR")
    if chosen:
        return chosen
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or ""
        if not os.path.isabs(base):  # the specification of these variables says to ignore it then
            base = os.path.expanduser("~/.cache")
    return os.path.join(base, "leaktight") if os.path.isabs(base) else _private_directory()


def _private_directory() -> str:
    if not hasattr(os, "getuid"):
        return ""
    import stat
    import tempfile

    base = tempfile.gettempdir()
    if base == os.getcwd():  # which is where Python looks last, and may be the checked repository
        return ""
    folder = os.path.join(base, f"leaktight-{os.getuid()}")
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return ""
    status = os.lstat(folder)
    private = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
    return folder if private else ""


def cache_file(name: str, *parts: str) -> str:
    """Give the path of a cache called `name` for what `parts` tell apart (a project's root, the arguments).

    It is empty, which no file is called, where there is no directory of caches.
    """
    folder = cache_directory()
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return os.path.join(folder, f"{name}-{digest}") if folder else ""


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
    try:
        table = marshal.loads(data[head:])  # noqa: S302  # our own, in the user's cache directory, with its checksum
    except (EOFError, ValueError, TypeError):  # the checksum of nothing fits nothing
        return {}
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


def parser_files() -> tuple[str, ...]:
    """Give the file that each installed parser begins with, found and not imported: an upgrade writes it anew."""
    from importlib.util import find_spec

    found = []
    for name in _PARSERS:
        try:
            spec = find_spec(name)
        except (ImportError, ValueError):
            continue
        if spec is not None and spec.origin is not None:
            found.append(spec.origin)
    return tuple(found)


def package_stamps(homes: Iterable[str]) -> str:
    """Give a digest of the time and size of each file of packages, by their directories; cheap, and enough."""
    return digest(*(stamp for home in homes for stamp in _stamps(home)))


def _stamps(folder: str) -> list[str]:
    found: list[str] = []
    try:
        if folder.endswith(_CODE):
            status = os.stat(folder)
            return [f"{folder} {status.st_mtime_ns} {status.st_size}"]
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir() and entry.name != "__pycache__":
                    found += _stamps(entry.path)
                elif entry.name.endswith((*_CODE, ".json")):
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
