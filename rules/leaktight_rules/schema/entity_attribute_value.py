"""A table of attributes and their values."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    TypeFamily,
    column_types,
    wording,
    words_of,
)

_ATTRIBUTES = frozenset({"attribute", "attr", "attributes", "property", "prop", "meta", "field", "param", "parameter"})
_NAMES = frozenset({"name", "key", "id", "code"})
_SETTINGS = (
    "setting", "settings", "config", "configs", "configuration", "preference", "preferences", "option", "options", "tag",
    "tags", "label", "labels", "translation", "translations", "i18n", "cache", "param", "params", "parameters", "header",
    "headers", "variable", "variables", "flag", "flags", "metadata", "extra", "extras", "secret", "secrets", "log", "logs",
    "audit", "history", "change", "changes", "metric", "metrics", "dimension", "dimensions",
)  # fmt: skip
"""Words of tables whose keys are open by nature, and that nobody joins to themselves for a row."""
_MOST_COLUMNS = 9
_KINDS_OF_VALUE = frozenset(
    "text string str char varchar int integer number numeric decimal float bool boolean date datetime json raw".split()
)


class EntityAttributeValue(TableRule):
    """A table keeps one row for each attribute of a thing, its value as text.

    No attribute has a type, a `NOT NULL`, a check or a reference; a misspelt name is a new attribute. To get one thing back
    with five attributes, a query joins the table to itself five times, and the planner cannot tell how many rows each join
    leaves.

    Make the attributes columns. What is truly open goes into one JSON column beside them.

    Told for tables that have an entity's key, a column for the attribute's name and one or more for its value. Left alone:
    settings, tags, translations and the like, whose keys are open by nature, values in JSON, where a number stays one, logs of
    changes, and warehouses.
    """

    name = "entity-attribute-value"
    category = Category.SCHEMA
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            create table product_attributes (
                         ^^^^^^^^^^^^^^^^^^ one row for each `attribute_name` of a `product_id`
                product_id bigint not null, attribute_name text not null, value text, primary key (product_id, attribute_name)
            );
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table post_meta (id int primary key, post_id int, meta_key varchar(255), meta_value longtext);
                         ^^^^^^^^^ one row for each `meta_key` of a `post_id`
            """,
            dialect="mysql",
        ),
        Bad(
            """
            create table usermeta (meta_id bigint primary key, user_id bigint not null, meta_key text, meta_value text);
                         ^^^^^^^^ one row for each `meta_key` of a `user_id`
            """,
            dialect="mysql",
            note="`meta_id` is the number of the row.",
        ),
        Good(
            "create table user_settings (user_id bigint, property_name text, value text, primary key (user_id, property_name));"
        ),
        Good("create table readings (sensor_id bigint, read_at timestamptz, value double precision);"),
        Good(
            "create table entries (id bigint primary key, member_id bigint not null, field_id bigint not null, value jsonb);",
            dialect="postgres",
            note="A number stays a number.",
        ),
        Good("create table field_values (id bigint primary key, field_name text, value text);", note="Of no entity."),
        Good(
            """
            create table field_maps (
                id bigint primary key, source_id bigint not null, source_field_id text, target_field_id text, value text
            );
            """,
            note="Which field becomes which.",
        ),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the name of each table that holds attributes as rows."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.derived or table.kind != "table" or not table.complete:
            return
        if table.dialect and not declared.is_row_store:
            return
        if len(table.columns) > _MOST_COLUMNS or wording.has_word(table.name.parts[-1:], _SETTINGS):
            return
        attributes = [column for column in table.columns.values() if _names_attribute(column, table)]
        # With two of them it says which field becomes which.
        attribute = attributes[0] if len(attributes) == 1 else None
        value = next((column for column in table.columns.values() if _holds_value(column)), None)
        if attribute is None or value is None or attribute is value:
            return
        entity = next((column for column in table.columns.values() if _is_entity(column, attribute, table)), None)
        if entity is None:
            return
        yield Finding(
            declared.span,
            f"one row for each `{attribute.name}` of a `{entity.name}`: no value has a type or a check of its own",
            fix=Fix.hint("make the attributes columns; what is truly open goes into one JSON column"),
            covers=declared.spans((attribute, value)),
        )


def _names_attribute(column: Column, table: Table) -> bool:
    words = words_of(column.name)
    if _is_row_number(column, table):
        return False
    if len(words) == 1:
        return words[0] in {"attribute", "attr", "property", "field"} and _is_text(column)
    if not words:
        return False
    said = words[-2] in _ATTRIBUTES and words[-1] in _NAMES
    about = _ATTRIBUTES & set(words_of(table.name.name)) and words[-1:] in (["name"], ["key"]) and len(words) == 2
    return bool(said or about) and (_is_text(column) or words[-1] == "id")


def _holds_value(column: Column) -> bool:
    words = words_of(column.name)
    rest = set(words) - {"value", "val"}
    return len(rest) < len(words) <= 2 and rest <= _KINDS_OF_VALUE | _ATTRIBUTES and _is_text(column)


def _is_text(column: Column) -> bool:
    return column_types.family(column.type) in {TypeFamily.TEXT, TypeFamily.BINARY}


def _is_entity(column: Column, attribute: Column, table: Table) -> bool:
    words = words_of(column.name)
    return (
        column is not attribute
        and not _is_row_number(column, table)
        and len(words) > 1
        and words[-1] in {"id", "uuid", "key"}
    )


def _is_row_number(column: Column, table: Table) -> bool:
    """Say whether a column is the key alone, and so says which row it is: the `meta_id` of `usermeta`."""
    primary = table.primary_key
    return column.generated or (
        primary is not None and [name.lower() for name in primary.columns] == [column.name.lower()]
    )
