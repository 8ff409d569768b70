"""DROP … CASCADE."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    ChangeRule,
    DropColumn,
    DropKey,
    DropObject,
    DropTable,
    Finding,
    Fix,
    Good,
    How,
    SchemaChange,
)

_DROPS = (DropColumn, DropKey, DropObject, DropTable)
_WHOLE = frozenset({"database", "schema"})


class DropCascade(ChangeRule):
    """`DROP … CASCADE` also drops what depends on the thing that is dropped, whatever that is where it runs.

    Views, foreign keys of other tables, functions, columns of a type: they go without being named, and differ from one
    environment to the next. Without the word the database lists them and does nothing. Name them, and drop them first.

    Left alone: things that the same file has made; engines that take the word and ignore it (MySQL); schemas, of which another
    rule speaks.
    """

    name = "drop-cascade"
    category = Category.MIGRATION
    examples = (
        Bad(
            """
            drop view if exists open_orders cascade;
                                            ^^^^^^^ drops whatever depends on `open_orders`, without naming it
            """,
            dialect="postgres",
        ),
        Bad(
            """
            alter table customers drop column region cascade;
                                                     ^^^^^^^ drops whatever depends on `region`
            """,
            dialect="postgres",
        ),
        Good("drop view open_order_totals; drop view open_orders;", dialect="postgres"),
        Good("create table t (a int); drop table t cascade;", dialect="postgres"),
    )

    def check(self, change: SchemaChange) -> Iterator[Finding]:
        """Yield the word CASCADE."""
        dropped = change.change
        if not isinstance(dropped, _DROPS) or How.CASCADE not in change.how or not change.live or change.fresh_column:
            return
        if change.dialect in {"mysql", "singlestore"} or (isinstance(dropped, DropObject) and dropped.kind in _WHOLE):
            return
        word = change.word("CASCADE")
        together = change.together()
        # All names of a DROP have one CASCADE; of an ALTER each action has its own, and may drop more than one thing.
        if next(one for one in together if change.table_span is None or one.span == change.span) is not change:
            return
        what = str(change.name)
        if isinstance(dropped, DropColumn):
            what = dropped.column
        elif isinstance(dropped, DropKey):
            what = dropped.key or "the key"
        yield Finding(
            word or change.place,
            f"`CASCADE` drops whatever depends on `{what}`, without naming it{change.takes}",
            fix=Fix.hint("leave `CASCADE` out, and drop by name what the database then lists"),
        )
