"""What Unity Catalog's information schema says: https://docs.databricks.com/en/sql/language-manual/sql-ref-information-schema.html."""

from __future__ import annotations

from leaktight.database.queries import Queries, Query

_COLUMNS = """\
SELECT
  'databricks' AS dialect,
  c.table_catalog, c.table_schema, c.table_name, c.column_name, c.ordinal_position, c.is_nullable, c.full_data_type,
  c.column_default, c.is_identity, c.partition_index, c.comment
FROM information_schema.columns AS c
WHERE c.table_schema IN ('shop')
ORDER BY c.table_schema, c.table_name, c.ordinal_position"""
_TABLES = """\
SELECT
  'databricks' AS dialect,
  t.table_catalog, t.table_schema, t.table_name, t.table_type, t.comment
FROM information_schema.tables AS t
WHERE t.table_schema IN ('shop')
ORDER BY t.table_schema, t.table_name"""
_KEYS = """\
SELECT
  'databricks' AS dialect,
  k.table_catalog, k.table_schema, k.table_name, k.constraint_schema, k.constraint_name, c.constraint_type,
  k.column_name, k.ordinal_position,
  p.table_catalog AS referenced_table_catalog, p.table_schema AS referenced_table_schema,
  p.table_name AS referenced_table_name, p.column_name AS referenced_column_name
FROM information_schema.key_column_usage AS k
JOIN information_schema.table_constraints AS c
  ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name AND c.table_name = k.table_name
LEFT JOIN information_schema.referential_constraints AS r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
LEFT JOIN information_schema.key_column_usage AS p
  ON p.constraint_schema = r.unique_constraint_schema AND p.constraint_name = r.unique_constraint_name
  AND p.ordinal_position = k.position_in_unique_constraint
WHERE k.table_schema IN ('shop')
ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position"""

QUERIES = Queries(
    "databricks",
    (
        "Choose the catalog first (USE CATALOG …), and put your schemas in place of `shop`.",
        "One way to run a query: the SQL editor, whose results can be downloaded as CSV.",
    ),
    (
        Query("columns", "the columns and partitions", _COLUMNS),
        Query("tables", "kinds and comments of tables", _TABLES),
        Query("keys", "primary and foreign keys", _KEYS),
    ),
)
