"""The operations of a Django migration, in their order."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from leaktight.catalog.change import (
    AddCheck,
    AddColumn,
    AddIndex,
    AddKey,
    AlterColumn,
    CommentTable,
    CreateTable,
    DropColumn,
    DropIndex,
    DropKey,
    DropTable,
    RenameColumn,
    RenameIndex,
    RenameTable,
    TableChange,
    UnknownChange,
)
from leaktight.catalog.table import Index, Key, KeyKind, TableName
from leaktight.embedding.python.sinks import is_run_sql
from leaktight.languages.python.document import PythonDocument
from leaktight.operations.python_schema.checks import read_django_check
from leaktight.operations.python_schema.code import Arguments, Code
from leaktight.operations.python_schema.dialect import dialect_of
from leaktight.operations.python_schema.django_fields import (
    Field,
    Model,
    name_of_table,
    read_field,
    read_index,
    read_unique,
)
from leaktight.operations.python_schema.django_models import table_of_model, together
from leaktight.operations.python_schema.operation import Operation
from leaktight.operations.schema_change import How

_PARAMETERS = {
    "CreateModel": ("name", "fields", "options", "bases"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AlterModelTable": ("name", "table"),
    "AlterModelTableComment": ("name", "table_comment"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "AlterIndexTogether": ("name", "index_together"),
    "AddField": ("model_name", "name", "field"),
    "AlterField": ("model_name", "name", "field"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "AddIndex": ("model_name", "index"),
    "RemoveIndex": ("model_name", "name"),
    "RenameIndex": ("model_name", "new_name", "old_name"),
    "AddConstraint": ("model_name", "constraint"),
    "RemoveConstraint": ("model_name", "name"),
}
_CONCURRENT = {"AddIndexConcurrently": "AddIndex", "RemoveIndexConcurrently": "RemoveIndex"}
_NOT_VALID = {"AddConstraintNotValid": "AddConstraint"}
_DEEPEST = 4


def migration_of(document: PythonDocument) -> ast.ClassDef | None:
    """Give the `Migration` of a file of Django's migrations."""
    for item in document.tree.body:
        if isinstance(item, ast.ClassDef) and item.name == "Migration":
            return item
    return None


def is_initial(document: PythonDocument) -> bool:
    """Say whether a migration is one of those that make the tables of its app; there may be two, for tables in a circle."""
    migration = migration_of(document)
    return migration is not None and any(
        isinstance(item, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "initial" for target in item.targets)
        and isinstance(item.value, ast.Constant)
        and item.value.value is True
        for item in migration.body
    )


def app_of(path: str) -> str:
    """Give the label of the app that a file belongs to: the folder above `migrations`, or that of `models`."""
    parts = path.split("/")[:-1]
    for folder in ("migrations", "models"):
        if folder in parts[1:]:
            return parts[len(parts) - 1 - parts[::-1].index(folder) - 1].lower()
    return parts[-1].lower() if parts else ""


def django_operations(document: PythonDocument, hint: str = "") -> Iterator[Operation]:
    """Yield the operations of a migration; `hint` is the dialect of its project, `""` if not known."""
    migration = migration_of(document)
    if migration is None:
        return
    code = Code.of_module(document).in_body(migration.body)
    atomic = code.flag(code.names.get("atomic"))
    run = _Run(code, app_of(document.source.path), dialect_of(code, hint), in_transaction=atomic)
    yield from run.all_of(code.names.get("operations"), 0)


class _Run:
    """One run of a migration."""

    def __init__(self, code: Code, app: str, dialect: str, *, in_transaction: bool | None) -> None:
        self.code, self.app, self.dialect = code, app, dialect
        self.in_transaction = in_transaction

    def all_of(self, node: ast.expr | None, depth: int) -> Iterator[Operation]:
        """Yield the operations of a list, those that are not written out left out."""
        for call in self._calls(node, depth):
            yield from self._operation(call, depth)

    def _calls(self, node: ast.expr | None, depth: int) -> Iterator[ast.Call]:
        items = self.code.items(node)
        node = self.code.value(node)
        if items is None and isinstance(node, ast.BinOp) and depth < _DEEPEST:
            yield from self._calls(node.left, depth + 1)
            yield from self._calls(node.right, depth + 1)
        elif items is None and isinstance(node, ast.List):
            items = [item for item in node.elts if not isinstance(item, ast.Starred)]
        for item in items or ():
            call = self.code.value(item)
            if isinstance(call, ast.Call):
                yield call

    def _operation(self, call: ast.Call, depth: int) -> Iterator[Operation]:
        name = self.code.last(call.func)
        if name == "SeparateDatabaseAndState":
            if depth < _DEEPEST:
                found = Arguments(self.code, call, ("database_operations", "state_operations"))
                yield from self._taken_over(found.get("state_operations"), depth + 1)
                yield from self.all_of(found.get("database_operations"), depth + 1)
            return
        how: frozenset[How] = frozenset()
        if name in _CONCURRENT:
            name, how = _CONCURRENT[name], frozenset({How.CONCURRENTLY})
        elif name in _NOT_VALID:
            name, how = _NOT_VALID[name], frozenset({How.NOT_VALID})
        if is_run_sql(name):
            yield Operation(None, call, in_transaction=self.in_transaction)
        if name not in _PARAMETERS:
            yield from self._unknown(call, name)
            return
        found = Arguments(self.code, call, _PARAMETERS[name])
        named = found.get("old_name", "name", "model_name")
        reading = _Reading(self.code, found, self.app, self.dialect, named if named is not None else call)
        for change, implied in reading.changes(name):
            yield Operation(change, call, named, how, self.in_transaction, implied, reading.filled)

    def _taken_over(self, node: ast.expr | None, depth: int) -> Iterator[Operation]:
        """Yield what makes a table that is there already that of a model, as when a model moves to another app."""
        for call in self._calls(node, depth):
            found = Arguments(self.code, call, _PARAMETERS["CreateModel"])
            name, options = found.text("name"), self.code.mapping(found.get("options"))
            named = self.code.text(options.get("db_table"))
            if name and named and self.code.last(call.func) == "CreateModel":
                table, place = name_of_table(named), self.code.place(call)
                label = Model(self.app, name.lower()).label
                change = RenameTable(table, table, label, location=place, dialect=self.dialect)
                yield Operation(change, call, in_transaction=self.in_transaction, implied=True)

    def _unknown(self, call: ast.Call, name: str) -> Iterator[Operation]:
        """Yield that an operation of the project's own does something to its model."""
        model = Arguments(self.code, call).text("model_name")
        if model and not name.startswith("Run"):
            table, place = Model(self.app, model.lower()).table, self.code.place(call)
            change = UnknownChange(table, location=place, dialect=self.dialect)
            yield Operation(change, call, in_transaction=self.in_transaction, implied=True)


Read = Iterator[tuple[TableChange, bool]]
"""Changes, each with whether it is implied."""


class _Reading:
    """Reads the arguments of one operation."""

    def __init__(self, code: Code, found: Arguments, app: str, dialect: str, named: ast.expr) -> None:
        self.code, self.found, self.app, self.dialect = code, found, app, dialect
        self.place = code.place(named)
        self.filled = False
        self.about: dict[str, Any] = {"location": self.place, "dialect": dialect}

    def changes(self, operation: str) -> Read:
        """Yield what an operation does, where its model is known."""
        about = self.about
        of = "name" if operation in _OF_MODEL else "model_name"
        name = self.found.text("old_name" if operation == "RenameModel" else of)
        if not name:
            return
        model = Model(self.app, name.lower())
        table = model.table
        match operation:
            case "CreateModel":
                yield from self._create(model)
            case "DeleteModel":
                yield DropTable(table, **about), False
            case "RenameModel":
                to = self.found.text("new_name")
                if to:
                    yield RenameTable(table, Model(self.app, to.lower()).table, **about), False
            case "AlterModelTable":
                yield from self._table(model)
            case "AlterModelTableComment":
                yield CommentTable(table, self.found.text("table_comment"), **about), False
            case "AlterUniqueTogether" | "AlterIndexTogether":
                yield from self._together(table, operation)
            case "AddField":
                field = self._field(model)
                if field is not None:
                    self.filled = field.filled
                    yield from self._add_field(table, field)
                else:
                    yield UnknownChange(table, **about), True
            case "AlterField":
                field = self._field(model)
                if field is not None and field.column is not None:
                    yield from self._alter_field(table, field)
            case "RemoveField":
                field_name = self.found.text("name")
                if field_name:
                    yield DropColumn(table, field_name, **about), False
                    yield DropTable(TableName((model.of_many(field_name),)), **about), True
            case "RenameField":
                before, after = self.found.text("old_name"), self.found.text("new_name")
                if before and after:
                    yield RenameColumn(table, before, after, **about), False
                    many = TableName((model.of_many(before),)), TableName((model.of_many(after),))
                    yield RenameTable(*many, **about), True
            case _:
                yield from self._index(operation, table)

    def _field(self, model: Model) -> Field | None:
        name = self.found.text("name")
        node = self.code.value(self.found.get("field"))
        return read_field(self.code, name, node, model, self.dialect, _no_class) if name else None

    def _create(self, model: Model) -> Read:
        code, found = self.code, self.found
        options = code.mapping(found.get("options"))
        if code.flag(options.get("proxy")) or code.flag(options.get("managed")) is False:
            return
        model = replace(model, named=code.text(options.get("db_table")) or "")
        items = code.items(found.get("fields"))
        complete = items is not None and "fields" in found
        fields: list[Field] = []
        for item in items or ():
            pair = code.items(item)
            name = code.text(pair[0]) if pair is not None and len(pair) == 2 else None
            node = code.value(pair[1]) if pair is not None and name else None
            field = read_field(code, name, node, model, self.dialect, _no_class) if name else None
            if field is None:
                complete = False
            else:
                fields.append(field)
        table = table_of_model(code, model, fields, options, self.place, self.dialect, complete=complete)
        yield CreateTable(table, **self.about), False
        for field in fields:
            if field.many is not None:
                yield CreateTable(field.many, **self.about), True

    def _table(self, model: Model) -> Read:
        to = self.found.get("table")
        text = self.code.text(to)
        if text:
            yield RenameTable(model.table, name_of_table(text), model.label, **self.about), False
        elif self.code.is_none(to):
            yield RenameTable(model.table, model.table, model.label, **self.about), False

    def _together(self, table: TableName, operation: str) -> Read:
        about = self.about
        if operation == "AlterUniqueTogether":
            yield DropKey(table, kind=KeyKind.UNIQUE, unnamed=True, **about), True
            for names in together(self.code, self.found.get("unique_together")) or ():
                yield AddKey(table, Key(KeyKind.UNIQUE, names, location=self.place), **about), False
            return
        yield DropIndex("", table, **about), True
        for names in together(self.code, self.found.get("index_together")) or ():
            index = Index(None, names, location=self.place)
            yield AddIndex(table, index, **about), False

    def _add_field(self, table: TableName, field: Field) -> Read:
        if field.many is not None:
            yield CreateTable(field.many, **self.about), False
        if field.column is not None:
            yield AddColumn(table, field.column, field.keys, **self.about), False
        if field.index is not None:
            yield AddIndex(table, field.index, **self.about), True

    def _alter_field(self, table: TableName, field: Field) -> Read:
        about, column = self.about, field.column
        assert column is not None
        pinned = field.name if column.field is not None else ""
        yield RenameColumn(table, field.name, column.name, field=pinned, **about), True
        yield (
            AlterColumn(
                table,
                column.name,
                column.type or "",
                column.nullable,
                column.default or "",
                column.comment or "",
                column.generated,
                **about,
            ),
            False,
        )
        if not any(key.kind is not KeyKind.FOREIGN for key in field.keys):
            yield DropKey(table, kind=KeyKind.UNIQUE, columns=(column.name,), unnamed=True, **about), True
        yield DropKey(table, kind=KeyKind.FOREIGN, columns=(column.name,), **about), True
        for key in field.keys:
            yield AddKey(table, key, **about), True
        if field.index is not None:
            yield AddIndex(table, field.index, **about), True
        else:
            yield DropIndex("", table, (column.name,), **about), True

    def _index(self, operation: str, table: TableName) -> Read:
        code, found, about = self.code, self.found, self.about
        match operation:
            case "AddIndex":
                index = read_index(code, found.get("index"))
                if index is not None:
                    yield AddIndex(table, index, **about), False
            case "RemoveIndex":
                name = found.text("name")
                if name:
                    yield DropIndex(name, table, **about), False
            case "RenameIndex":
                before, after, fields = found.text("old_name"), found.text("new_name"), found.texts("old_fields")
                if after and fields:  # one of `index_together`, which has no name that a migration knows
                    yield DropIndex("", table, fields, **about), False
                    yield AddIndex(table, Index(after, fields, location=self.place), **about), False
                elif before and after:
                    yield RenameIndex(before, after, table, **about), False
            case "AddConstraint":
                unique = read_unique(code, found.get("constraint"))
                if isinstance(unique, Key):
                    yield AddKey(table, unique, **about), False
                elif unique is not None:
                    yield AddIndex(table, unique, **about), False
                check = read_django_check(code, found.get("constraint"))
                if check is not None:
                    yield AddCheck(table, check, **about), False
            case "RemoveConstraint":
                name = found.text("name")
                if name:
                    yield DropKey(table, name, **about), False
                    yield DropIndex(name, table, **about), True


_OF_MODEL = frozenset(
    {
        "CreateModel",
        "DeleteModel",
        "AlterModelTable",
        "AlterModelTableComment",
        "AlterUniqueTogether",
        "AlterIndexTogether",
    }
)


def _no_class(path: str) -> Model | None:  # noqa: ARG001
    """Know no class: migrations name models by strings, but for the user model, which settings name."""
    return None
