"""What Snowflake's INFORMATION_SCHEMA says: https://docs.snowflake.com/en/sql-reference/info-schema."""

from __future__ import annotations

from leaktight.database.queries import Queries, Query

_COLUMNS = """\
SELECT
  'snowflake' AS dialect,
  c.table_catalog, c.table_schema, c.table_name, c.column_name, c.ordinal_position, c.is_nullable, c.data_type,
  c.character_maximum_length, c.numeric_precision, c.numeric_scale, c.column_default, c.is_identity, c.comment
FROM information_schema.columns AS c
WHERE c.table_schema IN ('SHOP')
ORDER BY c.table_schema, c.table_name, c.ordinal_position"""
_TABLES = """\
SELECT
  'snowflake' AS dialect,
  t.table_catalog, t.table_schema, t.table_name, t.table_type, t.clustering_key, t.row_count, t.bytes, t.comment
FROM information_schema.tables AS t
WHERE t.table_schema IN ('SHOP')
ORDER BY t.table_schema, t.table_name"""
_LOCAL = """\
SHOW {kind} KEYS IN DATABASE;
SELECT
  'snowflake' AS dialect,
  "database_name" AS table_catalog, "schema_name" AS table_schema, "table_name" AS table_name,
  "schema_name" AS constraint_schema, "constraint_name" AS constraint_name, '{type}' AS constraint_type,
  "column_name" AS column_name, "key_sequence" AS ordinal_position
FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))
WHERE "schema_name" IN ('SHOP')
ORDER BY "schema_name", "table_name", "constraint_name", "key_sequence\""""
_FOREIGN = """\
SHOW IMPORTED KEYS IN DATABASE;
SELECT
  'snowflake' AS dialect,
  "fk_database_name" AS table_catalog, "fk_schema_name" AS table_schema, "fk_table_name" AS table_name,
  "fk_schema_name" AS constraint_schema, "fk_name" AS constraint_name, 'FOREIGN KEY' AS constraint_type,
  "fk_column_name" AS column_name, "key_sequence" AS ordinal_position,
  "pk_database_name" AS referenced_table_catalog, "pk_schema_name" AS referenced_table_schema,
  "pk_table_name" AS referenced_table_name, "pk_column_name" AS referenced_column_name
FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))
WHERE "fk_schema_name" IN ('SHOP')
ORDER BY "fk_schema_name", "fk_table_name", "fk_name", "key_sequence\""""

QUERIES = Queries(
    "snowflake",
    (
        "Choose the database first (USE DATABASE …), and put your schemas in place of `SHOP`.",
        "One way to run a query: snow sql -f columns.sql --format json > columns.json",
        "Of two statements, save the result of the last one.",
    ),
    (
        Query("columns", "the columns", _COLUMNS),
        Query("tables", "kinds, cluster keys, comments and sizes of tables", _TABLES),
        Query("primary_keys", "primary keys", _LOCAL.format(kind="PRIMARY", type="PRIMARY KEY")),
        Query("unique_keys", "unique keys", _LOCAL.format(kind="UNIQUE", type="UNIQUE")),
        Query("foreign_keys", "foreign keys", _FOREIGN),
    ),
)
