"""What Redshift's system views say: https://docs.aws.amazon.com/redshift/latest/dg/c_intro_catalog_views.html."""

from __future__ import annotations

from leaktight.database.queries import Queries, Query

_COLUMNS = """\
SELECT
  'redshift' AS dialect,
  schema_name AS table_schema, table_name, column_name, ordinal_position, is_nullable, data_type, column_default,
  sortkey, remarks
FROM svv_redshift_columns
WHERE database_name = current_database() AND schema_name IN ('shop')
ORDER BY schema_name, table_name, ordinal_position"""
_TABLES = """\
SELECT
  'redshift' AS dialect,
  t.schema_name AS table_schema, t.table_name, t.table_type, t.remarks,
  CAST(i.tbl_rows AS BIGINT) AS row_count, CAST(i.size AS BIGINT) * 1048576 AS bytes
FROM svv_redshift_tables AS t
LEFT JOIN svv_table_info AS i ON i."schema" = t.schema_name AND i."table" = t.table_name
WHERE t.database_name = current_database() AND t.schema_name IN ('shop')
ORDER BY t.schema_name, t.table_name"""
_KEYS = """\
SELECT
  'redshift' AS dialect,
  n.nspname AS table_schema, r.relname AS table_name, n.nspname AS constraint_schema, c.conname AS constraint_name,
  CASE c.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END AS constraint_type,
  a.attname AS column_name, s.at AS ordinal_position,
  fn.nspname AS referenced_table_schema, f.relname AS referenced_table_name, fa.attname AS referenced_column_name
FROM pg_constraint AS c
JOIN pg_class AS r ON r.oid = c.conrelid
JOIN pg_namespace AS n ON n.oid = r.relnamespace
JOIN (
  SELECT 1 AS at UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6
  UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11 UNION ALL SELECT 12
) AS s ON s.at <= array_upper(c.conkey, 1)
JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[s.at]
LEFT JOIN pg_class AS f ON f.oid = c.confrelid
LEFT JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
LEFT JOIN pg_attribute AS fa ON fa.attrelid = c.confrelid AND fa.attnum = c.confkey[s.at]
WHERE c.contype IN ('p', 'u', 'f') AND n.nspname IN ('shop')
ORDER BY n.nspname, r.relname, c.conname, s.at"""

QUERIES = Queries(
    "redshift",
    (
        "Put your schemas in place of `shop`.",
        'One way to run a query: psql --csv -f columns.sql "$REDSHIFT_URL" > columns.csv',
    ),
    (
        Query("columns", "the columns and sort keys", _COLUMNS),
        Query("tables", "kinds, comments and sizes of tables", _TABLES),
        Query("keys", "primary, unique and foreign keys", _KEYS),
    ),
)
