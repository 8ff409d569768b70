"""Contracts in the form of the Open Data Contract Standard, version 3: the tables of their `schema`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Column, Key, KeyKind, Table
from leaktight.lazy import record, regex
from leaktight.operations.file import FileView
from leaktight.operations.sources.contract_words import Places, Servers, partitioning_of, prose, servers_of
from leaktight.operations.yaml_documents import documents
from leaktight.operations.yaml_nodes import flag, items, members, number, refuse_other_shape, text, words

if TYPE_CHECKING:
    from yaml import Node

_SIGN = regex(r"""(?m)(?:^|[{,])[ \t]*["']?kind["']?\s*:\s*["']?DataContract\b""")
_NO_TABLES = frozenset({"topic", "queue", "stream", "message", "event", "document", "file"})
_KINDS = {
    "view": "view",
    "materialized view": "materialized",
    "materialized_view": "materialized",
    "external table": "external",
    "external_table": "external",
}
_UNITS = {
    **dict.fromkeys(("d", "day", "days"), "days"),
    **dict.fromkeys(("m", "mo", "month", "months"), "months"),
    **dict.fromkeys(("w", "week", "weeks"), "weeks"),
    **dict.fromkeys(("y", "yr", "year", "years"), "years"),
    **dict.fromkeys(("h", "hr", "hour", "hours"), "hours"),
}


@record(frozen=True, slots=True)
class _Object:
    """A table of the contract as others refer to it: what it and its columns are really called, by their names and ids."""

    physical: str
    columns: Mapping[str, str]


@record(frozen=True, slots=True)
class _Contract:
    places: Places
    servers: Servers
    owner: Node | None
    tags: tuple[str, ...]
    agreed: Sequence[Mapping[str, Node]]
    default_element: str
    objects: Mapping[str, _Object]
    single: bool


def read(view: FileView) -> Iterator[Declaration]:
    """Yield each table of a contract. Raises `NotAnalysable` where the file is one and no YAML, or has no list of tables."""
    if not _SIGN.search(view.source.text):
        return
    for root in documents(view.source):
        said = members(root)
        if text(said.get("kind")) != "DataContract":
            continue
        refuse_other_shape(said.get("schema"), "sequence", "`schema` of a data contract is a list of tables")
        # Version 2 and older have no `schema`.
        schema = items(said.get("schema"))
        if not schema:
            continue
        contract = _Contract(
            Places(view.source),
            servers_of(items(said.get("servers"))),
            _owner(said),
            words(said.get("tags")),
            [members(item) for item in items(said.get("slaProperties"))],
            text(said.get("slaDefaultElement")) or "",
            _objects(schema),
            len(schema) == 1,
        )
        if contract.servers.tables:
            for node in schema:
                table = _table(contract, members(node))
                if table is not None:
                    yield Declaration(table, Origin.CONTRACT)


def _objects(schema: Sequence[Node]) -> Mapping[str, _Object]:
    found: dict[str, _Object] = {}
    for node in schema:
        said = members(node)
        physical = _called(said)
        if physical is None:
            continue
        columns: dict[str, str] = {}
        for item in items(said.get("properties")):
            of = members(item)
            called = _called(of)
            for name in ("name", "id", "physicalName"):
                alias = text(of.get(name))
                if alias is not None and called is not None:
                    columns.setdefault(alias, called)
        for name in ("name", "id", "physicalName"):
            alias = text(said.get(name))
            if alias is not None:
                found.setdefault(alias, _Object(physical, columns))
    return found


def _called(said: Mapping[str, Node]) -> str | None:
    return text(said.get("physicalName")) or text(said.get("name"))


def _owner(said: Mapping[str, Node]) -> Node | None:
    """Give who the owner is: a property of that name, the team, or its member of that role."""
    own = _custom(said, "owner")
    if own is not None:
        return own
    team = said.get("team")
    name = members(team).get("name")
    if text(name) is not None:
        return name
    for item in items(team) or items(members(team).get("members")):
        member = members(item)
        if "owner" in (text(member.get("role")) or "").lower() and text(member.get("dateOut")) is None:
            who = member.get("name") or member.get("username")
            if text(who) is not None:
                return who
    return None


def _custom(said: Mapping[str, Node], wanted: str) -> Node | None:
    for item in items(said.get("customProperties")):
        custom = members(item)
        if (text(custom.get("property")) or "").lower() == wanted and text(custom.get("value")) is not None:
            return custom["value"]
    return None


def _table(contract: _Contract, said: Mapping[str, Node]) -> Table | None:
    called = _called(said)
    name = contract.servers.name(called) if called is not None else None
    physical = (text(said.get("physicalType")) or "").lower()
    if name is None or physical in _NO_TABLES:
        return None
    columns: dict[str, Column] = {}
    primary: list[tuple[int, str, Node]] = []
    partitioned: list[tuple[int, str, Node]] = []
    keys: list[Key] = []
    for node in items(said.get("properties")):
        of = members(node)
        column = _column(contract.places, of)
        if column is None or column.name.lower() in columns:
            continue
        columns[column.name.lower()] = column
        if flag(of.get("primaryKey")):
            primary.append((number(of.get("primaryKeyPosition")) or 0, column.name, of["primaryKey"]))
        elif flag(of.get("unique")):
            place = contract.places.at(of["unique"])
            keys.append(Key(KeyKind.UNIQUE, (column.name,), enforced=False, location=place))
        if flag(of.get("partitioned")):
            partitioned.append((number(of.get("partitionKeyPosition")) or 0, column.name, of["partitioned"]))
        for item in items(of.get("relationships")):
            keys += _relationship(contract, members(item), (column.name,))
    if primary:
        primary.sort(key=lambda item: item[0])
        place = contract.places.at(primary[0][2])
        keys.insert(0, Key(KeyKind.PRIMARY, tuple(item[1] for item in primary), enforced=False, location=place))
    for item in items(said.get("relationships")):
        relation = members(item)
        start = [_columns(contract, reference) for reference in words(relation.get("from"))]
        ours = tuple(names[1] for names in start if names is not None and names[0] == called)
        if ours and len(ours) == len(start):
            keys += _relationship(contract, relation, ours)
    partitioned.sort(key=lambda item: item[0])
    cut = tuple(item[1] for item in partitioned)
    owner = _custom(said, "owner") or contract.owner
    retention, agreed = _retention(contract, text(said.get("name")) or "", called or "")
    facts = {"comment": said.get("description"), "owner": owner, "retention": agreed}
    return Table(
        name,
        columns,
        tuple(keys),
        partitioning=partitioning_of(
            cut,
            columns[cut[0].lower()].type if cut else None,
            contract.servers.dialect,
            contract.places.at(partitioned[0][2]) if cut else None,
        ),
        kind=_KINDS.get(physical, "table"),
        complete=False,  # what a contract does not promise may be there all the same
        dialect=contract.servers.dialect,
        comment=prose(said.get("description")),
        location=contract.places.at(said.get("physicalName") or said["name"]),
        owner=prose(owner),
        retention=retention,
        tags=tuple(dict.fromkeys((*contract.tags, *words(said.get("tags"))))),
        places=contract.places.of(facts),
    )


def _column(places: Places, said: Mapping[str, Node]) -> Column | None:
    name = _called(said)
    if name is None:
        return None
    type_, written = _type(said)
    required = said.get("required")
    needed = flag(required)
    key = flag(said.get("primaryKey"))
    facts = {
        "type": written,
        "nullable": required if needed is not None else said.get("primaryKey") if key else None,
        "comment": said.get("description"),
        "classification": said.get("classification"),
    }
    tags = words(said.get("tags"))
    if flag(_custom(said, "pii")) and "pii" not in tags:
        tags = (*tags, "pii")
    return Column(
        name,
        type_,
        False if key or needed else True if needed is False else None,
        comment=prose(said.get("description")),
        location=places.at(said.get("physicalName") or said["name"]),
        classification=prose(said.get("classification")),
        tags=tags,
        places=places.of(facts),
    )


def _type(said: Mapping[str, Node]) -> tuple[str | None, Node | None]:
    """Give a column's type as the engine calls it; of a logical one only what it tells for sure."""
    physical = prose(said.get("physicalType"))
    if physical is not None:
        return physical.upper(), said["physicalType"]
    options = members(said.get("logicalTypeOptions"))
    type_: str | None = None
    match text(said.get("logicalType")):
        case "string":
            length = number(options.get("maxLength"))
            type_ = f"VARCHAR({length})" if length else None
        case "integer":
            type_ = {"i16": "SMALLINT", "i32": "INTEGER", "i64": "BIGINT"}.get(text(options.get("format")) or "")
        case "number":
            type_ = {"f32": "REAL", "f64": "DOUBLE PRECISION"}.get(text(options.get("format")) or "")
        case "timestamp":
            type_ = {True: "TIMESTAMPTZ", False: "TIMESTAMP", None: None}[flag(options.get("timezone"))]
        case "boolean" | "date" | "time" as logical:
            type_ = logical.upper()
        case _:
            pass
    return type_, said.get("logicalType") if type_ is not None else None


def _relationship(contract: _Contract, said: Mapping[str, Node], ours: tuple[str, ...]) -> Iterator[Key]:
    if (text(said.get("type")) or "foreignKey") != "foreignKey" or "to" not in said:
        return
    ends = [_columns(contract, reference) for reference in words(said["to"])]
    to = {end[0] for end in ends if end is not None}
    if len(ends) != len(ours) or len(to) != 1 or None in ends:
        return
    name = contract.servers.name(next(iter(to)))
    if name is not None:
        theirs = tuple(end[1] for end in ends if end is not None)
        yield Key(KeyKind.FOREIGN, ours, name, theirs, enforced=False, location=contract.places.at(said["to"]))


def _columns(contract: _Contract, reference: str) -> tuple[str, str] | None:
    """Give the table and the column that `customers.id` or `/schema/customers/properties/id` means, as they are really called.

    A field inside a column, and a column of another file's contract, is None.
    """
    file, _, path = reference.rpartition("#")
    if file:
        return None
    if "/" in path:
        steps = [step for step in path.split("/") if step]
        if len(steps) != 4 or (steps[0], steps[2]) != ("schema", "properties"):
            return None
        of, column = steps[1], steps[3]
    else:
        of, _, column = path.rpartition(".")
    found = contract.objects.get(of)
    if found is None:
        return (of, column) if of and column and "." not in of and "/" not in path else None
    return found.physical, found.columns.get(column, column)


def _retention(contract: _Contract, name: str, physical: str) -> tuple[str | None, Node | None]:
    for said in contract.agreed:
        value = prose(said.get("value"))
        if (text(said.get("property")) or "").lower() not in ("retention", "re") or value is None:
            continue
        elements = [part.strip() for part in (text(said.get("element")) or contract.default_element).split(",")]
        meant = any(
            element in ("", name, physical) or element.startswith((f"{name}.", f"{physical}.")) for element in elements
        )
        if meant or (contract.single and not any("." in element for element in elements)):
            unit = text(said.get("unit")) or ""
            return f"{value} {_UNITS.get(unit.lower(), unit)}".strip(), said["value"]
    return None, None
