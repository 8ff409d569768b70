"""DynamoDB tables, and the environment variables that name them, as CloudFormation, SAM and Serverless declare them.

Reads nodes, never values: unknown tags (`!Ref`, `!Sub`) are data, and nothing of the file is constructed or run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from leaktight.diagnostics import Location, locate
from leaktight.operations.project import DynamodbTable, TableVariable
from leaktight.operations.yaml_documents import only_document
from leaktight.operations.yaml_nodes import items, members, pairs, span, text
from leaktight.source import Language, NotAnalysable, Source
from leaktight.text import Span

if TYPE_CHECKING:
    from yaml import Node

_TABLES = frozenset({"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"})
_SIMPLE_TABLE = "AWS::Serverless::SimpleTable"
_FUNCTIONS = frozenset({"AWS::Serverless::Function", "AWS::Lambda::Function"})
_LARGEST = 2_000_000


def dynamodb_tables(source: Source) -> tuple[DynamodbTable, ...]:
    """Give the DynamoDB tables that a template declares, in its order; none where the file is no template."""
    found = []
    for logical, at, resource in _resources(source):
        kind = text(resource.get("Type"))
        properties = members(resource.get("Properties"))
        location = locate(source, at)
        if kind == _SIMPLE_TABLE:
            key = text(members(properties.get("PrimaryKey")).get("Name")) or "id"
            found.append(DynamodbTable(logical, _name(properties), (key, None), location=location))
        elif kind in _TABLES:
            table = _table(logical, properties, location)
            if table is not None:
                found.append(table)
    return tuple(found)


def table_variables(source: Source) -> tuple[TableVariable, ...]:
    """Give the environment variables that a template sets to a table, whether declared in the same file or not."""
    found: dict[tuple[str, str], TableVariable] = {}
    root = _root(source)
    names = {table.name: table.logical for table in dynamodb_tables(source) if table.name}
    logical = {name for name, _, _ in _resources(source)}
    for variables in _environments(root, source):
        for name, node in variables.items():
            said = _reference(node)
            if said is None:
                continue
            table = names.get(said, said)
            if table in logical or ("table" in name.lower() and "${" not in said):
                found.setdefault((name, table), TableVariable(name, table, source.path))
    return tuple(found.values())


def _environments(root: Mapping[str, Node], source: Source) -> Iterator[Mapping[str, Node]]:
    """Yield each map of environment variables: of functions, of what all functions share, of a service."""
    shared = members(members(root.get("Globals")).get("Function"))
    yield members(members(shared.get("Environment")).get("Variables"))
    for _, _, resource in _resources(source):
        if text(resource.get("Type")) in _FUNCTIONS:
            properties = members(resource.get("Properties"))
            yield members(members(properties.get("Environment")).get("Variables"))
    yield members(members(root.get("provider")).get("environment"))
    for function in members(root.get("functions")).values():
        yield members(members(function).get("environment"))


def _table(logical: str, properties: Mapping[str, Node], location: Location) -> DynamodbTable | None:
    keys = _keys(properties.get("KeySchema"))
    if keys is None:
        return None
    indexes: dict[str, tuple[str, str | None]] = {}
    narrow = set()
    for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for entry in items(properties.get(member)):
            index = members(entry)
            name, index_keys = text(index.get("IndexName")), _keys(index.get("KeySchema"))
            if name is None or index_keys is None:
                continue
            indexes[name] = index_keys
            if text(members(index.get("Projection")).get("ProjectionType")) not in ("ALL", None):
                narrow.add(name)
    ttl = text(members(properties.get("TimeToLiveSpecification")).get("AttributeName"))
    return DynamodbTable(logical, _name(properties), keys, indexes, ttl, location, frozenset(narrow))


def _keys(schema: Node | None) -> tuple[str, str | None] | None:
    by_kind = {}
    for entry in items(schema):
        key = members(entry)
        kind, name = text(key.get("KeyType")), text(key.get("AttributeName"))
        if kind is not None and name is not None:
            by_kind[kind.upper()] = name
    return (by_kind["HASH"], by_kind.get("RANGE")) if "HASH" in by_kind else None


def _name(properties: Mapping[str, Node]) -> str | None:
    node = properties.get("TableName")
    if node is None:
        return None
    sub = _call(node, "Sub")
    return text(sub) if sub is not None else text(node)


def _reference(node: Node) -> str | None:
    """Give what a value refers to: a logical name by `Ref`, `GetAtt` or a lone `${X}`, else its text."""
    named = _call(node, "Ref")
    if named is not None:
        return text(named)
    attribute = _call(node, "GetAtt")
    if attribute is not None:
        parts = [text(item) for item in items(attribute)] or (text(attribute) or "").split(".")
        return parts[0] if parts else None
    sub = _call(node, "Sub")
    said = text(sub if sub is not None else node)
    if said is not None and said.startswith("${") and said.endswith("}") and said.count("${") == 1:
        return said[2:-1].split(".")[0] if ":" not in said else said
    return said


def _call(node: Node, function: str) -> Node | None:
    """Give the argument of an intrinsic function, in its short form (`!Ref X`) or its long one (`Ref: X`)."""
    if node.tag == f"!{function}":
        return node
    pairs = members(node)
    if len(pairs) == 1:
        return pairs.get(function if function == "Ref" else f"Fn::{function}")
    return None


def _resources(source: Source) -> Iterator[tuple[str, Span, Mapping[str, Node]]]:
    """Yield each resource: its logical name, the name's place, its members."""
    root = _root(source)
    holders = [root.get("Resources")]
    serverless = root.get("resources")
    holders += [members(holder).get("Resources") for holder in (serverless, *items(serverless))]
    for node in holders:
        for key, value in pairs(node):
            name = text(key)
            if name is not None:
                yield name, span(key), members(value)


def _root(source: Source) -> Mapping[str, Node]:
    return _members(source.text)


@lru_cache(maxsize=1)
def _members(written: str) -> Mapping[str, Node]:
    """Give the members of a template; none where the file cannot be read, which is told where it is known to be one."""
    if len(written) > _LARGEST:
        return {}
    try:
        return members(only_document(Source("", written, Language.YAML)))
    except NotAnalysable:
        return {}
