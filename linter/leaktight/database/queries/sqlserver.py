"""What SQL Server's INFORMATION_SCHEMA and its `sys` views say: https://learn.microsoft.com/en-us/sql/relational-databases/system-information-schema-views."""

from __future__ import annotations

from leaktight.database.queries import Queries, Query

_COLUMNS = """\
SELECT
  'tsql' AS dialect,
  c.TABLE_SCHEMA AS table_schema, c.TABLE_NAME AS table_name, c.COLUMN_NAME AS column_name,
  ROW_NUMBER() OVER (PARTITION BY c.TABLE_SCHEMA, c.TABLE_NAME ORDER BY c.ORDINAL_POSITION) AS ordinal_position,
  c.IS_NULLABLE AS is_nullable, c.DATA_TYPE AS data_type, c.CHARACTER_MAXIMUM_LENGTH AS character_maximum_length,
  c.NUMERIC_PRECISION AS numeric_precision, c.NUMERIC_SCALE AS numeric_scale, c.COLUMN_DEFAULT AS column_default,
  CASE WHEN s.is_identity = 1 OR s.is_computed = 1 THEN 'YES' ELSE 'NO' END AS is_identity
FROM INFORMATION_SCHEMA.COLUMNS AS c
JOIN sys.columns AS s
  ON s.object_id = OBJECT_ID(QUOTENAME(c.TABLE_SCHEMA) + '.' + QUOTENAME(c.TABLE_NAME)) AND s.name = c.COLUMN_NAME
WHERE c.TABLE_SCHEMA IN ('shop')
ORDER BY c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION"""
_TABLES = """\
SELECT
  'tsql' AS dialect,
  t.TABLE_SCHEMA AS table_schema, t.TABLE_NAME AS table_name, t.TABLE_TYPE AS table_type, p.row_count, p.bytes
FROM INFORMATION_SCHEMA.TABLES AS t
LEFT JOIN (
  SELECT object_id, SUM(CASE WHEN index_id IN (0, 1) THEN row_count END) AS row_count,
    SUM(reserved_page_count) * 8192 AS bytes
  FROM sys.dm_db_partition_stats
  GROUP BY object_id
) AS p ON p.object_id = OBJECT_ID(QUOTENAME(t.TABLE_SCHEMA) + '.' + QUOTENAME(t.TABLE_NAME))
WHERE t.TABLE_SCHEMA IN ('shop')
ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME"""
_KEYS = """\
SELECT
  'tsql' AS dialect,
  s.name AS table_schema, t.name AS table_name, s.name AS constraint_schema, k.name AS constraint_name,
  CASE WHEN k.type = 'PK' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END AS constraint_type,
  c.name AS column_name, i.key_ordinal AS ordinal_position,
  NULL AS referenced_table_schema, NULL AS referenced_table_name, NULL AS referenced_column_name
FROM sys.key_constraints AS k
JOIN sys.tables AS t ON t.object_id = k.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
JOIN sys.index_columns AS i ON i.object_id = t.object_id AND i.index_id = k.unique_index_id AND i.key_ordinal > 0
JOIN sys.columns AS c ON c.object_id = t.object_id AND c.column_id = i.column_id
WHERE s.name IN ('shop')
UNION ALL
SELECT
  'tsql', s.name, t.name, s.name, f.name, 'FOREIGN KEY', c.name, fc.constraint_column_id, rs.name, rt.name, rc.name
FROM sys.foreign_keys AS f
JOIN sys.tables AS t ON t.object_id = f.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
JOIN sys.foreign_key_columns AS fc ON fc.constraint_object_id = f.object_id
JOIN sys.columns AS c ON c.object_id = fc.parent_object_id AND c.column_id = fc.parent_column_id
JOIN sys.tables AS rt ON rt.object_id = f.referenced_object_id
JOIN sys.schemas AS rs ON rs.schema_id = rt.schema_id
JOIN sys.columns AS rc ON rc.object_id = fc.referenced_object_id AND rc.column_id = fc.referenced_column_id
WHERE s.name IN ('shop')"""
_INDEXES = """\
SELECT
  'tsql' AS dialect,
  s.name AS table_schema, t.name AS table_name, i.name AS index_name, ic.key_ordinal AS seq_in_index,
  c.name AS column_name, CASE WHEN i.is_unique = 1 THEN 0 ELSE 1 END AS non_unique, i.filter_definition AS predicate
FROM sys.indexes AS i
JOIN sys.tables AS t ON t.object_id = i.object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id AND ic.key_ordinal > 0
JOIN sys.columns AS c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
WHERE s.name IN ('shop') AND i.is_primary_key = 0 AND i.is_unique_constraint = 0 AND i.is_disabled = 0
ORDER BY s.name, t.name, i.name, ic.key_ordinal"""

QUERIES = Queries(
    "sqlserver",
    (
        "Put your schemas in place of `shop`.",
        "One way to run a query: Azure Data Studio or SSMS, whose results can be saved as CSV with headers.",
    ),
    (
        Query("columns", "the columns", _COLUMNS),
        Query("tables", "kinds and sizes of tables", _TABLES),
        Query("keys", "primary, unique and foreign keys", _KEYS),
        Query("indexes", "indexes, but those that a key makes", _INDEXES),
    ),
)
