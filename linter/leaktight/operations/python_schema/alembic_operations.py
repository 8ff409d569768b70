"""The operations of an Alembic migration, in the order that its `upgrade()` runs them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from leaktight.catalog.change import (
    AddCheck,
    AddColumn,
    AddIndex,
    AddKey,
    CommentTable,
    CreateTable,
    DropColumn,
    DropIndex,
    DropKey,
    DropTable,
    RenameTable,
    TableChange,
    UnknownChange,
)
from leaktight.catalog.table import Check, Key, KeyKind, Table, TableName
from leaktight.diagnostics import Location
from leaktight.embedding.dialect import named_in
from leaktight.languages.python.document import PythonDocument
from leaktight.operations.python_schema import sqlalchemy_columns as columns
from leaktight.operations.python_schema import sqlalchemy_tables as tables
from leaktight.operations.python_schema.alembic_columns import altered_column
from leaktight.operations.python_schema.binding import bound, parameters_of
from leaktight.operations.python_schema.checks import sqlalchemy_condition
from leaktight.operations.python_schema.code import Arguments, Code, plain_arguments
from leaktight.operations.python_schema.dialect import dialect_of
from leaktight.operations.python_schema.operation import Operation
from leaktight.operations.schema_change import How

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "create_table": ("table_name",),
    "drop_table": ("table_name",),
    "rename_table": ("old_table_name", "new_table_name"),
    "add_column": ("table_name", "column"),
    "drop_column": ("table_name", "column_name"),
    "alter_column": ("table_name", "column_name"),
    "create_index": ("index_name", "table_name", "columns"),
    "drop_index": ("index_name", "table_name"),
    "create_primary_key": ("constraint_name", "table_name", "columns"),
    "create_unique_constraint": ("constraint_name", "table_name", "columns"),
    "create_foreign_key": ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols"),
    "create_check_constraint": ("constraint_name", "table_name", "condition"),
    "drop_constraint": ("constraint_name", "table_name", "type_"),
    "create_table_comment": ("table_name", "comment"),
    "drop_table_comment": ("table_name",),
    "execute": ("sqltext",),
}
"""The parameters of each operation; those of a batch leave out the table."""
_OF_TABLE = frozenset({"table_name", "source_table"})
_DEEPEST = 4
_LONGEST_LOOP = 200
_MOST_STEPS = 20_000
"""How many statements of a migration are followed, loops and helpers run anew each time."""
_TABLE_PLACES = ("table_name", "source_table", "tablename", "source")


def upgrade_of(document: PythonDocument) -> ast.FunctionDef | None:
    """Give the `upgrade()` of a migration of Alembic."""
    found = (item for item in document.tree.body if isinstance(item, ast.FunctionDef) and item.name == "upgrade")
    return next(found, None)


def alembic_operations(document: PythonDocument, hint: str = "") -> Iterator[Operation]:
    """Yield the operations of a migration; `hint` is the dialect of its project, `""` if not known."""
    upgrade = upgrade_of(document)
    if upgrade is not None:
        code = Code.of_module(document)
        # `versions/sqlite/` beside `versions/postgresql/`: the same steps, for each database in its own words.
        dialect = named_in(document.source.path) or dialect_of(code, hint)
        yield from _Run(dialect).block(code.in_body(upgrade.body), upgrade.body, 0)


class _Run:
    """One run of `upgrade()` as far as it can be read."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.batches: dict[str, tuple[ast.expr | None, ast.expr | None]] = {}
        self.outside = 0
        self.steps = 0

    # Statements

    def block(self, code: Code, body: list[ast.stmt], depth: int) -> Iterator[Operation]:
        """Yield the operations of statements; both arms of an `if` are taken as run."""
        if depth > _DEEPEST * 5:
            return
        for statement in body:
            self.steps += 1
            if self.steps > _MOST_STEPS:
                return
            match statement:
                case ast.Expr(value=value) | ast.Assign(value=value) | ast.Return(value=value):
                    yield from self._expression(code, value, depth)
                case ast.With(items=items, body=inner):
                    yield from self._with(code, items, inner, depth)
                case ast.If(test=test, body=inner, orelse=other):
                    if not _is_for_sqlite(test):
                        yield from self.block(code, inner, depth + 1)
                    yield from self.block(code, other, depth + 1)
                case ast.Try(body=inner, orelse=other, finalbody=last):
                    yield from self.block(code, [*inner, *other, *last], depth + 1)
                case ast.While(body=inner):
                    yield from self.block(code, inner, depth + 1)
                case ast.For():
                    yield from self._loop(code, statement, depth)
                case _:
                    continue

    def _with(self, code: Code, items: list[ast.withitem], body: list[ast.stmt], depth: int) -> Iterator[Operation]:
        outside = 0
        for item in items:
            call = item.context_expr
            name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
            if name == "autocommit_block":
                outside += 1
            elif isinstance(call, ast.Call) and name == "batch_alter_table":
                found = Arguments(code, call, ("table_name", "schema"))
                if isinstance(item.optional_vars, ast.Name):
                    self.batches[item.optional_vars.id] = (found.get("table_name"), found.get("schema"))
        self.outside += outside
        yield from self.block(code, body, depth + 1)
        self.outside -= outside

    def _loop(self, code: Code, loop: ast.For, depth: int) -> Iterator[Operation]:
        items = code.items(loop.iter)
        if items is None:
            unknown = {node.id: None for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
            yield from self.block(code.within(unknown), loop.body, depth + 1)
            return
        for item in items[:_LONGEST_LOOP]:
            names = bound(code, loop.target, item)
            if names is not None:
                yield from self.block(code.within(names), loop.body, depth + 1)

    def _expression(self, code: Code, node: ast.expr | None, depth: int) -> Iterator[Operation]:
        if not isinstance(node, ast.Call):
            return
        function = node.func
        if isinstance(function, ast.Name) and function.id in code.functions:
            helper = code.functions[function.id]
            if depth < _DEEPEST:
                inner = code.in_body(helper.body).within(parameters_of(code, helper, node))
                yield from self.block(inner, helper.body, depth + _DEEPEST // 2)
            return
        if isinstance(function, ast.Attribute):
            owner, name = function.value, function.attr
            batch = self.batches.get(owner.id) if isinstance(owner, ast.Name) else None
            if name in _PARAMETERS and (batch is not None or code.path(owner) == "alembic.op"):
                yield from self._operation(code, node, name, batch)
                return
        # Any other call may run SQL: `bind.execute("…")`.
        yield Operation(None, node, in_transaction=self._in_transaction)

    @property
    def _in_transaction(self) -> bool | None:
        return False if self.outside else None

    # Operations

    def _operation(
        self, code: Code, call: ast.Call, name: str, batch: tuple[ast.expr | None, ast.expr | None] | None
    ) -> Iterator[Operation]:
        parameters = _PARAMETERS[name]
        if batch is not None:
            parameters = tuple(item for item in parameters if item not in _OF_TABLE)
        found = Arguments(code, call, parameters)
        table, schema = batch or (found.get(*_TABLE_PLACES), found.get("schema", "source_schema"))
        named = _named(found, name, table)
        reading = _Reading(code, found, table, schema, self.dialect, code.place(named if named is not None else call))
        if name == "execute":
            yield Operation(None, call, in_transaction=self._in_transaction)
            return
        for number, change in enumerate(reading.changes(name)):
            implied = number > 0 and name == "add_column"
            yield Operation(
                change,
                call,
                named,
                _how(found) | {How.FORGETTING} if reading.forgets else _how(found),
                in_transaction=self._in_transaction,
                implied=implied,
                filled=reading.filled,
            )


class _Reading:
    """Reads the arguments of one operation."""

    def __init__(
        self,
        code: Code,
        found: Arguments,
        table: ast.expr | None,
        schema: ast.expr | None,
        dialect: str,
        place: Location,
    ) -> None:
        self.code, self.found, self.dialect, self.place = code, found, dialect, place
        self.table, self.schema = table, schema
        self.filled = self.forgets = False

    def changes(self, operation: str) -> Iterator[TableChange]:
        """Yield the changes of an operation whose tables are known."""
        name = columns.schema_table(self.code, self.table, self.schema)
        match operation:
            case "rename_table":
                yield from self._rename_table()
            case "drop_index":
                index = self.found.text("index_name", "name")
                if index:
                    yield DropIndex(index, name, location=self.place, dialect=self.dialect)
            case _ if name is not None:
                yield from self._of_table(operation, name)

    def _rename_table(self) -> Iterator[TableChange]:
        before = columns.schema_table(self.code, self.found.get("old_table_name"), self.schema)
        after = self.found.text("new_table_name")
        if before is not None and after:
            yield RenameTable(before, TableName((after,)), location=self.place, dialect=self.dialect)

    def _of_table(self, operation: str, name: TableName) -> Iterator[TableChange]:
        place, dialect, found = self.place, self.dialect, self.found
        match operation:
            case "create_table":
                yield self._create(name)
            case "drop_table":
                yield DropTable(name, location=place, dialect=dialect)
            case "add_column":
                yield from self._add_column(name)
            case "drop_column":
                column = found.text("column_name")
                if column:
                    yield DropColumn(name, column, location=place, dialect=dialect)
                else:
                    yield UnknownChange(name, location=place, dialect=dialect)
            case "alter_column":
                yield from self._alter_column(name)
            case "create_index":
                elements = self.code.items(found.get("columns")) or ()
                index = columns.read_index(self.code, found.call, found.text("index_name", "name"), elements)
                if index is not None:
                    yield AddIndex(name, index, location=place, dialect=dialect)
            case "drop_constraint":
                key = found.text("constraint_name", "name")
                if key:
                    yield DropKey(name, key, location=place, dialect=dialect)
                elif found.text("type_") == "primary":
                    yield DropKey(name, kind=KeyKind.PRIMARY, location=place, dialect=dialect)
            case "create_table_comment" | "drop_table_comment":
                comment = found.text("comment")
                if comment is not None or operation == "drop_table_comment":
                    yield CommentTable(name, comment, location=place, dialect=dialect)
            case "create_check_constraint":
                condition = sqlalchemy_condition(self.code, found.get("condition"))
                if condition:
                    check = Check(condition, found.text("constraint_name", "name"), place)
                    yield AddCheck(name, check, location=place, dialect=dialect)
            case _:
                key_added = self._key(operation)
                if key_added is not None:
                    yield AddKey(name, key_added, location=place, dialect=dialect)

    def _create(self, name: TableName) -> CreateTable:
        code, found = self.code, self.found
        parts = tables.SqlalchemyParts(complete=not found.is_open)
        for item in plain_arguments(found.call)[0 if "table_name" in _keywords(found.call) else 1 :]:
            tables.add_part(code, item, parts, self.dialect, name.name)
        tables.settle(parts)
        prefixes = {prefix.upper() for prefix in found.texts("prefixes") or ()}
        table = Table(
            name,
            parts.columns,
            tuple(parts.keys),
            tuple(parts.indexes),
            tables.partitioning(code, found.get("postgresql_partition_by")),
            temporary=bool(prefixes & {"TEMPORARY", "TEMP"}),
            complete=parts.complete,
            checks=tuple(parts.checks),
            dialect=self.dialect,
            location=self.place,
            **tables.table_words(code, found.get("comment"), found.get("info")),
        )
        exists = found.flag("if_not_exists") is True
        return CreateTable(table, if_not_exists=exists, location=self.place, dialect=self.dialect)

    def _add_column(self, name: TableName) -> Iterator[TableChange]:
        call = self.code.value(self.found.get("column"))
        column = None
        if isinstance(call, ast.Call) and columns.is_column(self.code, call):
            column = columns.read_column(self.code, call, self.dialect)
        if column is None:
            yield UnknownChange(name, location=self.place, dialect=self.dialect)
            return
        server = Arguments(self.code, call).get("server_default") if isinstance(call, ast.Call) else None
        self.filled = server is not None and not self.code.is_none(server)
        yield AddColumn(name, column.column, column.keys, location=self.place, dialect=self.dialect)
        if column.index:
            yield AddIndex(name, columns.index_of(column, name.name), location=self.place, dialect=self.dialect)

    def _alter_column(self, name: TableName) -> Iterator[TableChange]:
        altered = altered_column(self.code, self.found, name, self.place, self.dialect)
        self.forgets = altered.forgets
        yield from altered.changes

    def _key(self, operation: str) -> Key | None:
        code, found, place = self.code, self.found, self.place
        name = found.text("constraint_name", "name")
        if operation == "create_foreign_key":
            local = found.texts("local_cols")
            target = columns.schema_table(code, found.get("referent_table", "referent"), found.get("referent_schema"))
            if not local or target is None:
                return None
            return Key(KeyKind.FOREIGN, local, target, found.texts("remote_cols") or (), True, place, name)
        kinds = {"create_primary_key": KeyKind.PRIMARY, "create_unique_constraint": KeyKind.UNIQUE}
        own = found.texts("columns")
        if not own or operation not in kinds:
            return None
        return Key(kinds[operation], own, location=place, name=name)


_HOW = {
    "postgresql_concurrently": How.CONCURRENTLY,
    "postgresql_not_valid": How.NOT_VALID,
    "if_exists": How.IF_EXISTS,
    "if_not_exists": How.IF_NOT_EXISTS,
    "mssql_online": How.ONLINE,
}


def _how(found: Arguments) -> frozenset[How]:
    return frozenset(how for word, how in _HOW.items() if found.flag(word) is True)


def _named(found: Arguments, operation: str, table: ast.expr | None) -> ast.expr | None:
    """Give the literal that names what an operation changes."""
    if operation == "add_column":
        column = found.code.value(found.get("column"))
        arguments = plain_arguments(column) if isinstance(column, ast.Call) else []
        return arguments[0] if arguments and found.code.text(arguments[0]) is not None else table
    return found.get("column_name", "index_name", "constraint_name", "old_table_name", "name") or table


def _keywords(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


def _is_for_sqlite(test: ast.expr) -> bool:
    """Say whether an `if` asks for SQLite, which has no part of what migrations do elsewhere."""
    if not isinstance(test, ast.Compare) or not all(isinstance(sign, ast.Eq) for sign in test.ops):
        return False
    sides = [test.left, *test.comparators]
    return any(isinstance(side, ast.Constant) and side.value == "sqlite" for side in sides)
