"""The property files of dbt, `schema.yml` or however they are called: models, sources, seeds and snapshots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Alias, Column, Partitioning, Table, TableName
from leaktight.diagnostics import Location
from leaktight.lazy import regex
from leaktight.operations.dbt.nodes import (
    Members,
    is_true,
    literal_of,
    place_of,
    plain,
    texts_of,
    value_of,
)
from leaktight.operations.dbt.projects import UNPLACED, table_of, with_types
from leaktight.operations.dbt.promises import Constraint, Promise, Test, constrained, promise_of, with_promises
from leaktight.operations.dbt.settings import (
    NAMES,
    Setting,
    classification_in,
    is_plain,
    with_settings,
)
from leaktight.operations.file import FileView
from leaktight.operations.sources.dbt_model import role_of
from leaktight.operations.yaml_documents import only_document
from leaktight.operations.yaml_nodes import collected, items, text
from leaktight.source import NotAnalysable, Source

if TYPE_CHECKING:
    from yaml import Node

_BEGINS = regex(r"^(?:models|sources|seeds|snapshots):", re.MULTILINE)
_VERSION = regex(r"^version:[ \t]*2\b", re.MULTILINE)
_FOLDERS = frozenset({"models", "seeds", "snapshots"})
"""Folders in which a file that begins so is one of dbt's, though it does not say of which version."""
_PLAIN = frozenset({"name", "description"})
"""The keys of most columns: nothing else is looked for beside them."""
_LISTS = {"models": "model", "seeds": "seed", "snapshots": "snapshot"}
_MOST_COLUMNS = 200_000
"""How many columns of a file are read: aliases can make a list of a million of one line."""


def read(view: FileView) -> Iterator[Declaration]:
    """Yield what a property file says of each table. Raises `NotAnalysable` where it is one of dbt's, and broken."""
    source = view.source
    if not _BEGINS.search(source.text):
        return
    try:
        root = collected(only_document(source))
    except NotAnalysable:
        if _VERSION.search(source.text) or not _FOLDERS.isdisjoint(source.path.split("/")[:-1]):
            raise
        return
    reader = _Reader(source)
    for name, kind in _LISTS.items():
        for item in items(value_of(root, name)):
            yield from reader.resource(item, kind)
    for item in items(value_of(root, "sources")):
        yield from reader.source_tables(item)


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = _MOST_COLUMNS

    # Models, seeds and snapshots

    def resource(self, node: Node, kind: str) -> Iterator[Declaration]:
        found = collected(node)
        named = found.get("name")
        name = literal_of(named.value) if named is not None else None
        if named is None or not name:
            return
        role = role_of("", name) if kind == "model" else "olap"
        table = table_of(name, kind, place_of(self._source, named.value), role=role)
        table = self._described(table, found)
        versions = items(value_of(found, "versions"))
        if not versions:
            yield Declaration(table, Origin.DBT)
            return
        latest = literal_of(value_of(found, "latest_version"))
        said = [(version, collected(version)) for version in versions]
        numbers = [literal_of(value_of(parts, "v")) for _, parts in said]
        latest = latest or max((number for number in numbers if number), key=_number, default=None)
        for (version, parts), number in zip(said, numbers, strict=True):
            if number:
                yield Declaration(
                    self._version(table, parts, version, name, number, latest=number == latest), Origin.DBT
                )

    def _version(self, table: Table, parts: Members, node: Node, name: str, number: str, *, latest: bool) -> Table:
        """Give one version of a model: it has the columns of all but those that it leaves out, and its own."""
        listed = items(value_of(parts, "columns"))
        include = next((m for m in map(collected, listed) if "include" in m), None)
        columns = dict(table.columns)
        if listed and (include is None or texts_of(value_of(include, "include")) not in (("all",), ("*",))):
            wanted = {text.lower() for text in texts_of(value_of(include or {}, "include"))}
            columns = {key: column for key, column in columns.items() if key in wanted}
        for key in texts_of(value_of(include or {}, "exclude")):
            columns.pop(key.lower(), None)
        gone = table.columns.keys() - columns.keys()
        keys = tuple(key for key in table.keys if gone.isdisjoint(column.lower() for column in key.columns))
        own = f"{name}_v{number}"
        version = replace(
            table,
            name=TableName((own,)),
            columns=columns,
            keys=keys,
            location=place_of(self._source, node),
            aliases=(Alias(TableName((name,)), UNPLACED),) if latest else (),
        )
        file = literal_of(value_of(parts, "defined_in"))
        if file and file.lower() != own.lower():
            version = replace(
                version, name=TableName((file,)), aliases=(*version.aliases, Alias(TableName((own,)), UNPLACED))
            )
        described = {key: member for key, member in parts.items() if key != "columns" or listed}
        return self._described(version, described, known=version)

    # Sources

    def source_tables(self, node: Node) -> Iterator[Declaration]:
        source = collected(node)
        name = literal_of(value_of(source, "name"))
        if not name:
            return
        meta = self._settings(source)
        for item in items(value_of(source, "tables")):
            found = collected(item)
            named = found.get("name")
            own = literal_of(named.value) if named is not None else None
            if named is None or not own:
                continue
            table = self._source_name(source, found, name, own, place_of(self._source, named.value))
            yield Declaration(self._described(table, found, above=meta), Origin.DBT)

    def _source_name(self, source: Members, found: Members, name: str, own: str, place: Location) -> Table:
        """Give a source's table by its name in the database, with the name that `source()` calls it by.

        Where a template fills in the schema, the latter is all that is known.
        """
        called = TableName((name, own))
        schema = literal_of(value_of(source, "schema")) if "schema" in source else name
        identifier = literal_of(value_of(found, "identifier")) if "identifier" in found else own
        if not schema or not identifier:
            return Table(called, complete=False, location=place, scope=UNPLACED)
        database = literal_of(value_of(source, "database", "catalog"))
        parts = (*((database,) if database else ()), *schema.split("."), identifier)
        aliases = (Alias(called, UNPLACED),) if parts[-2:] != called.parts else ()
        return Table(TableName(tuple(parts)), complete=False, location=place, aliases=aliases)

    # What they have in common

    def _described(
        self, table: Table, found: Members, above: dict[str, Setting] | None = None, known: Table | None = None
    ) -> Table:
        settings = {**(above or {}), **self._settings(found)}
        promises: list[Promise] = []
        contract = settings.get("contract")
        enforced = contract is not None and (contract.value is True or _enforced(contract.value))
        columns = dict(table.columns) if known is not None else {}
        constraints: list[Constraint] = []
        for item in items(value_of(found, "columns")):
            self._left -= 1
            if self._left < 0:
                break
            parts = collected(item)
            named = parts.get("name")
            name = literal_of(named.value) if named is not None else None
            if named is None or not name:
                continue
            column = self._column(name, parts, place_of(self._source, named.value))
            columns[name.lower()] = column
            promises += self._promises(parts, name)
            constraints += self._constraints(parts, (name,))
        promises += self._promises(found, None)
        constraints += self._constraints(found, ())
        if enforced:
            promises.append(constrained(constraints))
        types = settings.get("column_types")
        if types is not None and table.kind == "seed":
            columns = with_types(columns, types)
        described = found.get("description")
        # What `{{ doc(…) }}` fills in is a description, whatever it says.
        description = text(described.value) if described is not None else None
        table = replace(
            table,
            columns=columns,
            comment=description.strip() if description and description.strip() else table.comment,
            complete=table.complete or (enforced and bool(columns)),
            places={**table.places, "comment": place_of(self._source, described.value)}
            if described is not None and description
            else table.places,
        )
        table = self._external(with_promises(table, promises), found)
        return with_settings(table, settings) if settings else table

    def _column(self, name: str, parts: Members, place: Location) -> Column:
        kind = parts.get("data_type")
        said = literal_of(kind.value) if kind is not None else None
        described = parts.get("description")
        description = text(described.value) if described is not None else None
        places = {"comment": place_of(self._source, described.value)} if described is not None and description else {}
        if parts.keys() <= _PLAIN:
            return Column(name, comment=(description or "").strip() or None, location=place, places=places)
        config = collected(value_of(parts, "config"))
        meta: dict[object, object] = {}
        for said_at in (config, parts):
            meta.update(_dict(value_of(said_at, "meta")))
        if kind is not None and said:
            places["type"] = place_of(self._source, kind.value)
        tags = (*texts_of(value_of(parts, "tags")), *texts_of(value_of(config, "tags")))
        tags = (*tags, *texts_of(value_of(parts, "policy_tags")))
        classification = classification_in(meta, tags) if meta or tags else None
        if classification is not None:
            places["classification"] = self._classified(parts, config, by_meta=classification_in(meta, ()) is not None)
        return Column(
            name,
            " ".join(said.upper().split()) if said else None,
            comment=(description or "").strip() or None,
            location=place,
            quoted=is_true(value_of(parts, "quote")),
            classification=classification,
            tags=tuple(dict.fromkeys(tags)),
            places=places,
        )

    def _classified(self, parts: Members, config: Members, *, by_meta: bool) -> Location:
        """Give the place of what tells of which kind a column's data is."""
        words = ("meta",) if by_meta else ("tags", "policy_tags")
        said = [members[word] for word in words for members in (parts, config) if word in members]
        return place_of(self._source, said[0].key)

    def _settings(self, found: Members) -> dict[str, Setting]:
        settings: dict[str, Setting] = {}
        for name, member in found.items():
            if name in ("tags", "meta", "contract"):
                settings[name] = Setting(plain(member.value), place_of(self._source, member.key))
        for name, member in collected(value_of(found, "config")).items():
            name = name.removeprefix("+")
            if name in NAMES:
                value = plain(member.value)
                if name == "meta" and isinstance(value, dict) and name in settings:
                    before = settings[name].value
                    value = {**(before if isinstance(before, dict) else {}), **value}
                settings[name] = Setting(value, place_of(self._source, member.key))
        return settings

    def _promises(self, found: Members, column: str | None) -> Iterator[Promise]:
        for key in ("tests", "data_tests"):
            for item in items(value_of(found, key)):
                test = self._test(item, column)
                if test is not None:
                    yield promise_of(test)

    def _test(self, node: Node, column: str | None) -> Test | None:
        place = place_of(self._source, node)
        name = text(node)
        if name is not None:
            return Test(name, {}, place, column)
        found = collected(node)
        if "test_name" in found:
            name, arguments = text(found["test_name"].value), dict(found)
        elif len(found) == 1:
            name, member = next(iter(found.items()))
            place = place_of(self._source, member.key)
            arguments = dict(collected(member.value))
        else:
            return None
        said: dict[str, object] = {}
        for key in ("config", "arguments"):
            said.update(_dict(value_of(arguments, key)))
        said.update(
            (key, plain(member.value)) for key, member in arguments.items() if key not in ("config", "arguments")
        )
        return Test(name, said, place, column) if name else None

    def _constraints(self, found: Members, columns: tuple[str, ...]) -> Iterator[Constraint]:
        for item in items(value_of(found, "constraints")):
            said = _dict(item)
            kind = said.get("type")
            listed = said.get("columns")
            over = tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else columns
            if isinstance(kind, str):
                yield Constraint(kind, over, said, place_of(self._source, item))

    def _external(self, table: Table, found: Members) -> Table:
        """Give a source's table with the partitions of the files that it is read from."""
        external = found.get("external")
        parts = collected(external.value) if external is not None else {}
        if external is None or not parts:
            return table
        columns = dict(table.columns)
        names = []
        for item in items(value_of(parts, "partitions")):
            of_it = collected(item)
            named = of_it.get("name")
            name = literal_of(named.value) if named is not None else None
            if named is not None and name and is_plain(name):
                names.append(name)
                columns.setdefault(name.lower(), self._column(name, of_it, place_of(self._source, named.value)))
        place = place_of(self._source, external.key)
        cut = Partitioning(tuple(names), ", ".join(names), "hive", location=place) if names else table.partitioning
        return replace(table, kind="external", columns=columns, partitioning=cut)


def _number(text: str) -> tuple[float, str]:
    try:
        return float(text), text
    except ValueError:
        return -1.0, text


def _dict(node: Node | None) -> dict[str, object]:
    value = plain(node)
    return value if isinstance(value, dict) else {}


def _enforced(contract: object) -> bool:
    return isinstance(contract, dict) and contract.get("enforced") is True
