"""A linter that keeps data pipelines from leaking.

What stands in `__all__` is the API that rules are written with; each name is loaded when it is first asked for, so that
the command line starts without a parser.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # type checkers read what follows; importing `typing` would double the time of a start
if TYPE_CHECKING:
    from sqlglot import exp

    from leaktight.catalog import assigning, column_types, conversions, personal, pruning, star, wording
    from leaktight.catalog.assigning import Becomes, Lost
    from leaktight.catalog.catalog import Catalog
    from leaktight.catalog.change import (
        AddCheck,
        AddColumn,
        AddExclusion,
        AddIndex,
        AddKey,
        AlterColumn,
        CreateTable,
        DetachPartition,
        DropColumn,
        DropIndex,
        DropKey,
        DropTable,
        RenameColumn,
        RenameTable,
    )
    from leaktight.catalog.column_types import TypeFamily
    from leaktight.catalog.locks import Deed
    from leaktight.catalog.openings import Made
    from leaktight.catalog.pruning import Against, Verdict
    from leaktight.catalog.table import (
        Check,
        Clustering,
        Column,
        Index,
        Key,
        KeyKind,
        Part,
        Partitioning,
        Statistics,
        Table,
        TableName,
    )
    from leaktight.context import PathContext
    from leaktight.diagnostics import Applicability, Finding, Fix, Location, Related, Severity
    from leaktight.embedding.call import Argument, Function, Loop, SqlCall
    from leaktight.incremental_rule import IncrementalReadRule
    from leaktight.languages.document import Document
    from leaktight.languages.javascript.document import JavascriptDocument
    from leaktight.languages.python.document import PythonDocument
    from leaktight.languages.sql import clauses, endings, holding, predicates, pseudo_columns
    from leaktight.languages.sql.column_order import exchanged
    from leaktight.languages.sql.document import SqlDocument
    from leaktight.languages.sql.known_tables import KnownColumn
    from leaktight.languages.sql.query_files import is_of_sqlc, names_queries
    from leaktight.languages.sql.resolver import Lookup, Output, Resolver
    from leaktight.languages.sql.rows import gives_one, gives_one_row, reads_table
    from leaktight.languages.sql.scope import Condition, Relation, RelationKind, Scope
    from leaktight.languages.sql.star import Star
    from leaktight.languages.sql.statements import Statement
    from leaktight.operations import emptying, lookups, whole_rows
    from leaktight.operations.advice import ddl
    from leaktight.operations.advice.documents import queried_keys
    from leaktight.operations.advice.indexes import index_use, missing_indexes
    from leaktight.operations.advice.partitions import partition_use
    from leaktight.operations.credentials import Credential, credentials
    from leaktight.operations.dag import Dag, Setting, Task
    from leaktight.operations.ddl.create import DeclaredTable
    from leaktight.operations.dynamodb import DynamodbRequest, Parameter
    from leaktight.operations.hosted_sql import HostedSql
    from leaktight.operations.incremental import IncrementalRead
    from leaktight.operations.migrating.concurrent import concurrently
    from leaktight.operations.named_statements import named_statements
    from leaktight.operations.partition_filters import is_bounded, is_found_by_index, means_all_rows
    from leaktight.operations.partition_reads import PartitionRead, ReadBound, partition_reads
    from leaktight.operations.pasting.pasted import Pasted
    from leaktight.operations.project import DynamodbTable, Project
    from leaktight.operations.schema_change import How, Migration, SchemaChange
    from leaktight.operations.schema_step import (
        AlterEnum,
        DropObject,
        EmptyTable,
        FillRows,
        RebuildTable,
        RenameSchema,
        RestrictDomain,
        ValidateConstraint,
    )
    from leaktight.operations.table_changes import DeclaredColumn, declared_columns, declared_tables, is_told_once
    from leaktight.operations.table_declarations import IndexDeclaration, TableDeclaration, told_beside, told_together
    from leaktight.operations.table_write import Evidence, Guard, TableWrite, WriteMethod
    from leaktight.operations.versioned import VersionedWrite
    from leaktight.rule import (
        Bad,
        CallRule,
        Category,
        ChangeRule,
        DagRule,
        DocumentRule,
        DynamodbRule,
        EngineRule,
        Good,
        IndexRule,
        PythonRule,
        Rule,
        SqlOrTableRule,
        SqlRule,
        Stage,
        TableOrModelRule,
        TableRule,
        WriteRule,
        option,
    )
    from leaktight.source import HoleKind, Segment
    from leaktight.text import Edit, Span, is_slip, listed, names_in, nearest, shortened, words_of
    from leaktight.versioned_rule import VersionedWriteRule

__version__ = "0.1.0"

_HOMES = {
    "sqlglot": ("exp",),
    "leaktight.catalog": ("assigning", "column_types", "conversions", "personal", "pruning", "star", "wording"),
    "leaktight.catalog.assigning": ("Becomes", "Lost"),
    "leaktight.catalog.catalog": ("Catalog",),
    "leaktight.catalog.change": (
        "AddCheck", "AddColumn", "AddExclusion", "AddIndex", "AddKey", "AlterColumn", "CreateTable",
        "DetachPartition", "DropColumn", "DropIndex",
        "DropKey", "DropTable", "RenameColumn", "RenameTable",
    ),
    "leaktight.catalog.column_types": ("TypeFamily",),
    "leaktight.catalog.locks": ("Deed",),
    "leaktight.catalog.openings": ("Made",),
    "leaktight.catalog.pruning": ("Against", "Verdict"),
    "leaktight.catalog.table": (
        "Check", "Clustering", "Column", "Index", "Key", "KeyKind", "Part", "Partitioning", "Statistics", "Table",
        "TableName",
    ),
    "leaktight.context": ("PathContext",),
    "leaktight.diagnostics": ("Applicability", "Finding", "Fix", "Location", "Related", "Severity"),
    "leaktight.embedding.call": ("Argument", "Function", "Loop", "SqlCall"),
    "leaktight.incremental_rule": ("IncrementalReadRule",),
    "leaktight.languages.document": ("Document",),
    "leaktight.languages.javascript.document": ("JavascriptDocument",),
    "leaktight.languages.python.document": ("PythonDocument",),
    "leaktight.languages.sql": ("clauses", "endings", "holding", "predicates", "pseudo_columns"),
    "leaktight.languages.sql.column_order": ("exchanged",),
    "leaktight.languages.sql.document": ("SqlDocument",),
    "leaktight.languages.sql.known_tables": ("KnownColumn",),
    "leaktight.languages.sql.resolver": ("Lookup", "Output", "Resolver"),
    "leaktight.languages.sql.rows": ("gives_one", "gives_one_row", "reads_table"),
    "leaktight.languages.sql.scope": ("Condition", "Relation", "RelationKind", "Scope"),
    "leaktight.languages.sql.query_files": ("is_of_sqlc", "names_queries"),
    "leaktight.languages.sql.star": ("Star",),
    "leaktight.languages.sql.statements": ("Statement",),
    "leaktight.operations.advice": ("ddl",),
    "leaktight.operations.advice.documents": ("queried_keys",),
    "leaktight.operations.advice.indexes": ("index_use", "missing_indexes"),
    "leaktight.operations.advice.partitions": ("partition_use",),
    "leaktight.operations.credentials": ("Credential", "credentials"),
    "leaktight.operations.dag": ("Dag", "Setting", "Task"),
    "leaktight.operations.dynamodb": ("DynamodbRequest", "Parameter"),
    "leaktight.operations.hosted_sql": ("HostedSql",),
    "leaktight.operations.ddl.create": ("DeclaredTable",),
    "leaktight.operations.incremental": ("IncrementalRead",),
    "leaktight.operations.migrating.concurrent": ("concurrently",),
    "leaktight.operations.named_statements": ("named_statements",),
    "leaktight.operations.partition_filters": ("is_bounded", "is_found_by_index", "means_all_rows"),
    "leaktight.operations.partition_reads": ("PartitionRead", "ReadBound", "partition_reads"),
    "leaktight.operations.pasting.pasted": ("Pasted",),
    "leaktight.operations.project": ("DynamodbTable", "Project"),
    "leaktight.operations.schema_change": ("How", "Migration", "SchemaChange"),
    "leaktight.operations.schema_step": (
        "AlterEnum", "DropObject", "EmptyTable", "FillRows", "RebuildTable", "RenameSchema",
        "RestrictDomain", "ValidateConstraint",
    ),
    "leaktight.operations.table_changes": ("DeclaredColumn", "declared_columns", "declared_tables", "is_told_once"),
    "leaktight.operations.table_declarations": ("IndexDeclaration", "TableDeclaration", "told_beside", "told_together"),
    "leaktight.operations.table_write": ("Evidence", "Guard", "TableWrite", "WriteMethod"),
    "leaktight.operations": ("emptying", "lookups", "whole_rows"),
    "leaktight.operations.versioned": ("VersionedWrite",),
    "leaktight.rule": (
        "Bad", "CallRule", "Category", "ChangeRule", "DagRule", "DocumentRule", "DynamodbRule", "EngineRule", "Good",
        "IndexRule", "PythonRule", "Rule", "SqlOrTableRule", "SqlRule", "Stage", "TableOrModelRule", "TableRule",
        "WriteRule", "option",
    ),
    "leaktight.source": ("HoleKind", "Segment"),
    "leaktight.text": ("Edit", "Span", "is_slip", "listed", "names_in", "nearest", "shortened", "words_of"),
    "leaktight.versioned_rule": ("VersionedWriteRule",),
}  # fmt: skip
_MODULES = frozenset(
    {
        "assigning", "emptying", "lookups",
        "clauses", "column_types", "conversions", "ddl", "endings", "holding", "personal", "predicates", "pruning", "star",
        "pseudo_columns", "whole_rows", "wording",
    }
)  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module `leaktight` has no attribute `{name}`")
    found: object
    found = import_module(f"{module}.{name}") if name in _MODULES else getattr(import_module(module), name)
    globals()[name] = found  # the next rule that imports it does not come here
    return found


__all__ = [
    "AddCheck", "AddColumn", "AddExclusion", "AddIndex", "AddKey", "Against", "AlterColumn", "AlterEnum",
    "Applicability", "Argument", "Bad", "Becomes", "CallRule", "Catalog", "Category", "ChangeRule", "Check",
    "Clustering", "Column", "Condition", "CreateTable", "Credential", "Dag", "DagRule", "DeclaredColumn",
    "DeclaredTable", "Deed", "DetachPartition", "Document", "DocumentRule", "DropColumn", "DropIndex", "DropKey",
    "DropObject", "DropTable", "DynamodbRequest", "DynamodbRule", "DynamodbTable", "Edit", "EmptyTable", "EngineRule",
    "Evidence", "FillRows", "Finding", "Fix", "Function", "Good", "Guard", "HoleKind", "HostedSql", "How",
    "IncrementalRead", "IncrementalReadRule", "Index", "IndexDeclaration", "IndexRule", "JavascriptDocument", "Key",
    "KeyKind", "KnownColumn", "Location", "Lookup", "Loop", "Lost", "Made", "Migration", "Output", "Parameter",
    "Part", "PartitionRead", "Partitioning", "Pasted", "PathContext", "Project", "PythonDocument", "PythonRule",
    "ReadBound", "RebuildTable", "Related", "Relation", "RelationKind", "RenameColumn", "RenameSchema", "RenameTable",
    "Resolver", "RestrictDomain", "Rule", "SchemaChange", "Scope", "Segment", "Setting", "Severity", "Span",
    "SqlCall", "SqlDocument", "SqlOrTableRule", "SqlRule", "Stage", "Star", "Statement", "Statistics", "Table",
    "TableDeclaration", "TableName", "TableOrModelRule", "TableRule", "TableWrite", "Task", "TypeFamily",
    "ValidateConstraint", "Verdict", "VersionedWrite", "VersionedWriteRule", "WriteMethod", "WriteRule", "assigning",
    "clauses", "column_types", "concurrently", "conversions", "credentials", "ddl", "declared_columns",
    "declared_tables", "emptying", "endings", "exchanged", "exp", "gives_one", "gives_one_row", "holding",
    "index_use", "is_bounded", "is_found_by_index", "is_of_sqlc", "is_slip", "is_told_once", "listed", "lookups",
    "means_all_rows", "missing_indexes", "named_statements", "names_in", "names_queries", "nearest", "option",
    "partition_reads", "partition_use", "personal", "predicates", "pruning", "pseudo_columns", "queried_keys",
    "reads_table", "shortened", "star", "told_beside", "told_together", "whole_rows", "wording", "words_of",
]  # fmt: skip
