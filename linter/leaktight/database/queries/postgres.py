"""What PostgreSQL says to whoever cannot be connected to from here: less than a pull, as all of `information_schema` is."""

from __future__ import annotations

from leaktight.database.queries import Queries, Query

_COLUMNS = """\
SELECT
  'postgres' AS dialect,
  c.table_schema, c.table_name, c.column_name, c.ordinal_position, c.is_nullable, c.data_type, c.udt_name,
  c.character_maximum_length, c.numeric_precision, c.numeric_scale, c.column_default, c.is_identity, c.is_generated,
  col_description(CAST(format('%I.%I', c.table_schema, c.table_name) AS regclass), c.ordinal_position) AS comment
FROM information_schema.columns AS c
WHERE c.table_schema IN ('shop') AND NOT EXISTS (
  SELECT 1 FROM pg_class AS t
  WHERE t.oid = CAST(format('%I.%I', c.table_schema, c.table_name) AS regclass) AND t.relispartition
)
ORDER BY c.table_schema, c.table_name, c.ordinal_position"""
_TABLES = """\
SELECT
  'postgres' AS dialect,
  t.table_schema, t.table_name, t.table_type, obj_description(c.oid, 'pg_class') AS comment,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_expression,
  CASE WHEN c.relkind = 'r' AND c.reltuples >= 0 THEN CAST(c.reltuples AS BIGINT) END AS row_count,
  CASE WHEN c.relkind = 'r' THEN pg_total_relation_size(c.oid) END AS bytes
FROM information_schema.tables AS t
JOIN pg_namespace AS n ON n.nspname = t.table_schema
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = t.table_name
WHERE t.table_schema IN ('shop') AND NOT c.relispartition
ORDER BY t.table_schema, t.table_name"""
_KEYS = """\
SELECT
  'postgres' AS dialect,
  n.nspname AS table_schema, t.relname AS table_name, n.nspname AS constraint_schema, k.conname AS constraint_name,
  CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END AS constraint_type,
  a.attname AS column_name, s.at AS ordinal_position,
  fn.nspname AS referenced_table_schema, f.relname AS referenced_table_name, fa.attname AS referenced_column_name
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
CROSS JOIN LATERAL generate_subscripts(k.conkey, 1) AS s (at)
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[s.at]
LEFT JOIN pg_class AS f ON f.oid = k.confrelid
LEFT JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
LEFT JOIN pg_attribute AS fa ON fa.attrelid = k.confrelid AND fa.attnum = k.confkey[s.at]
WHERE k.contype IN ('p', 'u', 'f') AND n.nspname IN ('shop') AND NOT t.relispartition
ORDER BY n.nspname, t.relname, k.conname, s.at"""
_INDEXES = """\
SELECT
  'postgres' AS dialect,
  n.nspname AS table_schema, t.relname AS table_name, x.relname AS index_name, pg_get_indexdef(i.indexrelid) AS index_ddl
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE n.nspname IN ('shop') AND i.indisvalid AND NOT t.relispartition
  AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
ORDER BY n.nspname, t.relname, x.relname"""

QUERIES = Queries(
    "postgres",
    (
        "Put your schemas in place of `shop`.",
        'One way to run a query: psql --csv -f columns.sql "$DATABASE_URL" > columns.csv',
        "Where the database can be reached from here, `leaktight catalog pull URL` does all of it.",
    ),
    (
        Query("columns", "the columns", _COLUMNS),
        Query("tables", "kinds, partitions, comments and sizes of tables", _TABLES),
        Query("keys", "primary, unique and foreign keys", _KEYS),
        Query("indexes", "indexes, but those that a key makes", _INDEXES),
    ),
)
