"""SQL that does not parse."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, Finding, Good, SqlDocument, SqlRule

_READ = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "("})


class SyntaxError(SqlRule):  # noqa: A001  # the rule's name says which one it is
    """A query or a write in a `.sql` file does not parse.

    Either the engine refuses it too, or leaktight reads it in the wrong dialect: then set `dialect` for the file. The
    other rules have not seen the statement; those after it in the file they have.

    Left alone: queries that somebody is to fill in first (`FROM <SCHEMA>.orders`); files with template tags and SQL inside
    other languages, whose text is only whole at run time; tests and their data, which may be wrong on purpose; scripts with
    variables (`n := 1`), which are programs; and all statements but `SELECT`, `INSERT`, `UPDATE`, `DELETE` and `MERGE`: where
    an engine has a form of `CREATE` or `ALTER` that leaktight cannot read, that is no fault of the statement. They are counted
    in the summary as not analysed.
    """

    name = "syntax-error"
    category = Category.ENGINE
    examples = (
        Bad(
            """
            select id, from where orders;
                            ^^^^^ does not parse as `postgres`: expected table name
            """,
            dialect="postgres",
            hosts=False,
        ),
        Bad(
            """
            select 1;
            select id frm orders limit;
                          ^^^^^^ does not parse
            select 2;
            """,
            hosts=False,
        ),
        Good("select id from orders limit 10;"),
        Good("select id frm orders limit;", path="testdata/refused.sql", hosts=False, note="It may be meant."),
        Good("select id from <SCHEMA>.orders;", hosts=False, note="To be filled in; it counts as not analysed."),
        Good(
            "create warehouse loading with wait_for completion of jobs;",
            hosts=False,
            note="What leaktight cannot read of DDL counts as not analysed.",
        ),
        Good(
            "select id, from where {{ ref('orders') }}",
            note="What a template makes of this is not known; it counts as not analysed.",
            hosts=False,
        ),
        Good(
            'cursor.execute("select id, from where orders")',
            language="python",
            note="Inside other languages it counts as not analysed.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield the statements that the parser refuses."""
        if sql.path.fixture or sql.path.test:
            return
        if sql.region.templated or sql.region.embedded or all(statement.understood for statement in sql.statements):
            return
        if any(token.text == ":=" for token in sql.tokens):
            return
        for statement in sql.statements:
            # Without a place the parser gave up on what it cannot read; that is its fault and not the statement's.
            if statement.understood or statement.problem_span is None or statement.keyword not in _READ:
                continue
            # `{@year} ? {…}`: some other template's tags; `\\'paid\\'`: text that is put into a string before it is sent.
            if any(token.text in ("{", "\\") for token in sql.tokens[statement.first : statement.last]):
                continue
            if _is_filled_in(sql.text, statement.problem_span.start):
                continue
            dialect = f" as `{sql.dialect}`" if sql.dialect else ""
            yield Finding(statement.problem_span, f"this statement does not parse{dialect}: {statement.problem}")


def _is_filled_in(text: str, place: int) -> bool:
    """Say whether the parser stumbles over what somebody is to fill in first: `FROM <SCHEMA>.orders`."""
    opened = text.rfind("<", 0, place + 1)
    closed = text.find(">", opened)
    word = text[opened + 1 : closed] if 0 <= opened < closed else ""
    return place <= closed + 1 and word.replace("_", "").replace("-", "").isalnum() and not word.isdigit()
