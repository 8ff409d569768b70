"""Columns, constraints and indexes as SQLAlchemy writes them, in its models, its tables and in Alembic's operations."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace

from leaktight.catalog.table import Column, Index, Key, KeyKind, TableName
from leaktight.lazy import record
from leaktight.operations.python_schema.code import Arguments, Code, plain_arguments, table_name
from leaktight.operations.python_schema.sqlalchemy_types import sql_type

_FILLED_IN = frozenset({"Computed", "Identity", "Sequence"})
_PARTS = frozenset({"ForeignKey", "CheckConstraint", "FetchedValue", *_FILLED_IN})
"""What may stand among a column's arguments beside its name and type."""
_ORDERINGS = frozenset({"desc", "asc", "nulls_last", "nulls_first", "nullslast", "nullsfirst"})
_DEEPEST = 4
_MOST_ARGUMENTS = 20
_COLUMNS = frozenset({"Column", "mapped_column"})
TABLE_OF_MODEL = Callable[[str], TableName | None]
"""Gives the table of a model by the name of its class; None where it is not known."""


@record(frozen=True, slots=True)
class SqlalchemyColumn:
    """A column with what its call says of the table: keys of it alone, and an index.

    `own_name` is its name's literal; `typed` says that the call gives a type, be it one that is not known.
    """

    column: Column
    keys: tuple[Key, ...] = ()
    index: bool = False
    unique: bool = False
    autoincrement: bool | None = None
    own_name: ast.expr | None = None
    typed: bool = False


def is_column(code: Code, node: ast.expr | None) -> bool:
    """Say whether an expression is `Column(…)` or `mapped_column(…)`."""
    return isinstance(node, ast.Call) and code.last(node.func) in _COLUMNS


def no_models(name: str) -> TableName | None:  # noqa: ARG001
    """Know no model."""
    return None


def read_column(
    code: Code, call: ast.Call, dialect: str, name: str | None = None, models: TABLE_OF_MODEL = no_models
) -> SqlalchemyColumn | None:
    """Read `Column("name", type, …)`; `name` is what the column is called where the call does not say."""
    found = Arguments(code, call)
    positional = list(plain_arguments(call))
    named = found.get("name")
    own = code.text(named) if named is not None else None
    if named is None and positional and (text := code.text(positional[0])) is not None:
        own, named = text, positional.pop(0)
    if own is None and (named is not None or name is None):
        return None
    spelled = own if own is not None else name
    if not spelled:
        return None
    place = code.place(named if named is not None else call)
    kind: ast.expr | None = found.get("type_", "sa_type")
    keys: list[Key] = []
    generated = identity = False
    default: str | None = None
    for position, item in enumerate(positional):
        part = code.value(item)
        part_name = code.last(part.func) if isinstance(part, ast.Call) else ""
        if part_name == "ForeignKey" and isinstance(part, ast.Call):
            key = _foreign_key(code, part, spelled, models)
            keys += [key] if key is not None else []
        elif part_name in _FILLED_IN:
            generated = True
            identity = identity or part_name == "Identity"
        elif part_name not in _PARTS and position == 0:
            kind = kind if kind is not None else item
    kind_text = sql_type(code, kind, dialect)
    primary = found.flag("primary_key") is True
    unique, index = found.flag("unique") is True, found.flag("index") is True
    if primary:
        keys.append(Key(KeyKind.PRIMARY, (spelled,), location=place))
    if unique and not index:
        keys.append(Key(KeyKind.UNIQUE, (spelled,), location=place))
    if "server_default" in found:
        server = code.value(found.get("server_default"))
        if isinstance(server, ast.Call) and code.last(server.func) in _FILLED_IN:
            generated = True
        else:
            default = default_text(code, server)
    column = Column(
        spelled,
        kind_text,
        False if primary or identity else (True if "nullable" not in found else found.flag("nullable")),
        default,
        found.text("comment"),
        place,
        generated=generated or (kind_text or "").endswith("SERIAL"),
        preset=code.written(found.get("default", "default_factory", "insert_default")),
    )
    column = _with_info(code, column, found.get("info"))
    return SqlalchemyColumn(column, tuple(keys), index, unique, found.flag("autoincrement"), named, kind is not None)


def _with_info(code: Code, column: Column, node: ast.expr | None) -> Column:
    info = code.mapping(node)
    classification = code.text(info.get("classification"))
    tags = code.texts(info.get("tags")) or ()
    if classification is None and not tags:
        return column
    places = {"classification": code.place(info["classification"])} if classification is not None else {}
    return replace(column, classification=classification, tags=tags, places=places)


def default_text(code: Code, node: ast.expr | None) -> str | None:
    """Give a server default as SQL; None where it is none or not known."""
    node = code.value(node)
    text = code.text(node)
    if text is not None:
        return "'" + text.replace("'", "''") + "'"
    if isinstance(node, ast.Call):
        name = code.last(node.func)
        if name in {"text", "literal_column", "literal", "DefaultClause"} and node.args:
            inner = code.text(node.args[0])
            return inner if name != "literal" else default_text(code, node.args[0])
        return expression_text(code, node)
    return None


def expression_text(code: Code, node: ast.expr | None, depth: int = 0) -> str | None:
    """Give a column or an expression of columns as SQL: `func.lower(email)`, `text("…")`, `email.desc()`."""
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.Name):
        known = code.names.get(node.id)
        if known is None or is_column(code, known):
            return _name_in(code, known, node.id)
    known = code.value(node)
    if isinstance(node, ast.Attribute) and is_column(code, known):
        return _name_in(code, known, node.attr)
    node = known
    text = code.text(node)
    if text is not None:
        return text
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, int | float) else None
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):  # `orders.c["id"]`
        return code.text(node.slice)
    if not isinstance(node, ast.Call):
        return None
    name = code.last(node.func) or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
    if name in _ORDERINGS:
        inner = node.args[0] if node.args else (node.func.value if isinstance(node.func, ast.Attribute) else None)
        return expression_text(code, inner, depth + 1)
    if name in {"text", "literal_column", "column"} and node.args:
        return code.text(node.args[0])
    if isinstance(node.func, ast.Attribute) and code.last(node.func.value) == "func":
        parts = [expression_text(code, item, depth + 1) for item in node.args[:_MOST_ARGUMENTS]]
        return f"{name}({', '.join(part for part in parts if part)})" if None not in parts else None
    return {"true": "true", "false": "false", "null": "NULL"}.get(name)


def _name_in(code: Code, call: ast.expr | None, name: str) -> str:
    """Give the name that a column's call gives it, else that of the variable."""
    own = read_column(code, call, "", name) if isinstance(call, ast.Call) else None
    return own.column.name if own is not None else name


# Constraints and indexes


def _foreign_key(code: Code, call: ast.Call, column: str, models: TABLE_OF_MODEL) -> Key | None:
    found = Arguments(code, call, ("column",))
    target = referred(code, found.get("column"), models)
    if target is None:
        return None
    table, other = target
    return Key(KeyKind.FOREIGN, (column,), table, (other,) if other else (), True, code.place(call), found.text("name"))


def referred(code: Code, node: ast.expr | None, models: TABLE_OF_MODEL) -> tuple[TableName, str] | None:
    """Give the table and column that a foreign key refers to: `"shop.orders.id"`, `Order.id`, `orders.c.id`."""
    text = code.text(node)
    if text is not None:
        parts = text.split(".")
        return (TableName(tuple(parts[:-1])), parts[-1]) if len(parts) > 1 and all(parts) else None
    if isinstance(node, ast.Attribute):
        owner = node.value
        if isinstance(owner, ast.Attribute) and owner.attr in {"c", "columns"}:
            owner = owner.value
        table = models(owner.id) if isinstance(owner, ast.Name) else None
        return (table, node.attr) if table is not None else None
    return None


def read_constraint(code: Code, call: ast.Call, models: TABLE_OF_MODEL = no_models) -> Key | None:
    """Read a constraint of the table: primary, unique or foreign; None for any other."""
    place = code.place(call)
    name = Arguments(code, call).text("name")
    match code.last(call.func):
        case "PrimaryKeyConstraint" | "UniqueConstraint" as kind:
            columns = columns_of(code, plain_arguments(call))
            if not columns or any(isinstance(item, ast.Starred) for item in call.args):
                return None
            key = KeyKind.PRIMARY if kind == "PrimaryKeyConstraint" else KeyKind.UNIQUE
            return Key(key, columns, location=place, name=name)
        case "ForeignKeyConstraint":
            found = Arguments(code, call, ("columns", "refcolumns", "name"))
            local = columns_of(code, code.items(found.get("columns")) or ())
            remote = [referred(code, item, models) for item in code.items(found.get("refcolumns")) or ()]
            targets = [item for item in remote if item is not None]
            if not local or len(targets) != len(local) or len({table for table, _ in targets}) != 1:
                return None
            others = tuple(column for _, column in targets)
            return Key(KeyKind.FOREIGN, local, targets[0][0], others, True, place, found.text("name"))
    return None


def columns_of(code: Code, nodes: Iterable[ast.expr]) -> tuple[str, ...]:
    """Give the columns that are named, by strings or as attributes of a model; nothing where not all are known."""
    found = [expression_text(code, node) for node in nodes]
    return tuple(name for name in found if name) if all(found) else ()


def read_index(code: Code, call: ast.Call, name: str | None, columns: Iterable[ast.expr]) -> Index | None:
    """Read an index's options from the call that has them; None where its columns are not known."""
    found = Arguments(code, call)
    elements = columns_of(code, columns)
    if not elements:
        return None
    where = next((item.value for item in call.keywords if (item.arg or "").endswith("_where")), None)
    predicate = None
    if where is not None and not code.is_none(where):
        predicate = expression_text(code, where) or code.document.text_of(where)
    include = found.get("postgresql_include", "mssql_include")
    return Index(
        name,
        elements,
        found.flag("unique") is True,
        predicate,
        found.text("postgresql_using", "mysql_using"),
        columns_of(code, code.items(include) or ()) if include is not None else (),
        code.place(call),
    )


def index_of(found: SqlalchemyColumn, table: str) -> Index:
    """Give the index of a column that is declared with `index=True`."""
    name = found.column.name
    return Index(f"ix_{table}_{name}", (name,), found.unique, location=found.column.location)


def schema_table(code: Code, name: ast.expr | None, schema: ast.expr | None) -> TableName | None:
    """Give a table's name with its schema, None where one of them is not known."""
    text = code.text(name)
    if not text:
        return None
    if schema is None or code.is_none(schema):
        return table_name(text)
    inside = code.text(schema)
    return table_name(text, inside) if inside is not None else None
