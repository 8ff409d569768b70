"""What the system catalogs of PostgreSQL say. Reads `pg_catalog` alone: that needs no right on any table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leaktight.catalog.table import Column, Index, Key, KeyKind, Partitioning, Statistics, Table, TableName
from leaktight.database.address import DatabaseUnread
from leaktight.database.connection import Row, Session, by_table
from leaktight.operations.declared import declared_partitioning
from leaktight.operations.sources.dump_types import plain_default

_OURS = """
  n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'
  AND NOT EXISTS (
    SELECT 1 FROM pg_depend e
    WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
  )
"""
"""Tables of the users: of no system schema, not temporary, and not brought by an extension."""

_TABLES = f"""
SELECT n.nspname AS table_schema, c.relname AS table_name, c.relkind AS kind, c.relispartition AS is_partition,
       obj_description(c.oid, 'pg_class') AS comment,
       CASE WHEN p.partrelid IS NOT NULL THEN pg_get_partkeydef(c.oid) END AS partition_key,
       ARRAY(
         SELECT a.attname FROM unnest(p.partattrs::int2[]) WITH ORDINALITY AS k (attnum, at)
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum ORDER BY k.at
       )::text[] AS partition_columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS}
"""  # noqa: S608  # no value of a user is in it

_SIZES = f"""
WITH RECURSIVE parts AS (
  SELECT c.oid AS root, c.oid AS part FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND {_OURS}
  UNION ALL
  SELECT parts.root, i.inhrelid FROM parts
  JOIN pg_inherits i ON i.inhparent = parts.part
  JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
)
SELECT n.nspname AS table_schema, r.relname AS table_name, r.relkind = 'p' AS partitioned,
       sum(CASE WHEN c.relkind <> 'p' THEN c.reltuples END)::bigint AS row_count,
       bool_or(c.relkind <> 'p' AND c.reltuples < 0) AS unknown,
       sum(pg_total_relation_size(c.oid))::bigint AS bytes,
       count(*) FILTER (WHERE c.relkind <> 'p') AS leaves
FROM parts
JOIN pg_class r ON r.oid = parts.root
JOIN pg_namespace n ON n.oid = r.relnamespace
JOIN pg_class c ON c.oid = parts.part
GROUP BY n.nspname, r.relname, r.relkind
"""  # noqa: S608

_COLUMNS = f"""
SELECT n.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name,
       format_type(a.atttypid, a.atttypmod) AS data_type, a.attnotnull AS not_null,
       a.attidentity <> '' OR a.attgenerated <> '' AS generated,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid, true) END AS column_default,
       col_description(c.oid, a.attnum) AS comment
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND NOT c.relispartition AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND {_OURS}
ORDER BY n.nspname, c.relname, a.attnum
"""  # noqa: S608

_KEYS = f"""
SELECT n.nspname AS table_schema, c.relname AS table_name, k.conname AS name, k.contype AS kind,
       ARRAY(
         SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, at)
         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.at
       )::text[] AS columns,
       fn.nspname AS other_schema, f.relname AS other_table,
       ARRAY(
         SELECT a.attname FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, at)
         JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.at
       )::text[] AS other_columns,
       coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS enforced
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype IN ('p', 'u', 'f') AND k.conparentid = 0 AND NOT c.relispartition AND {_OURS}
"""  # noqa: S608

_INDEXES = f"""
SELECT n.nspname AS table_schema, c.relname AS table_name, x.relname AS name, i.indisunique AS is_unique,
       m.amname AS method, pg_get_expr(i.indpred, i.indrelid, true) AS predicate, i.indnkeyatts AS searched,
       ARRAY(
         SELECT coalesce(a.attname, pg_get_indexdef(i.indexrelid, u.at::int, true))
         FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS u (attnum, at)
         LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.attnum AND u.attnum <> 0
         ORDER BY u.at
       )::text[] AS columns
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisvalid AND NOT c.relispartition AND c.relkind IN ('r', 'p', 'm') AND {_OURS}
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
"""  # noqa: S608

_KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized", "f": "foreign"}
_KEYS_BY_LETTER = {"p": KeyKind.PRIMARY, "u": KeyKind.UNIQUE, "f": KeyKind.FOREIGN}


def read(session: Session) -> list[Table]:
    """Give all tables of the database. Raises `DatabaseUnread` where it only speaks PostgreSQL's language."""
    version = str(session.rows("SELECT version() AS version", "the version")[0]["version"])
    if "redshift" in version.lower():
        raise DatabaseUnread(
            f"{session.address.shown} is a Redshift database: `leaktight catalog query redshift` prints the queries to run "
            "there, and `leaktight catalog import FILE…` reads their results."
        )
    tables = session.rows(_TABLES, "the tables")
    columns = by_table(session.rows(_COLUMNS, "the columns"))
    keys = by_table(session.rows(_KEYS, "the keys"))
    indexes = by_table(session.rows(_INDEXES, "the indexes"))
    sizes = {(row["table_schema"], row["table_name"]): row for row in session.rows(_SIZES, "the sizes")}
    found = []
    for row in tables:
        at = (row["table_schema"], row["table_name"])
        name = TableName(at)
        if row["is_partition"]:
            found.append(Table(name, kind="partition", complete=False))
            continue
        kind = _KINDS[row["kind"]]
        found.append(
            Table(
                name,
                {column.name: column for column in _columns(columns.get(at, ()), kind)},
                keys=tuple(_key(key) for key in keys.get(at, ())),
                indexes=tuple(_index(index) for index in indexes.get(at, ())),
                partitioning=_partitioning(row),
                kind=kind,
                comment=row["comment"],
                statistics=_statistics(sizes.get(at)),
            )
        )
    return found


def _columns(rows: Sequence[Row], kind: str) -> list[Column]:
    view = kind in {"view", "materialized"}  # the columns of a view are never marked NOT NULL
    found = []
    for row in rows:
        default = row["column_default"]
        serial = default is not None and default.startswith("nextval(")
        found.append(
            Column(
                row["column_name"],
                _upper(row["data_type"]),
                nullable=None if view else not row["not_null"],
                default=None if default is None or serial else plain_default(default),
                comment=row["comment"],
                generated=bool(row["generated"] or serial),
            )
        )
    return found


def _upper(kind: str) -> str:
    """Give a type in upper case, but for quoted names, whose case counts."""
    pieces = kind.split('"')
    return '"'.join(piece if at % 2 else piece.upper() for at, piece in enumerate(pieces))


def _key(row: Row) -> Key:
    foreign = row["kind"] == "f"
    return Key(
        _KEYS_BY_LETTER[row["kind"]],
        tuple(row["columns"]),
        references=TableName((row["other_schema"], row["other_table"])) if foreign else None,
        referenced_columns=tuple(row["other_columns"]) if foreign else (),
        enforced=row["enforced"],
        name=row["name"],
    )


def _index(row: Row) -> Index:
    columns = tuple(row["columns"])
    searched = row["searched"]
    return Index(
        row["name"],
        columns[:searched],
        unique=row["is_unique"],
        predicate=row["predicate"],
        method=None if row["method"] == "btree" else row["method"],
        included=columns[searched:],
    )


def _partitioning(row: Row) -> Partitioning | None:
    clause = row["partition_key"]
    if clause is None:
        return None
    read = declared_partitioning(clause, "postgres")
    if read is not None:
        return read
    kind = clause.partition(" ")[0].lower()
    return Partitioning(tuple(row["partition_columns"]), clause, kind) if row["partition_columns"] else None


def _statistics(row: Mapping[str, object] | None) -> Statistics | None:
    """Give the estimates of a table; rows that were never counted are unknown, and are not 0."""
    if row is None:
        return None
    rows = None if row["unknown"] or row["row_count"] is None else int(str(row["row_count"]))
    leaves = int(str(row["leaves"])) if row["partitioned"] else None
    return Statistics(rows, int(str(row["bytes"] or 0)), leaves)
