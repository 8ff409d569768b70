"""Whether what is compared keeps a read of a partitioned table small: by a filter that arrives, or by an index."""

from __future__ import annotations

from sqlglot import exp

from leaktight.catalog.pruning import Against
from leaktight.catalog.table import Table
from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.partition_reads import PartitionRead, ReadBound


def is_bounded(read: PartitionRead, reads: tuple[PartitionRead, ...]) -> bool:
    """Say whether some predicate bounds a read; `reads` are all of its document."""
    return any(item.bounds and _arrives(item, read, reads) for item in read.found)


def _arrives(item: ReadBound, read: PartitionRead, reads: tuple[PartitionRead, ...]) -> bool:
    """Say whether a predicate bounds a read: by a value, or through a join with something that is bounded itself."""
    if item.bound.against is not Against.COLUMN:
        return True
    partitioned = {id(other.relation): other for other in reads if other.scope is read.scope}
    seen = {id(read.relation)}
    waiting = list(item.through)
    while waiting:
        relation = waiting.pop()
        if id(relation) in seen:
            continue
        seen.add(id(relation))
        other = partitioned.get(id(relation))
        if other is None:
            return True
        for found in other.found:
            if not found.bounds:
                continue
            if found.bound.against is not Against.COLUMN:
                return True
            waiting += found.through
        if other.open or other.pushed:
            return True
    return False


def is_found_by_index(document: SqlDocument, read: PartitionRead) -> bool:
    """Say whether an engine with indexes finds the rows by an equality on the first column of a key or index.

    ClickHouse's sorting is the index of each partition.
    """
    keys = [index.columns for index in read.table.indexes] + list(read.table.unique_keys())
    if read.table.dialect == "clickhouse":
        keys = [read.table.clustering.columns] if read.table.clustering is not None else []
    elif document.is_warehouse:
        return False
    leading = {columns[0].lower() for columns in keys if columns}
    for condition in read.scope.conditions():
        node = predicates.unparenthesised(condition.node)
        if isinstance(node, (exp.EQ, exp.In)):
            for side in clauses.children(node):
                if isinstance(side, exp.Column) and side.name.lower() in leading:
                    owner = read.scope.owner(side)
                    if owner is None or owner[1] is read.relation:
                        return True
    return False


def means_all_rows(sql: SqlDocument, read: PartitionRead) -> bool:
    """Say whether all rows of a table are wanted: by a dbt model that is made anew, for a copy of the table's name, for a sum
    that runs from the first partition on, of a temporary table.

    A model that is said to be a view is not one: what its readers can filter is told from its columns, as of any view.
    """
    return read.table.temporary or _is_rebuilt(sql) or _is_copied(read) or _runs_from_the_first(read)


def _runs_from_the_first(read: PartitionRead) -> bool:
    """Say whether a window goes over all rows in the order of the partitions: `ORDER BY day ROWS UNBOUNDED PRECEDING`."""
    names = {name.lower() for name in read.names}
    for window in clauses.descendants(read.scope.node, into_queries=False):
        order = clauses.order(window) if isinstance(window, exp.Window) else None
        spec = clauses.frame(window) if isinstance(window, exp.Window) else None
        if order is None or spec is None or clauses.frame_start(spec) != "UNBOUNDED":
            continue
        if any(isinstance(part, exp.Column) and part.name.lower() in names for part in clauses.descendants(order)):
            return True
    return False


def _is_copied(read: PartitionRead) -> bool:
    """Say whether an INSERT fills `orders_temp` or `new_orders` with all of `orders`, to take its place or keep it, or back."""
    node = read.scope.node
    into = clauses.target(node.parent) if isinstance(node.parent, exp.Insert) else None
    name = clauses.table_name(into) if into is not None else None
    if name is None or clauses.where(node) or clauses.joins(node) or clauses.group(node):
        return False
    source, copy = read.table.name.name.lower(), name.name.lower()
    shorter, longer = sorted((source, copy), key=len)
    return longer != shorter and (longer.startswith(f"{shorter}_") or longer.endswith(f"_{shorter}"))


def _is_rebuilt(sql: SqlDocument) -> bool:
    models = [table for table in sql.catalog.declared_in(sql.source.path) if table.kind == "model"]
    return bool(models) and all(table.materialized in _REBUILT or _is_replaced(table) for table in models)


def _is_replaced(model: Table) -> bool:
    """Say whether what is called incremental is made anew: without partitions `insert_overwrite` replaces all of a table."""
    return model.strategy == "insert_overwrite" and model.partitioning is None


_REBUILT = frozenset({None, "table", "ephemeral"})
"""What dbt makes of a model without regard for what it made before; a view, if nothing is said."""
