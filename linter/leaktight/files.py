"""Files on disk: bytes to a `Source` and back, and writing whole. Parses nothing."""

from __future__ import annotations

import codecs
import os
from contextlib import suppress

from leaktight.lazy import regex
from leaktight.source import Language, NotAnalysable, Source

LANGUAGES: dict[str, Language] = {
    ".sql": Language.SQL,
    ".ddl": Language.SQL,
    ".hql": Language.SQL,
    ".py": Language.PYTHON,
    ".js": Language.JAVASCRIPT,
    ".mjs": Language.JAVASCRIPT,
    ".cjs": Language.JAVASCRIPT,
    ".jsx": Language.JAVASCRIPT,
    ".ts": Language.TYPESCRIPT,
    ".mts": Language.TYPESCRIPT,
    ".cts": Language.TYPESCRIPT,
    ".tsx": Language.TSX,
    ".ipynb": Language.NOTEBOOK,
    ".yml": Language.YAML,
    ".yaml": Language.YAML,
    ".tf": Language.TERRAFORM,
}
"""The language of a file by its suffix, in lower case."""

PROGRAMS = {
    ".cs": "C#",
    ".ex": "Elixir",
    ".exs": "Elixir",
    ".go": "Go",
    ".groovy": "Groovy",
    ".java": "Java",
    ".kt": "Kotlin",
    ".php": "PHP",
    ".pl": "Perl",
    ".prisma": "Prisma",
    ".rb": "Ruby",
    ".rs": "Rust",
    ".scala": "Scala",
    ".swift": "Swift",
    ".vb": "Visual Basic",
}
"""The languages of programs that are not read, whatever they ask of the tables, by suffix; Prisma's client is one of them."""

SIZE_LIMIT = 2_000_000
"""How many bytes a file may have to be read."""

UNREADABLE = "unreadable"
"""The code of what the system does not let us read."""

_CODING = regex(rb"\A[^\r\n]*(?:\r\n|\r|\n)?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_CODING_FIRST = regex(rb"\A[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_LINE_ENDS = regex(r"(?i)-(?:unix|dos|mac)\Z")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = frozenset(
    "utf-8 iso8859-1 iso8859-2 iso8859-5 iso8859-15 cp1250 cp1251 cp1252 ascii koi8-r koi8-u mac-roman "
    "shift_jis euc_jp euc_kr gb2312 gbk gb18030 big5 cp932 cp949".split()
)
"""The codecs that a file may declare: those that map each byte sequence to text and do nothing else."""


def decode(data: bytes, path: str, language: Language) -> Source:
    """Give the source that bytes hold. Raises `NotAnalysable` naming the byte that is wrong.

    A byte-order mark decides, then in Python a coding declaration, else it is UTF-8.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return Source(path, _decoded(data, encoding, len(mark)), language, encoding, bom=True)
    if 0 in data:
        raise NotAnalysable(f"not a text file: byte {data.index(0)} is NUL", code="encoding")
    encoding = _declared_encoding(data) if language is Language.PYTHON else "utf-8"
    return Source(path, _decoded(data, encoding, 0), language, encoding)


def _decoded(data: bytes, encoding: str, skipped: int) -> str:
    try:
        text = data[skipped:].decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper() if encoding.startswith("utf") else encoding
        raise NotAnalysable(f"not {name} at byte {skipped + error.start}", code="encoding") from None
    nul = text.find("\0")
    if nul >= 0:
        raise NotAnalysable(f"not a text file: character {nul} is NUL", code="encoding")
    return text


def _declared_encoding(data: bytes) -> str:
    head = data[:512]
    found = _CODING_FIRST.match(head) or _CODING.match(head)
    if found is None or not (found.re is _CODING_FIRST or _blank_or_comment(head)):
        return "utf-8"
    # Emacs writes how lines end behind the name: `utf-8-unix`.
    declared = _LINE_ENDS.sub("", found[1].decode("ascii", "replace"))
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise NotAnalysable(f"declares the encoding `{declared}`, which is unknown", code="encoding") from None
    if name == "utf-8-sig":
        return "utf-8"
    if name not in _DECLARED:
        raise NotAnalysable(f"declares the encoding `{declared}`, which is not read", code="encoding")
    return name


def _blank_or_comment(head: bytes) -> bool:
    first = head.splitlines()[0].strip() if head.strip() else b""
    return not first or first.startswith(b"#")


def encode(source: Source, text: str) -> bytes:
    """Give the bytes of a new text of a source, in its encoding and with its byte-order mark.

    Raises `UnicodeEncodeError` when the encoding has no such character.
    """
    mark = next((mark for mark, encoding in _BOMS if encoding == source.encoding), b"") if source.bom else b""
    return mark + text.encode(source.encoding)


def read_bytes(path: str, limit: int = SIZE_LIMIT) -> bytes:
    """Give what a regular file holds. Raises `NotAnalysable` when it is larger than `limit` bytes or unreadable."""
    data = _read(path, limit + 1, most=limit)
    if len(data) > limit:
        raise NotAnalysable(f"larger than {limit:,} bytes", code="size")
    return data


def _read(path: str, length: int, most: int | None = None) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise NotAnalysable(f"cannot be read: {reason_of(error)}", code=UNREADABLE) from None
    try:
        with open(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if (status.st_mode & 0o170000) != 0o100000:
                raise NotAnalysable("cannot be read: not a regular file", code=UNREADABLE)
            if most is not None and status.st_size > most:
                raise NotAnalysable(f"larger than {most:,} bytes ({status.st_size:,})", code="size")
            data = file.read(length)
            if len(data) < min(status.st_size, length):
                data += file.read(length - len(data))
    except OSError as error:
        raise NotAnalysable(f"cannot be read: {reason_of(error)}", code=UNREADABLE) from None
    return data


def read_head(path: str, length: int) -> bytes:
    """Give the whole lines at the beginning of a regular file that `length` bytes hold. Raises `NotAnalysable`."""
    data = _read(path, length)
    return data if len(data) < length else data[: data.rfind(b"\n") + 1]


def reason_of(error: OSError) -> str:
    """Give what the system says of a failure, to stand in a sentence."""
    return (error.strerror or str(error)).lower()


def write_atomically(path: str, data: bytes, *, expected: bytes | None = None) -> None:
    """Put `data` in the place of a file, whole or not at all; a symbolic link is written through.

    The file's mode stays, and its owner and group where the system lets them; another hard link keeps the old text.
    Raises `OSError` when that cannot be done, also when the file is read-only or does not hold what is `expected` right
    before; it is then as it was.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    before = os.stat(target) if os.path.exists(target) else None
    if before is not None and not (before.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise OSError("it is read-only")
    temporary = os.path.join(folder, f".{name[:80]}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666 if before is None else 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if before is not None:
                _keep_owner(temporary, before)
                os.chmod(temporary, before.st_mode & 0o7777)
            os.fsync(file.fileno())
        if expected is not None and not _holds(target, expected):
            raise OSError("it has changed since it was read")
        os.replace(temporary, target)
    finally:
        with suppress(OSError):
            os.unlink(temporary)
    _sync_folder(folder)


def _keep_owner(path: str, before: os.stat_result) -> None:
    now = os.stat(path)
    if not hasattr(os, "chown") or (now.st_uid, now.st_gid) == (before.st_uid, before.st_gid):
        return
    for owner in (before.st_uid, -1):  # one who may not give a file away may still give it to a group
        with suppress(OSError):
            os.chown(path, owner, before.st_gid)
            return


def _holds(path: str, expected: bytes) -> bool:
    with open(path, "rb") as file:
        return file.read(len(expected) + 1) == expected


def _sync_folder(folder: str) -> None:
    with suppress(OSError):
        descriptor = os.open(folder or ".", os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_column_dump(head: bytes) -> bool:
    """Say whether the first line of a CSV file is that of a dump of `information_schema.columns`."""
    line = head.partition(b"\n")[0].lower()
    return b"table_name" in line and b"column_name" in line


def language_of(name: str) -> Language | None:
    """Give the language that a file's name tells, None for a file that is not read."""
    dot = name.rfind(".")
    if dot < 0:
        return None
    suffix = name[dot:]
    found = LANGUAGES.get(suffix) or LANGUAGES.get(suffix.lower())
    if name.endswith(".tf.json"):
        return Language.TERRAFORM
    if found is None and suffix == ".txt" and name.startswith(("requirements", "constraints")):
        return Language.YAML
    if found is None and name[:dot].endswith(".sql") and suffix[1:] in _SQL_OF:
        return Language.SQL
    return Language.PLAN if name == "sqitch.plan" else found


_SQL_OF = frozenset({"postgres", "postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle"})
"""Second suffixes of `.sql` files of which a project has one for each engine: `orders.sql.postgres`."""

_DATA = {".json": Language.JSON, ".csv": Language.CSV}


def data_language(name: str) -> Language | None:
    """Give the language that a file's name tells, that of data among them, which is read only where it tells of tables."""
    return language_of(name) or _DATA.get(name[name.rfind(".") :].lower())


_GIT_FILE_LIMIT = 1_000_000


def git_exclude_file(git_root: str) -> str:
    """Give where git keeps the patterns of a checkout that are not committed; a work tree has those of its repository."""
    place = os.path.join(git_root, ".git")
    for name, mark in ((place, b"gitdir:"), ("commondir", b"")):
        try:
            data = read_bytes(os.path.join(place, name), _GIT_FILE_LIMIT)
        except NotAnalysable:
            break
        if not data.startswith(mark) or 0 in data:
            break
        place = os.path.join(os.path.dirname(place) if mark else place, os.fsdecode(data[len(mark) :].strip()))
    return os.path.join(place, "info", "exclude")
