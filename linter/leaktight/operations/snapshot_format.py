"""The words of a catalog snapshot: what a pull writes and what the source of that kind reads.

A snapshot is a YAML file whose first line is `leaktight-catalog: 1`. Each key is here with its meaning; docs/catalog.md has
the same table.
"""

from __future__ import annotations

HEADER = "leaktight-catalog"
VERSION = "1"


def is_snapshot(text: str) -> bool:
    """Say whether a file of YAML is a snapshot: a line of it begins with the word that the first line of one has."""
    return HEADER in text and any(line.startswith(HEADER) for line in text.splitlines())


FILE_KEYS = {
    HEADER: "the version of the format: 1",
    "engine": "the SQL dialect that the names and types are in",
    "database": "the name of the database, for people",
    "tables": "each table by its name, from the outside in",
}
TABLE_KEYS = {
    "kind": "`table` unless said: `view`, `materialized`, `external`, `foreign`, `virtual`, `partition`",
    "complete": "`false` where not all columns are listed",
    "comment": "the table's comment",
    "owner": "who answers for it; by hand",
    "retention": "how long its rows are kept; by hand",
    "role": "`oltp`, `olap` or `staging`; by hand",
    "tags": "further words; by hand",
    "columns": "each column by its name, in order",
    "keys": "primary, unique and foreign keys",
    "indexes": "indexes, but those that a key makes",
    "partitioning": "how the table is cut",
    "clustering": "the columns that rows are sorted by",
    "statistics": "how much it holds",
}
COLUMN_KEYS = {
    "type": "the type as the engine writes it, in upper case",
    "nullable": "`false` for NOT NULL",
    "default": "the default as an expression of the engine",
    "generated": "`true` where the engine fills it in",
    "comment": "the column's comment",
    "classification": "the kind of data, such as `pii`; by hand",
    "tags": "further words; by hand",
}
KEY_KEYS = {
    "kind": "`primary`, `unique` or `foreign`",
    "name": "the name of the constraint",
    "columns": "its columns, in order",
    "references": "the table that a foreign key leads to",
    "referenced-columns": "the columns there",
    "enforced": "`false` where the engine takes it as a promise",
}
INDEX_KEYS = {
    "name": "the name of the index",
    "columns": "its columns and expressions, in order",
    "unique": "`true` for a unique index",
    "where": "the predicate of a partial index",
    "method": "the access method, but the engine's usual one",
    "included": "columns that are stored and not searched",
}
PARTITIONING_KEYS = {
    "kind": "`range`, `list`, `hash`, `time`, `integer`, `ingestion`, `hive` or `transform`",
    "columns": "the columns of which a filter must bound one",
    "expression": "the partition key as the engine writes it",
    "granularity": "`hour`, `day`, `week`, `month` or `year`",
    "required": "`true` where the engine refuses a query without a filter",
}
CLUSTERING_KEYS = {"columns": "the columns, in order"}
STATISTICS_KEYS = {
    "rows": "rows, counted or estimated by the engine",
    "bytes": "bytes on disk, with indexes where the engine counts them",
    "partitions": "how many partitions there are",
}

KINDS = frozenset({"table", "view", "materialized", "external", "foreign", "virtual", "partition"})


def written_name(parts: tuple[str, ...]) -> str:
    """Give a table's name as one word: parts with dots in between, in double quotes where a dot would mislead."""
    return ".".join(_part(part) for part in parts)


def _part(part: str) -> str:
    if part and not set('."') & set(part) and part == part.strip():
        return part
    return '"' + part.replace('"', '""') + '"'


def read_name(text: str) -> tuple[str, ...]:
    """Give the parts of a name that is written as one word; empty where it is not well formed."""
    parts: list[str] = []
    at = 0
    while True:
        if text.startswith('"', at):
            end = at + 1
            while True:
                end = text.find('"', end)
                if end < 0:
                    return ()
                if text.startswith('"', end + 1):
                    end += 2
                    continue
                break
            parts.append(text[at + 1 : end].replace('""', '"'))
            at = end + 1
        else:
            end = text.find(".", at)
            end = len(text) if end < 0 else end
            parts.append(text[at:end])
            at = end
        if not parts[-1] or (at < len(text) and text[at] != "."):
            return ()
        if at >= len(text):
            return tuple(parts)
        at += 1
