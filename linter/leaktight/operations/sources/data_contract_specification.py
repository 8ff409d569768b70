"""Contracts in the form of the Data Contract Specification: the tables of their `models`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Column, Key, KeyKind, Table
from leaktight.lazy import record, regex
from leaktight.operations.file import FileView
from leaktight.operations.sources.contract_words import Places, Servers, prose, servers_of
from leaktight.operations.yaml_documents import documents
from leaktight.operations.yaml_nodes import flag, members, number, pairs, refuse_other_shape, text, words

if TYPE_CHECKING:
    from yaml import Node

_SIGN = regex(r"""(?m)(?:^|\{)[ \t]*["']?dataContractSpecification["']?\s*:""")
_TYPES = {
    "int": "INTEGER", "integer": "INTEGER", "long": "BIGINT", "bigint": "BIGINT", "float": "REAL",
    "double": "DOUBLE PRECISION", "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ", "timestamp_tz": "TIMESTAMPTZ", "timestamp_ntz": "TIMESTAMP", "date": "DATE", "time": "TIME",
    "json": "JSON", "variant": "VARIANT",
}  # fmt: skip
"""What the words for types mean in SQL. A text may have any length, so of one without a longest nothing is said."""
_ENGINES = {"postgres": "postgres", "tsql": "sqlserver", "athena": "glue"}
_STEPS = 8
"""How many references in a row are followed."""


@record(frozen=True, slots=True)
class _Contract:
    places: Places
    servers: Servers
    models: Mapping[str, Node]
    definitions: Mapping[str, Node]


def read(view: FileView) -> Iterator[Declaration]:
    """Yield each table of a contract. Raises `NotAnalysable` where the file is one and no YAML, or has no mapping of models."""
    if not _SIGN.search(view.source.text):
        return
    for root in documents(view.source):
        said = members(root)
        if "dataContractSpecification" not in said:
            continue
        contract = _Contract(
            Places(view.source),
            servers_of(members(said.get("servers")).values()),
            members(said.get("models")),
            members(said.get("definitions")),
        )
        owner = members(said.get("info")).get("owner")
        kept = members(members(said.get("servicelevels")).get("retention"))
        if not contract.servers.tables:
            continue
        refuse_other_shape(said.get("models"), "mapping", "`models` of a data contract has its tables by their names")
        for key, value in pairs(said.get("models")):
            table = _table(contract, key, members(value), owner, kept, words(said.get("tags")))
            if table is not None:
                yield Declaration(table, Origin.CONTRACT)


def _table(
    contract: _Contract,
    key: Node,
    said: Mapping[str, Node],
    owner: Node | None,
    kept: Mapping[str, Node],
    tags: tuple[str, ...],
) -> Table | None:
    written = text(key)
    name = contract.servers.name(written) if written is not None else None
    if name is None:
        return None
    columns: dict[str, Column] = {}
    keys: list[Key] = []
    primary: list[tuple[str, Node]] = []
    for field, value in pairs(said.get("fields")):
        column_name = text(field)
        if column_name is None or column_name.lower() in columns:
            continue
        of = _resolved(contract, value)
        column = _column(contract, column_name, field, of)
        columns[column_name.lower()] = column
        if _is_key(of):
            primary.append((column_name, field))
        elif flag(of.get("unique")):
            place = contract.places.at(of["unique"])
            keys.append(Key(KeyKind.UNIQUE, (column_name,), enforced=False, location=place))
        keys += _reference(contract, column_name, of.get("references"))
    together = tuple(name for name in words(said.get("primaryKey")) if name.lower() in columns)
    if together and len(together) == len(words(said.get("primaryKey"))):
        place = contract.places.at(said["primaryKey"])
        keys.insert(0, Key(KeyKind.PRIMARY, together, enforced=False, location=place))
        for part in together:
            columns[part.lower()] = replace(columns[part.lower()], nullable=False)
    elif primary:
        place = contract.places.at(primary[0][1])
        keys.insert(0, Key(KeyKind.PRIMARY, tuple(name for name, _ in primary), enforced=False, location=place))
    retention, agreed = _retention(contract, kept, written or "")
    facts = {"comment": said.get("description"), "owner": owner, "retention": agreed}
    return Table(
        name,
        columns,
        tuple(keys),
        kind="view" if text(said.get("type")) == "view" else "table",
        # What a contract does not promise may be there all the same, if it does not say otherwise.
        complete=flag(said.get("additionalFields")) is False and bool(columns),
        dialect=contract.servers.dialect,
        comment=prose(said.get("description")),
        location=contract.places.at(key),
        owner=prose(owner),
        retention=retention,
        tags=tags,
        places=contract.places.of(facts),
    )


def _resolved(contract: _Contract, node: Node) -> Mapping[str, Node]:
    """Give the members of a field, with those of the definition that it refers to behind its own."""
    said = dict(members(node))
    to = text(said.get("$ref"))
    for _ in range(_STEPS):
        if to is None:
            break
        definition = _referred(contract, to)
        for name, value in definition.items():
            said.setdefault(name, value)
        to = text(definition.get("$ref"))
    return said


def _referred(contract: _Contract, to: str) -> Mapping[str, Node]:
    """Give what `#/definitions/order_id` stands for; of another file nothing is known."""
    match to.split("/"):
        case ["#", "definitions", *steps] if steps:
            found = contract.definitions.get(steps[0])
        case ["#", "models", model, "fields", *steps] if steps:
            found = members(members(contract.models.get(model)).get("fields")).get(steps[0])
        case _:
            return {}
    for step in steps[1:]:
        found = members(found).get(step)
    return members(found)


def _is_key(said: Mapping[str, Node]) -> bool:
    return bool(flag(said.get("primaryKey")) or flag(said.get("primary")))


def _column(contract: _Contract, name: str, key: Node, said: Mapping[str, Node]) -> Column:
    type_, written = _type(contract, said)
    needed = flag(said.get("required"))
    personal = flag(said.get("pii"))
    classification = said.get("classification") if prose(said.get("classification")) else None
    tags = words(said.get("tags"))
    if personal and classification is not None and "pii" not in tags:
        tags = (*tags, "pii")
    is_key = _is_key(said)
    facts = {
        "type": written,
        "nullable": said.get("required") if needed is not None else None,
        "comment": said.get("description"),
        "classification": classification or (said.get("pii") if personal else None),
    }
    return Column(
        name,
        type_,
        False if is_key or needed else True if needed is False else None,
        comment=prose(said.get("description")) or prose(said.get("title")),
        location=contract.places.at(key),
        classification=prose(classification) or ("pii" if personal else None),
        tags=tags,
        places=contract.places.of(facts),
    )


def _type(contract: _Contract, said: Mapping[str, Node]) -> tuple[str | None, Node | None]:
    """Give a field's type: what the engine of the contract's servers calls it, or what its own word means in SQL."""
    dialect = contract.servers.dialect
    of_engine = members(said.get("config")).get(f"{_ENGINES.get(dialect, dialect)}Type")
    physical = prose(of_engine)
    if physical is not None:
        return physical.upper(), of_engine
    word = (text(said.get("type")) or "").lower()
    type_ = _TYPES.get(word)
    length, precision, scale = (number(said.get(name)) for name in ("maxLength", "precision", "scale"))
    if word in ("string", "text", "varchar") and length:
        type_ = f"VARCHAR({length})"
    elif word in ("number", "decimal", "numeric"):
        type_ = "NUMERIC"
        if precision:
            type_ = f"NUMERIC({precision})" if scale is None else f"NUMERIC({precision}, {scale})"
    return type_, said.get("type") if type_ is not None else None


def _reference(contract: _Contract, column: str, node: Node | None) -> Iterator[Key]:
    written = text(node)
    model, _, field = (written or "").rpartition(".")
    name = contract.servers.name(model) if model and field and "#" not in model else None
    if name is not None and node is not None:
        place = contract.places.at(node)
        yield Key(KeyKind.FOREIGN, (column,), name, (field,), enforced=False, location=place)


def _retention(contract: _Contract, kept: Mapping[str, Node], model: str) -> tuple[str | None, Node | None]:
    """Give how long data is kept; `timestampField` names the model that is meant."""
    period = prose(kept.get("period"))
    of, dot, _ = (text(kept.get("timestampField")) or "").rpartition(".")
    if period is None or (dot and of in contract.models and of != model):
        return None, None
    return period, kept["period"]
