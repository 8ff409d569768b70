"""Files kept in a table."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Severity,
    TableDeclaration,
    TableRule,
    TypeFamily,
    column_types,
    listed,
    option,
    words_of,
)

_MEDIA = frozenset(
    """image images img photo photos picture avatar thumbnail thumb video audio file attachment document doc pdf media scan
    logo icon recording screenshot upload zip archive artifact""".split()
)
_PLAIN = frozenset({"data", "content", "contents", "body", "bytes", "blob", "payload", "binary"})
_SMALL = frozenset(
    """hash digest checksum md5 sha sha1 sha256 signature salt key token nonce iv cert certificate password secret id uuid
    fingerprint geometry embedding vector sketch bitmap bloom icon ip address type name""".split()
)
_SHORT = 1024
"""Bytes up to which a declared length is that of a hash or a key."""


class BlobInTable(TableRule):
    """A table keeps files: images, documents, recordings.

    Each backup, each replica and each copy of a row moves them; they push the rows that queries need out of memory; they go
    through the database's connections one whole file at a time; and a byte costs ten times what it does in object storage,
    where it can be served, cached and expired as a file.

    Put the file into object storage, and keep its key, size and hash in the table.

    Told for binary columns that are called after a kind of file, or whose table is. Left alone: hashes, keys, tokens and
    whatever has a short length.
    """

    name = "blob-in-table"
    category = Category.SCHEMA
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table users (id bigint primary key, avatar bytea);
                                                       ^^^^^^ `avatar` keeps files in the table
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table attachments (id int primary key, name varchar(255), content longblob);
                                                                             ^^^^^^^ `content` keeps files
            """,
            dialect="mysql",
        ),
        Bad(
            """
            create table tiles (id bigint primary key, raster bytea);
                                                       ^^^^^^ `raster`
            """,
            dialect="postgres",
            options={"names": ["raster"]},
        ),
        Good(
            "create table files (id bigint primary key, object_key text not null, file_hash bytea);", dialect="postgres"
        ),
        Good("create table images (id bigint primary key, sha256 varbinary(32), path text);", dialect="tsql"),
        Good(
            "create table states (id bigint primary key, data bytea);",
            dialect="postgres",
            note="What it is, no name says.",
        ),
    )

    names: tuple[str, ...] = option((), "Further words in a column's name that mean a file.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the columns of a table that keep files."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.derived or table.kind != "table":
            return
        holds_files = bool(_MEDIA & set(words_of(table.name.name)[-1:])) or bool(
            _MEDIA & {word.removesuffix("s") for word in words_of(table.name.name)[-1:]}
        )
        found = [
            one for one in table.columns.values() if self._keeps_files(one, table.dialect, holds_files=holds_files)
        ]
        if not found:
            return
        yield Finding(
            declared.at(found[0].location),
            f"{listed(one.name for one in found)} {'keeps' if len(found) == 1 else 'keep'} files in the table",
            fix=Fix.hint("put the file into object storage, and keep its key, size and hash here"),
            covers=declared.spans(found[1:]),
        )

    def _keeps_files(self, column: Column, dialect: str, *, holds_files: bool) -> bool:
        kind, words = column.type or "", words_of(column.name)
        length = column_types.length(kind)
        if column_types.family(kind, dialect) is not TypeFamily.BINARY or not words:
            return False
        if column_types.bare(kind) == "TINYBLOB" or (length is not None and length <= _SHORT):
            return False
        if {word.lower() for word in self.names} & set(words):
            return True
        if _SMALL & set(words):
            return False
        return bool(_MEDIA & set(words)) or (holds_files and words[-1] in _PLAIN)
