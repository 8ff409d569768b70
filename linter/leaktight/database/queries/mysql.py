"""What MySQL and MariaDB say to whoever cannot be connected to from here."""

from __future__ import annotations

from leaktight.database.queries import Queries, Query

_COLUMNS = """\
SELECT
  'mysql' AS dialect,
  c.table_schema AS table_schema, c.table_name AS table_name, c.column_name AS column_name,
  c.ordinal_position AS ordinal_position, c.is_nullable AS is_nullable, c.column_type AS column_type,
  c.column_default AS column_default, c.extra AS extra, c.column_comment AS column_comment
FROM information_schema.columns AS c
WHERE c.table_schema IN ('shop')
ORDER BY c.table_schema, c.table_name, c.ordinal_position"""
_TABLES = """\
SELECT
  'mysql' AS dialect,
  t.table_schema AS table_schema, t.table_name AS table_name, t.table_type AS table_type,
  CASE WHEN t.table_type = 'BASE TABLE' THEN t.table_comment END AS table_comment,
  t.table_rows AS table_rows, t.data_length + t.index_length AS bytes,
  p.partition_expression AS partition_expression, p.partitions AS total_partitions
FROM information_schema.tables AS t
LEFT JOIN (
  SELECT table_schema, table_name, COUNT(*) AS partitions,
    CONCAT(MAX(partition_method), ' (', MAX(partition_expression), ')') AS partition_expression
  FROM information_schema.partitions
  WHERE partition_name IS NOT NULL
  GROUP BY table_schema, table_name
) AS p ON p.table_schema = t.table_schema AND p.table_name = t.table_name
WHERE t.table_schema IN ('shop')
ORDER BY t.table_schema, t.table_name"""
_KEYS = """\
SELECT
  'mysql' AS dialect,
  k.table_schema AS table_schema, k.table_name AS table_name, k.constraint_schema AS constraint_schema,
  k.constraint_name AS constraint_name, c.constraint_type AS constraint_type, k.column_name AS column_name,
  k.ordinal_position AS ordinal_position, k.referenced_table_schema AS referenced_table_schema,
  k.referenced_table_name AS referenced_table_name, k.referenced_column_name AS referenced_column_name
FROM information_schema.key_column_usage AS k
JOIN information_schema.table_constraints AS c
  ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name AND c.table_name = k.table_name
WHERE k.table_schema IN ('shop')
ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position"""
_INDEXES = """\
SELECT
  'mysql' AS dialect,
  s.table_schema AS table_schema, s.table_name AS table_name, s.index_name AS index_name,
  s.seq_in_index AS seq_in_index,
  CASE WHEN s.sub_part IS NULL THEN s.column_name ELSE CONCAT(s.column_name, '(', s.sub_part, ')') END AS column_name,
  s.non_unique AS non_unique, s.index_type AS index_type
FROM information_schema.statistics AS s
WHERE s.table_schema IN ('shop') AND NOT EXISTS (
  SELECT 1 FROM information_schema.table_constraints AS c
  WHERE c.table_schema = s.table_schema AND c.table_name = s.table_name AND c.constraint_name = s.index_name
    AND c.constraint_type IN ('PRIMARY KEY', 'UNIQUE')
)
ORDER BY s.table_schema, s.table_name, s.index_name, s.seq_in_index"""

QUERIES = Queries(
    "mysql",
    (
        "Put your databases in place of `shop`.",
        "One way to run a query: mysql --batch < columns.sql > columns.csv",
        "Where the database can be reached from here, `leaktight catalog pull URL` does all of it.",
    ),
    (
        Query("columns", "the columns", _COLUMNS),
        Query("tables", "kinds, partitions, comments and sizes of tables", _TABLES),
        Query("keys", "primary, unique and foreign keys", _KEYS),
        Query("indexes", "indexes, but those that a key makes", _INDEXES),
    ),
)
