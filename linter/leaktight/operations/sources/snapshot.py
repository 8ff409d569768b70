"""Snapshots of a database, as `leaktight catalog pull` and `catalog import` write them and people edit them.

A snapshot is read whole or not at all: a word that is not understood would leave a fact out that its author relies on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NoReturn

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import (
    Clustering,
    Column,
    Index,
    Key,
    KeyKind,
    Partitioning,
    Statistics,
    Table,
    TableName,
)
from leaktight.diagnostics import Location, locate
from leaktight.operations import snapshot_format as words
from leaktight.operations.file import FileView
from leaktight.operations.yaml_documents import only_document
from leaktight.source import NotAnalysable, Source
from leaktight.text import Span, nearest

if TYPE_CHECKING:
    from yaml import Node

_LOWER = frozenset({"postgres", "redshift"})
_UPPER = frozenset({"snowflake", "oracle"})


def read(view: FileView) -> Iterator[Declaration]:
    """Yield the tables of a snapshot. Raises `NotAnalysable` for one that is broken, naming the line."""
    if not words.is_snapshot(view.source.text):
        return
    for table in snapshot_tables(view.source):
        yield Declaration(table, Origin.SNAPSHOT)


def snapshot_tables(source: Source) -> list[Table]:
    """Give the tables of a snapshot, in its order. Raises `NotAnalysable` for one that is broken, naming the line."""
    root = _composed(source)
    reader = _Reader(source)
    file = reader.members(root, words.FILE_KEYS, "a snapshot")
    version = reader.text(file, words.HEADER)
    if version != words.VERSION:
        node = file.get(words.HEADER, root)
        reader.fail(
            node, f"this is a snapshot of format {version or 'unknown'}, and format {words.VERSION} is read here"
        )
    reader.engine = reader.text(file, "engine") or ""
    tables = file.get("tables")
    found: dict[tuple[str, ...], Table] = {}
    for key, value in reader.pairs(tables, "`tables`") if tables is not None else ():
        table = reader.table(key, value)
        if table.name.parts in found:
            reader.fail(key, f"the table `{table.name}` stands here for the second time")
        found[table.name.parts] = table
    return list(found.values())


def _composed(source: Source) -> Node:
    try:
        node = only_document(source)
    except NotAnalysable as problem:
        if problem.code == "nesting":
            raise
        at = problem.span.start if problem.span is not None else 0
        _broken(source.lines.position(at).line, f"this is {problem.reason}")
    if node is None:
        _broken(1, "there is nothing in it")
    return node


def _broken(line: int, reason: str) -> NoReturn:
    raise NotAnalysable(f"the snapshot of a database is broken in line {line}: {reason}")


class _Reader:
    """Reads nodes, never values: nothing of the file is constructed."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.engine = ""

    def fail(self, node: Node, reason: str) -> NoReturn:
        _broken(node.start_mark.line + 1, reason)

    def place(self, node: Node) -> Location:
        return locate(self.source, Span(node.start_mark.index, node.end_mark.index))

    # Nodes

    def pairs(self, node: Node | None, what: str) -> list[tuple[Node, Node]]:
        import yaml

        if isinstance(node, yaml.MappingNode):
            return list(node.value)
        if isinstance(node, yaml.ScalarNode) and node.value == "" and node.style is None:
            return []
        if node is not None:
            self.fail(node, f"{what} must be a mapping, `name: …`")
        return []

    def members(self, node: Node, known: Mapping[str, str], what: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in self.pairs(node, what):
            name = self.scalar(key)
            if name not in known:
                near = nearest(name, known)
                hint = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{key}`' for key in known)}"
                self.fail(key, f"{what} has no `{name}`; {hint}")
            if name in found:
                self.fail(key, f"`{name}` stands here for the second time")
            found[name] = value
        return found

    def scalar(self, node: Node) -> str:
        import yaml

        if not isinstance(node, yaml.ScalarNode):
            self.fail(node, "a plain word or a number belongs here")
        return str(node.value)

    def text(self, members: Mapping[str, Node], key: str) -> str | None:
        node = members.get(key)
        return None if node is None else self.scalar(node) or None

    def flag(self, members: Mapping[str, Node], key: str) -> bool | None:
        text = self.text(members, key)
        if text is None:
            return None
        if text.lower() not in {"true", "false"}:
            self.fail(members[key], f"`{key}` is `true` or `false`, not `{text}`")
        return text.lower() == "true"

    def number(self, members: Mapping[str, Node], key: str) -> int | None:
        text = self.text(members, key)
        if text is None:
            return None
        digits = text.replace("_", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 30):
            self.fail(members[key], f"`{key}` is a whole number, not `{text}`")
        return int(digits)

    def names(self, members: Mapping[str, Node], key: str) -> tuple[str, ...]:
        import yaml

        node = members.get(key)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node, f"`{key}` must be a list, `[…]`")
        return tuple(self.scalar(item) for item in node.value)

    def listed(self, members: Mapping[str, Node], key: str) -> list[Node]:
        import yaml

        node = members.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node, f"`{key}` must be a list, one `- {{…}}` each")
        return list(node.value)

    # Tables

    def quoted(self, name: str) -> bool:
        """Say whether a name of the engine can only have been declared in quotes."""
        if self.engine in _LOWER:
            return name != name.lower()
        return self.engine in _UPPER and name != name.upper()

    def name(self, node: Node) -> TableName:
        parts = words.read_name(self.scalar(node))
        if not parts:
            self.fail(
                node, f"`{self.scalar(node)}` is no name of a table; write `schema.table`, odd parts in double quotes"
            )
        # Some drivers give the names of such engines in lower case, and people write them so.
        if self.engine in _UPPER and all(part == part.lower() for part in parts):
            return TableName(parts)
        return TableName(parts, tuple(self.quoted(part) for part in parts))

    def table(self, key: Node, value: Node) -> Table:
        name = self.name(key)
        members = self.members(value, words.TABLE_KEYS, "a table")
        kind = self.text(members, "kind") or "table"
        if kind not in words.KINDS:
            self.fail(members["kind"], f"`{kind}` is no kind of table; there are {', '.join(sorted(words.KINDS))}")
        columns = self.columns(members)
        complete = self.flag(members, "complete")
        places: dict[str, Location] = {
            fact: self.place(members[fact])
            for fact in ("comment", "owner", "retention", "role", "statistics", "partitioning", "clustering")
            if fact in members
        }
        return Table(
            name,
            columns,
            keys=tuple(self.key(node) for node in self.listed(members, "keys")),
            indexes=tuple(self.index(node) for node in self.listed(members, "indexes")),
            partitioning=self.partitioning(members.get("partitioning")),
            clustering=self.clustering(members.get("clustering")),
            kind=kind,
            complete=bool(columns) and complete is not False,
            dialect=self.engine,
            comment=self.text(members, "comment"),
            location=self.place(key),
            owner=self.text(members, "owner"),
            retention=self.text(members, "retention"),
            role=self.text(members, "role"),
            statistics=self.statistics(members.get("statistics")),
            tags=self.names(members, "tags"),
            places=places,
        )

    def columns(self, members: Mapping[str, Node]) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for key, value in self.pairs(members.get("columns"), "`columns`"):
            name = self.scalar(key)
            if name.lower() in found:
                if found[name.lower()].name == name:
                    self.fail(key, f"the column `{name}` stands here for the second time")
                continue  # two names that quotes alone tell apart: the first one is known
            facts = self.members(value, words.COLUMN_KEYS, "a column")
            found[name.lower()] = Column(
                name,
                type=self.text(facts, "type"),
                nullable=self.flag(facts, "nullable"),
                default=self.text(facts, "default"),
                comment=self.text(facts, "comment"),
                location=self.place(key),
                generated=self.flag(facts, "generated") is True,
                quoted=self.quoted(name),
                classification=self.text(facts, "classification"),
                tags=self.names(facts, "tags"),
            )
        return found

    def key(self, node: Node) -> Key:
        members = self.members(node, words.KEY_KEYS, "a key")
        kind = self.text(members, "kind")
        kinds = {item.value: item for item in KeyKind}
        if kind not in kinds:
            self.fail(members.get("kind", node), "the `kind` of a key is `primary`, `unique` or `foreign`")
        columns = self.names(members, "columns")
        if not columns:
            self.fail(node, "a key needs its `columns`")
        references = members.get("references")
        return Key(
            kinds[kind],
            columns,
            references=self.name(references) if references is not None else None,
            referenced_columns=self.names(members, "referenced-columns"),
            enforced=self.flag(members, "enforced") is not False,
            location=self.place(node),
            name=self.text(members, "name"),
        )

    def index(self, node: Node) -> Index:
        members = self.members(node, words.INDEX_KEYS, "an index")
        columns = self.names(members, "columns")
        if not columns:
            self.fail(node, "an index needs its `columns`")
        return Index(
            self.text(members, "name"),
            columns,
            unique=self.flag(members, "unique") is True,
            predicate=self.text(members, "where"),
            method=self.text(members, "method"),
            included=self.names(members, "included"),
            location=self.place(node),
            quoted=self.quoted(self.text(members, "name") or ""),
        )

    def partitioning(self, node: Node | None) -> Partitioning | None:
        if node is None:
            return None
        members = self.members(node, words.PARTITIONING_KEYS, "the partitioning")
        columns = self.names(members, "columns")
        kind = self.text(members, "kind")
        if not columns or kind is None:
            self.fail(node, "the partitioning needs its `kind` and `columns`")
        return Partitioning(
            columns,
            self.text(members, "expression") or ", ".join(columns),
            kind,
            self.text(members, "granularity"),
            required=self.flag(members, "required") is True,
            location=self.place(node),
        )

    def clustering(self, node: Node | None) -> Clustering | None:
        if node is None:
            return None
        columns = self.names(self.members(node, words.CLUSTERING_KEYS, "the clustering"), "columns")
        return Clustering(columns, self.place(node)) if columns else None

    def statistics(self, node: Node | None) -> Statistics | None:
        if node is None:
            return None
        members = self.members(node, words.STATISTICS_KEYS, "the statistics")
        rows, size, partitions = (self.number(members, key) for key in ("rows", "bytes", "partitions"))
        return Statistics(rows, size, partitions, self.place(node))
