"""Declarative models of SQLAlchemy and SQLModel: a class, those above it in its module, and the table they make."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from leaktight.catalog.effects import distinct
from leaktight.catalog.table import KeyKind, Table, TableName
from leaktight.lazy import record
from leaktight.operations.python_schema import sqlalchemy_columns as columns
from leaktight.operations.python_schema import sqlalchemy_tables as tables
from leaktight.operations.python_schema.code import Arguments, Code, table_name
from leaktight.operations.python_schema.sqlalchemy_tables import SqlalchemyParts
from leaktight.operations.python_schema.sqlalchemy_types import annotated_type, unquoted, without_none

_BASES = frozenset({"Base", "Model", "SQLModel", "DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass"})
"""Bases that as a rule have no columns; one of a table without primary key has it."""
_PLAIN_BASES = frozenset({"object", "ABC", "Generic", "AsyncAttrs", "SerializerMixin"})
_RELATIONS = frozenset({"relationship", "Relationship", "backref", "dynamic_loader", "association_proxy", "synonym"})
_OF_COLUMN = frozenset({"primary_key", "nullable", "index", "unique", "sa_type"})
"""What a field of SQLModel says of its column in the words of SQLAlchemy."""
_DEEPEST = 12
_MOST_COLUMNS = 30_000
"""How many columns are read in one file, those that classes inherit anew for each."""


@record(frozen=True, slots=True)
class _Shape:
    """What a class and those above it add up to: the columns' code, their order, and what is said of the table."""

    members: Mapping[str, tuple[Code, ast.expr | None, ast.expr | None]]
    """By attribute: the code it stands in, its annotation, its value."""
    complete: bool
    said: Mapping[str, ast.expr]
    sqlmodel: bool = False
    flask: bool = False
    foreign_base: bool = False


class SqlalchemyModels:
    """The models of one module."""

    def __init__(self, code: Code, dialect: str) -> None:
        self.code, self.dialect = code, dialect
        self._shapes: dict[str, _Shape] = {}
        self._read = 0

    def tables(self) -> Iterator[Table]:
        """Yield the tables of all models; that of several by single-table inheritance once, with the columns of all."""
        found: dict[str, Table] = {}
        for name in self.code.classes:
            if self._read > _MOST_COLUMNS:
                break
            table = self._table(name)
            if table is None:
                continue
            above = next((base for base in self._above(name) if base in found), None)
            if above is not None and found[above].name == table.name:
                found[above] = _shared(found[above], table)
            else:
                found[name] = table
        yield from found.values()

    def _above(self, name: str, depth: int = 0) -> Iterator[str]:
        """Yield the classes of the module that one is derived from."""
        for base in self.code.classes[name].bases:
            path = self.code.path(base)
            if path in self.code.classes and path != name and depth < _DEEPEST:
                yield path
                yield from self._above(path, depth + 1)

    def table_of(self, name: str) -> TableName | None:
        """Give the table of a class, or of a variable that holds a `Table(…)`; None where it is not known."""
        if name in self.code.classes:
            return self._name(name, self._shape(name, 0))
        value = self.code.names.get(name)
        if isinstance(value, ast.Call) and self.code.last(value.func) == "Table":
            found = Arguments(self.code, value, ("name", "metadata"))
            name_of_it = columns.schema_table(self.code, found.get("name"), found.get("schema"))
            return self.in_schema_of_metadata(name_of_it, found.get("metadata")) if name_of_it is not None else None
        return None

    def in_schema_of_metadata(self, name: TableName, metadata: ast.expr | None) -> TableName:
        """Give a name with the schema of its `MetaData(schema="shop")`, where that stands in the module."""
        value = self.code.value(metadata)
        if len(name.parts) > 1 or not isinstance(value, ast.Call) or self.code.last(value.func) != "MetaData":
            return name
        schema = self.code.text(Arguments(self.code, value).get("schema"))
        return table_name(name.name, schema) if schema else name

    # Classes

    def _shape(self, name: str, depth: int) -> _Shape:
        known = self._shapes.get(name)
        if known is None:
            self._shapes[name] = _Shape({}, False, {})  # what a class finds that stands above itself
            known = self._shapes[name] = self._work_out(self.code.classes[name], depth)
        return known

    def _work_out(self, node: ast.ClassDef, depth: int) -> _Shape:
        members: dict[str, tuple[Code, ast.expr | None, ast.expr | None]] = {}
        said: dict[str, ast.expr] = {}
        shape = _Shape(members, depth < _DEEPEST, said)
        for base in reversed(node.bases):
            target = base.value if isinstance(base, ast.Subscript) else base
            path = self.code.path(target)
            last = path.rpartition(".")[2]
            if path in self.code.classes and depth < _DEEPEST:
                above = self._shape(path, depth + 1)
                members.update(above.members)
                said.update({key: value for key, value in above.said.items() if key != "__abstract__"})
                shape = replace(
                    shape,
                    complete=shape.complete and above.complete,
                    sqlmodel=shape.sqlmodel or above.sqlmodel,
                    flask=shape.flask or above.flask,
                    foreign_base=shape.foreign_base or above.foreign_base,
                )
            elif last in _BASES or self._is_made_base(target):
                made = self.code.value(target)
                if isinstance(made, ast.Call) and (metadata := Arguments(self.code, made).get("metadata")) is not None:
                    said["metadata"] = metadata
                shape = replace(
                    shape,
                    sqlmodel=shape.sqlmodel or last == "SQLModel",
                    flask=shape.flask or (last == "Model" and path != "Model"),
                    foreign_base=shape.foreign_base or last in {"Base", "Model"},
                )
            elif last not in _PLAIN_BASES:
                shape = replace(shape, complete=False)
        inner = self.code.in_body(node.body)
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=attribute)], value=value):
                    annotation: ast.expr | None = None
                case ast.AnnAssign(target=ast.Name(id=attribute), annotation=annotation, value=value):
                    pass
                case ast.FunctionDef(name="__tablename__" | "__table_args__" as attribute):
                    said[attribute] = ast.Name(attribute)
                    continue
                case ast.FunctionDef() if any(
                    self.code.last(item) == "declared_attr" for item in statement.decorator_list
                ):
                    returned = _returned(statement)
                    if returned is not None and columns.is_column(self.code, returned):
                        members[statement.name] = (inner, None, returned)
                    continue
                case _:
                    continue
            if attribute.startswith("__") or attribute == "metadata":
                if value is not None:
                    said[attribute] = value
            else:
                members[attribute] = (inner, annotation, value)
        return shape

    def _is_made_base(self, node: ast.expr) -> bool:
        """Say whether a base is what `declarative_base()` gives."""
        value = self.code.value(node)
        return isinstance(value, ast.Call) and self.code.last(value.func) in {
            "declarative_base", "automap_base", "generate_base",
        }  # fmt: skip

    # Tables

    def _name(self, name: str, shape: _Shape) -> TableName | None:
        node = self.code.classes[name]
        own = self.code.in_body(node.body)
        said = shape.said.get("__tablename__")
        if said is not None:
            text = own.text(said)
        elif shape.sqlmodel:
            text = name.lower()
        elif shape.flask:
            text = _snake(name)
        else:
            return None
        if not text:
            return None
        schema = self._options(own, shape).get("schema")
        inside = own.text(schema) if schema is not None and not own.is_none(schema) else None
        if schema is not None and inside is None and not own.is_none(schema):
            return None
        named = table_name(text, inside)
        return named if schema is not None else self.in_schema_of_metadata(named, shape.said.get("metadata"))

    def _options(self, code: Code, shape: _Shape) -> dict[str, ast.expr]:
        """Give the keyword arguments of the table: `__table_args__`, or the dictionary at its end."""
        arguments = code.value(shape.said.get("__table_args__"))
        if isinstance(arguments, ast.Tuple | ast.List) and arguments.elts:
            arguments = code.value(arguments.elts[-1])
        return code.mapping(arguments)

    def _table(self, name: str) -> Table | None:
        shape = self._shape(name, 0)
        node = self.code.classes[name]
        code = self.code.in_body(node.body)
        if shape.sqlmodel and not any(item.arg == "table" and code.flag(item.value) for item in node.keywords):
            return None
        if code.flag(shape.said.get("__abstract__")) or "__table__" in shape.said:
            return None
        written = shape.said.get("__tablename__")
        if not shape.sqlmodel and written is None and not shape.flask:
            return None
        spelled = self._name(name, shape)
        if spelled is None:
            return None
        parts = SqlalchemyParts(complete=shape.complete)
        self._read += len(shape.members)
        for attribute, (inner, annotation, value) in shape.members.items():
            self._member(parts, attribute, inner, annotation, value, spelled.name, shape)
        if not parts.columns:
            return None
        arguments = code.value(shape.said.get("__table_args__"))
        if isinstance(arguments, ast.Tuple | ast.List):
            complete = parts.complete
            for item in arguments.elts:
                if isinstance(code.value(item), ast.Call) and code.last(getattr(item, "func", None)) != "dict":
                    tables.add_part(code, item, parts, self.dialect, spelled.name, self.table_of)
            parts.complete = complete
        tables.settle(parts)
        if not any(key.kind is KeyKind.PRIMARY for key in parts.keys):
            parts.complete = False
        options = self._options(code, shape)
        place = code.place(written if written is not None and code.text(written) is not None else node)
        return Table(
            spelled,
            parts.columns,
            tuple(parts.keys),
            tuple(parts.indexes),
            tables.partitioning(code, options.get("postgresql_partition_by")),
            complete=parts.complete,
            checks=tuple(parts.checks),
            dialect=self.dialect,
            location=place,
            **tables.table_words(code, options.get("comment"), options.get("info")),
        )

    def _member(
        self,
        parts: SqlalchemyParts,
        attribute: str,
        code: Code,
        annotation: ast.expr | None,
        value: ast.expr | None,
        table: str,
        shape: _Shape,
    ) -> None:
        call = code.value(value)
        if isinstance(call, ast.Call) and code.last(call.func) in _RELATIONS:
            return
        if annotation is None:
            if columns.is_column(code, call) and isinstance(call, ast.Call):
                self._add(parts, columns.read_column(code, call, self.dialect, attribute, self.table_of), table)
            return
        if shape.sqlmodel:
            self._sqlmodel_field(parts, attribute, code, annotation, call, table)
            return
        annotation = unquoted(code, annotation) or annotation
        if not isinstance(annotation, ast.Subscript) or code.last(annotation.value) != "Mapped":
            if columns.is_column(code, call) and isinstance(call, ast.Call):
                self._add(parts, columns.read_column(code, call, self.dialect, attribute, self.table_of), table)
            return
        inside, optional = without_none(code, annotation.slice)
        if isinstance(inside, ast.Subscript) and code.last(inside.value) == "Annotated":
            items = inside.slice.elts if isinstance(inside.slice, ast.Tuple) else []
            inside, inner_optional = without_none(code, items[0] if items else None)
            optional = optional or inner_optional
            described = next((code.value(item) for item in items if columns.is_column(code, code.value(item))), None)
            call = call if call is not None else described
        kind = annotated_type(code, inside, dates=not shape.foreign_base)
        if call is None:
            call = ast.copy_location(ast.Call(ast.Name("mapped_column"), [], []), annotation)
        if not isinstance(call, ast.Call) or not columns.is_column(code, call):
            parts.complete = parts.complete and isinstance(call, ast.Call)
            return
        self._add(parts, _annotated(code, call, attribute, kind, optional, self), table)

    def _sqlmodel_field(
        self,
        parts: SqlalchemyParts,
        attribute: str,
        code: Code,
        annotation: ast.expr,
        call: ast.expr | None,
        table: str,
    ) -> None:
        """Add the column of `name: str | None = Field(…)`."""
        target = unquoted(code, annotation)
        if isinstance(target, ast.Subscript) and code.last(target.value) == "ClassVar":
            return
        field = call if isinstance(call, ast.Call) and code.last(call.func) == "Field" else None
        found = Arguments(code, field) if field is not None else None
        column = code.value(found.get("sa_column")) if found is not None else None
        if isinstance(column, ast.Call) and columns.is_column(code, column):
            self._add(parts, columns.read_column(code, column, self.dialect, attribute, self.table_of), table)
            return
        inside, optional = without_none(code, target)
        kind = annotated_type(code, inside, dates=True)
        made = ast.copy_location(ast.Call(ast.Name("Field"), [], []), field if field is not None else annotation)
        if found is not None:
            kind = _limited(kind, found)
            made.keywords = [item for item in found.call.keywords if item.arg in _OF_COLUMN]
            options = code.mapping(found.get("sa_column_kwargs"))
            made.keywords += [ast.keyword(name, value) for name, value in options.items()]
            target = found.get("foreign_key")
            if target is not None:
                made.args.append(ast.copy_location(ast.Call(ast.Name("ForeignKey"), [target], []), target))
        self._add(parts, _annotated(code, made, attribute, kind, optional, self), table)

    def _add(self, parts: SqlalchemyParts, found: columns.SqlalchemyColumn | None, table: str) -> None:
        if found is None:
            parts.complete = False
        else:
            tables.add_column(found, parts, table)


def _annotated(
    code: Code, call: ast.Call, attribute: str, kind: str | None, optional: bool, models: SqlalchemyModels
) -> columns.SqlalchemyColumn | None:
    """Read a column whose annotation says its type and whether it may be NULL, unless its call does."""
    found = columns.read_column(code, call, models.dialect, attribute, models.table_of)
    if found is None:
        return None
    column = found.column
    refers = bool(found.keys) and found.keys[0].kind is KeyKind.FOREIGN
    # SQLAlchemy gives a column the type of the one that it refers to, SQLModel that of the annotation.
    if not found.typed and (not refers or code.last(call.func) == "Field"):
        column = replace(column, type=kind)
    if Arguments(code, call).get("nullable") is None and column.nullable is not False:
        column = replace(column, nullable=optional)
    return replace(found, column=column)


def _shared(table: Table, below: Table) -> Table:
    """Give the table of a class with what a class below it, whose rows stand in it too, adds."""
    known = {(index.name, index.columns) for index in table.indexes}
    return replace(
        table,
        columns={**below.columns, **table.columns},
        keys=distinct((*table.keys, *below.keys)),
        indexes=(*table.indexes, *(one for one in below.indexes if (one.name, one.columns) not in known)),
        complete=table.complete and below.complete,
    )


def _limited(kind: str | None, found: Arguments) -> str | None:
    """Give the type of a field of SQLModel with the limits that it sets."""
    length, digits, places = found.number("max_length"), found.number("max_digits"), found.number("decimal_places")
    if kind == "VARCHAR" and length is not None:
        return f"VARCHAR({length})"
    if kind == "NUMERIC" and digits is not None:
        return f"NUMERIC({digits},{places})" if places is not None else f"NUMERIC({digits})"
    return kind


def _returned(function: ast.FunctionDef) -> ast.expr | None:
    last = function.body[-1]
    return last.value if isinstance(last, ast.Return) else None


def _snake(name: str) -> str:
    """Give the table's name that Flask-SQLAlchemy makes of a class: `OrderLine` is `order_line`."""
    text = ""
    for at, letter in enumerate(name):
        after = name[at + 1 : at + 2]
        starts = at > 0 and letter.isupper() and (not name[at - 1].isupper() or after.islower())
        text += f"_{letter.lower()}" if starts and not text.endswith("_") else letter.lower()
    return text
