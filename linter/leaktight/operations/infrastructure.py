"""DynamoDB tables, and the environment variables that name them, as CloudFormation, SAM and Serverless declare them.

Reads nodes, never values: unknown tags (`!Ref`, `!Sub`) are data, and nothing of the file is constructed or run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from leaktight.diagnostics import Location, locate
from leaktight.operations.project import DynamodbTable, TableVariable
from leaktight.source import Source
from leaktight.text import Span

if TYPE_CHECKING:
    from yaml import Node

_TABLES = frozenset({"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"})
_SIMPLE_TABLE = "AWS::Serverless::SimpleTable"
_FUNCTIONS = frozenset({"AWS::Serverless::Function", "AWS::Lambda::Function"})
_LARGEST = 2_000_000
_DEEPEST = 200


def dynamodb_tables(source: Source) -> tuple[DynamodbTable, ...]:
    """Give the DynamoDB tables that a template declares, in its order; none where the file is no template."""
    found = []
    for logical, at, resource in _resources(source):
        kind = _text(resource.get("Type"))
        properties = _mapping(resource.get("Properties"))
        location = locate(source, at)
        if kind == _SIMPLE_TABLE:
            key = _text(_mapping(properties.get("PrimaryKey")).get("Name")) or "id"
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
    shared = _mapping(_mapping(root.get("Globals")).get("Function"))
    yield _mapping(_mapping(shared.get("Environment")).get("Variables"))
    for _, _, resource in _resources(source):
        if _text(resource.get("Type")) in _FUNCTIONS:
            properties = _mapping(resource.get("Properties"))
            yield _mapping(_mapping(properties.get("Environment")).get("Variables"))
    yield _mapping(_mapping(root.get("provider")).get("environment"))
    for function in _mapping(root.get("functions")).values():
        yield _mapping(_mapping(function).get("environment"))


def _table(logical: str, properties: Mapping[str, Node], location: Location) -> DynamodbTable | None:
    keys = _keys(properties.get("KeySchema"))
    if keys is None:
        return None
    indexes: dict[str, tuple[str, str | None]] = {}
    narrow = set()
    for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for entry in _items(properties.get(member)):
            index = _mapping(entry)
            name, index_keys = _text(index.get("IndexName")), _keys(index.get("KeySchema"))
            if name is None or index_keys is None:
                continue
            indexes[name] = index_keys
            if _text(_mapping(index.get("Projection")).get("ProjectionType")) not in ("ALL", None):
                narrow.add(name)
    ttl = _text(_mapping(properties.get("TimeToLiveSpecification")).get("AttributeName"))
    return DynamodbTable(logical, _name(properties), keys, indexes, ttl, location, frozenset(narrow))


def _keys(schema: Node | None) -> tuple[str, str | None] | None:
    by_kind = {}
    for entry in _items(schema):
        key = _mapping(entry)
        kind, name = _text(key.get("KeyType")), _text(key.get("AttributeName"))
        if kind is not None and name is not None:
            by_kind[kind.upper()] = name
    return (by_kind["HASH"], by_kind.get("RANGE")) if "HASH" in by_kind else None


def _name(properties: Mapping[str, Node]) -> str | None:
    node = properties.get("TableName")
    if node is None:
        return None
    sub = _call(node, "Sub")
    return _text(sub) if sub is not None else _text(node)


def _reference(node: Node) -> str | None:
    """Give what a value refers to: a logical name by `Ref`, `GetAtt` or a lone `${X}`, else its text."""
    named = _call(node, "Ref")
    if named is not None:
        return _text(named)
    attribute = _call(node, "GetAtt")
    if attribute is not None:
        parts = [_text(item) for item in _items(attribute)] or (_text(attribute) or "").split(".")
        return parts[0] if parts else None
    sub = _call(node, "Sub")
    text = _text(sub if sub is not None else node)
    if text is not None and text.startswith("${") and text.endswith("}") and text.count("${") == 1:
        return text[2:-1].split(".")[0] if ":" not in text else text
    return text


def _call(node: Node, function: str) -> Node | None:
    """Give the argument of an intrinsic function, in its short form (`!Ref X`) or its long one (`Ref: X`)."""
    if node.tag == f"!{function}":
        return node
    pairs = _mapping(node)
    if len(pairs) == 1:
        return pairs.get(function if function == "Ref" else f"Fn::{function}")
    return None


def _resources(source: Source) -> Iterator[tuple[str, Span, Mapping[str, Node]]]:
    """Yield each resource: its logical name, the name's place, its members."""
    root = _root(source)
    holders = [root.get("Resources")]
    serverless = root.get("resources")
    holders += [_mapping(holder).get("Resources") for holder in (serverless, *_items(serverless))]
    for node in holders:
        for key, value in _pairs(node):
            name = _text(key)
            if name is not None:
                yield name, Span(key.start_mark.index, key.end_mark.index), _mapping(value)


def _root(source: Source) -> Mapping[str, Node]:
    return _members(source.text)


@lru_cache(maxsize=1)
def _members(text: str) -> Mapping[str, Node]:
    return _mapping(_composed(text))


def _composed(text: str) -> Node | None:
    import yaml

    if len(text) > _LARGEST or _depth(text) > _DEEPEST:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found: Node | None = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return found


def _depth(text: str) -> int:
    """Give how deep a text nests at most, by its brackets and by the blanks its lines begin with."""
    deepest = depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth = max(depth - 1, 0)
    indents = (len(line) - len(line.lstrip(" -?")) for line in text.splitlines())
    return max(deepest, max(indents, default=0))


def _pairs(node: Node | None) -> list[tuple[Node, Node]]:
    import yaml

    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _mapping(node: Node | None) -> Mapping[str, Node]:
    return {name: value for key, value in _pairs(node) if (name := _text(key)) is not None}


def _items(node: Node | None) -> list[Node]:
    import yaml

    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _text(node: Node | None) -> str | None:
    import yaml

    return str(node.value) if isinstance(node, yaml.ScalarNode) else None
