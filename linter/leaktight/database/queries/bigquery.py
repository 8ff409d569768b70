"""What BigQuery's INFORMATION_SCHEMA says: https://cloud.google.com/bigquery/docs/information-schema-intro."""

from __future__ import annotations

from leaktight.database.queries import Queries, Query

_COLUMNS = """\
SELECT
  'bigquery' AS dialect,
  c.table_catalog, c.table_schema, c.table_name, c.column_name, c.ordinal_position, c.is_nullable, c.data_type,
  c.column_default, c.is_hidden, c.is_partitioning_column, c.clustering_ordinal_position, p.description
FROM `region-eu`.INFORMATION_SCHEMA.COLUMNS AS c
LEFT JOIN `region-eu`.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS AS p
  ON p.table_catalog = c.table_catalog AND p.table_schema = c.table_schema AND p.table_name = c.table_name
  AND p.column_name = c.column_name AND p.field_path = c.column_name
WHERE c.table_schema IN ('shop')
ORDER BY c.table_schema, c.table_name, c.ordinal_position"""
_TABLES = """\
SELECT
  'bigquery' AS dialect,
  t.table_catalog, t.table_schema, t.table_name, t.table_type,
  REGEXP_EXTRACT(t.ddl, r'\\nPARTITION BY ([^\\n;]+)') AS partition_expression,
  s.total_rows, s.total_logical_bytes, s.total_partitions
FROM `region-eu`.INFORMATION_SCHEMA.TABLES AS t
LEFT JOIN `region-eu`.INFORMATION_SCHEMA.TABLE_STORAGE AS s
  ON s.project_id = t.table_catalog AND s.table_schema = t.table_schema AND s.table_name = t.table_name
  AND NOT s.deleted
WHERE t.table_schema IN ('shop')
ORDER BY t.table_schema, t.table_name"""
_OPTIONS = """\
SELECT 'bigquery' AS dialect, table_catalog, table_schema, table_name, option_name, option_value
FROM `region-eu`.INFORMATION_SCHEMA.TABLE_OPTIONS
WHERE table_schema IN ('shop')
  AND option_name IN ('description', 'require_partition_filter', 'partition_expiration_days')
ORDER BY table_schema, table_name, option_name"""
_KEYS = """\
SELECT
  'bigquery' AS dialect,
  k.table_catalog, k.table_schema, k.table_name, k.constraint_schema, k.constraint_name, c.constraint_type,
  k.column_name, k.ordinal_position,
  u.table_catalog AS referenced_table_catalog, u.table_schema AS referenced_table_schema,
  u.table_name AS referenced_table_name, p.column_name AS referenced_column_name
FROM shop.INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS k
JOIN shop.INFORMATION_SCHEMA.TABLE_CONSTRAINTS AS c ON c.constraint_name = k.constraint_name
LEFT JOIN (
  SELECT DISTINCT constraint_name, table_catalog, table_schema, table_name
  FROM shop.INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE
) AS u ON u.constraint_name = k.constraint_name AND c.constraint_type = 'FOREIGN KEY'
LEFT JOIN shop.INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS p
  ON p.table_schema = u.table_schema AND p.table_name = u.table_name
  AND p.position_in_unique_constraint IS NULL AND p.ordinal_position = k.position_in_unique_constraint
ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position"""

QUERIES = Queries(
    "bigquery",
    (
        "Put your region in place of `region-eu`, and your datasets in place of `shop`; the keys are asked of each dataset.",
        "One way to run a query: bq query --use_legacy_sql=false --format=json --max_rows=1000000 < columns.sql",
    ),
    (
        Query("columns", "the columns", _COLUMNS),
        Query("tables", "kinds, partitions and sizes of tables", _TABLES),
        Query("options", "descriptions, retention, required filters", _OPTIONS),
        Query("keys", "primary and foreign keys", _KEYS),
    ),
)
