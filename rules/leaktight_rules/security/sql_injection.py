"""Values that become part of SQL text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from leaktight import (
    Applicability,
    Bad,
    CallRule,
    Category,
    Edit,
    Finding,
    Fix,
    Good,
    HoleKind,
    HostedSql,
    Pasted,
    PythonDocument,
    Segment,
    Severity,
    Span,
    shortened,
)

_BINDABLE = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "CALL"})
"""Statements in which every engine takes parameters; a value of a COPY, a GRANT or a SET cannot be bound."""
_MARKS = {
    "psycopg": "%s", "psycopg2": "%s", "pymysql": "%s", "MySQLdb": "%s", "mysql.connector": "%s", "mariadb": "?",
    "sqlite3": "?", "aiosqlite": "?", "duckdb": "?", "pyodbc": "?", "snowflake.connector": "%s", "redshift_connector": "%s",
}  # fmt: skip
"""How each driver marks a parameter."""

_SPARK_DRIVERS = frozenset({"pyspark", "databricks"})

_BEFORE_VALUES = frozenset(
    "and between by else having ilike in like limit not offset on or select then to when where zone".split()
)
"""Words that a parameter may stand behind. `date '…'` and `interval '…'` are literals as a whole, which takes none."""


class SqlInjection(CallRule):
    """A value that is put into the text of SQL can say more than a value: `x' or 'a' = 'a`.

    An f-string, `.format`, `%`, `+` or a template literal makes the value part of the statement. Whoever chooses the value
    then chooses the statement; and long before anybody attacks, the first name with an apostrophe breaks the load. Give the
    value as a parameter, and the driver keeps it apart from the text: `execute("… where id = %s", (id,))`,
    `query("… where id = $1", [id])`, `QueryJobConfig(query_parameters=…)`, `spark.sql(…, args=…)`.

    It is an error where the value comes from outside as far as the file shows: a request, an event, what a user types, a
    parameter of the function; a warning where that is a parameter of a Spark job's function. It is a warning where whoever runs the program gives it, on the command line or as a parameter
    that is called like a date, and where the value is computed in the file and stands within quotes. In `spark.sql` a value that
    the file computes or reads itself, a parameter that each call in the file gives such a value among them, is not told: nobody
    comes in there. A name of a table or column cannot be bound; it is reported, as a note, only where a request chooses it: compare it with a list of the names
    that are allowed.

    Silent for constants, numbers, dates and their casts, configuration, placeholders (`", ".join(["%s"] * len(ids))`), values
    compared with an allow-list or checked character by character (in the branch in which the check holds, or behind one that
    leaves where it does not), functions that quote or are called `validate` and the like, `psycopg.sql`, tagged templates
    (`` sql`…` ``), SQLAlchemy's bound `text`, Airflow templates, the parameters that Airflow gives a task itself (`ds`,
    `data_interval_start`, `run_id`, …); in a notebook, where whoever runs the cells chooses the values, for all but what a
    request gives; in statements that take no parameters (`COPY`, `SET`)
    or ask the catalog (`INFORMATION_SCHEMA`, BigQuery's `__TABLES__`); in tests and migrations.

    The fix binds the values of one f-string or template literal where the driver is known, and leaves alone what is formatted
    (`{code:0>8}`), what is one literal with its type (`interval '{days} days'`), and SQL that has parameters already. It is
    unsafe: a value that was meant as several words of SQL is then one string.
    """

    name = "sql-injection"
    category = Category.SECURITY
    severity = Severity.ERROR
    fixable = Applicability.UNSAFE
    tags = ("security", "external/cwe/cwe-089")
    examples = (
        Bad(
            """
            import psycopg

            def refunds_of(connection: psycopg.Connection, channel: str):
                return connection.execute(f"select amount from refunds where channel_id = '{channel}'").fetchall()
                                                                                           ^^^^^^^^^ `channel`, a parameter of `refunds_of`, becomes part of the SQL text
            """,
            language="python",
            fixed="""
            import psycopg

            def refunds_of(connection: psycopg.Connection, channel: str):
                return connection.execute("select amount from refunds where channel_id = %s", (channel,)).fetchall()
            """,
        ),
        Bad(
            """
            def find(request, cursor):
                cursor.execute("select id from users where email = '%s'" % request.args["email"])
                                                                    ^^ `request.args["email"]`, which comes from `request`
            """,
            language="python",
        ),
        Bad(
            """
            import { Pool } from "pg";
            const pool = new Pool();

            export async function find(email: string) {
              return pool.query(`select id from users where email = '${email}'`);
                                                                     ^^^^^^^^ `email`, a parameter of `find`
            }
            """,
            language="typescript",
            fixed="""
            import { Pool } from "pg";
            const pool = new Pool();

            export async function find(email: string) {
              return pool.query(`select id from users where email = $1`, [email]);
            }
            """,
        ),
        Bad(
            """
            app.get("/users", async (req, res) => {
              const name = String(req.query.name).trim();
              res.json(await pool.query("select id from users where name = '" + name + "'"));
                                                                                ^^^^ `name`, which comes from `req`, becomes part of the SQL text
            });
            """,
            language="typescript",
        ),
        Bad(
            """
            def sort(request, cursor):
                cursor.execute(f"select id from users order by {request.args['sort']}")
                                                               ^^^^^^^^^^^^^^^^^^^^^^ names a part of the statement
            """,
            language="python",
        ),
        Bad(
            """
            def find(cursor, name):
                if name in BANNED:
                    raise ValueError(name)
                cursor.execute(f"select id from users where name = '{name}'")
                                                                    ^^^^^^ `name`, a parameter of `find`
            """,
            language="python",
        ),
        Good(
            """
            from pyspark.sql import SparkSession

            spark = SparkSession.builder.getOrCreate()

            def note_watermark(table, mark):
                spark.sql(f"UPDATE ops.loads SET mark = '{mark}' WHERE name = '{table}'")

            newest = spark.table("shop.orders").agg({"day": "max"}).first()[0]
            note_watermark("orders", newest)
            """,
            language="python",
            note="The file reads the value itself.",
        ),
        Good(
            """
            from airflow.decorators import task

            @task
            def load(ds=None):
                PostgresHook("shop").run(f"delete from refund_totals where day = '{ds}'")
            """,
            language="python",
            note="Airflow gives the day.",
        ),
        Good(
            'cursor.execute("select amount from refunds where channel_id = %s", (channel,))',
            language="python",
        ),
        Good(
            """
            def rows(cursor, ids):
                marks = ", ".join(["%s"] * len(ids))
                cursor.execute(f"select id from users where id in ({marks})", ids)
            """,
            language="python",
        ),
        Good(
            """
            def sort(cursor, column):
                if column not in ("name", "email"):
                    raise ValueError(column)
                cursor.execute(f"select id from users where kind = '{column}'")
            """,
            language="python",
        ),
        Good(
            """
            LIMIT = 100

            def last(cursor, user_id: int):
                cursor.execute(f"select id from orders where user_id = {user_id} limit {LIMIT}")
            """,
            language="python",
        ),
        Good(
            "const find = (email: string) => sql`select id from users where email = ${email}`;",
            language="typescript",
        ),
        Good(
            """
            const columns = { name: "name", newest: "created_at" };

            app.get("/users", async (req, res) => {
              const marks = req.query.ids.map((_, i) => `$${i + 1}`).join(", ");
              const sql = `select id from users where id in (${marks}) order by ${columns[req.query.sort]}`;
              res.json(await pool.query(sql, req.query.ids));
            });
            """,
            language="typescript",
        ),
    )

    def check(self, call: HostedSql) -> Iterator[Finding]:
        """Yield the worst value of each call that becomes part of its text."""
        if not call.call.sink or call.path.test or call.path.migration or call.path.fixture or _is_operator(call):
            return
        statements = [statement for document in call.sql for statement in document.statements]
        bindable = any(statement.keyword.split(" ", 1)[0] in _BINDABLE for statement in statements)
        found = call.pasted()
        text = call.call.region.text.lower()
        asked = bindable and "information_schema" not in text and ".__tables__" not in text
        spark = _is_spark(call)
        asked = asked and not call.document.source.is_notebook
        values = [
            item for item in found if item.value and (item.outside or (asked and _may_hold_anything(item, spark=spark)))
        ]
        if not values:
            for item in found:
                if not item.value and item.outside:
                    message = f"`{item.host}`, which {item.source}, names a part of the statement: compare it with a list first"
                    yield Finding(item.span, message, severity=Severity.NOTE)
            return
        worst = max(values, key=lambda item: (item.outside, bool(item.source) and not item.trusted, bool(item.source)))
        which = "which " if worst.outside else ""
        said = f"`{shortened(worst.host)}`, {which}{worst.source}," if worst.source else f"`{shortened(worst.host)}`"
        others = {f"`{shortened(item.host)}`" for item in values if item.host != worst.host}
        more = f", and so does {', '.join(sorted(others))}" if others else ""
        message = f"{said} becomes part of the SQL text{more}"
        severity = None if worst.source and not worst.trusted and (worst.outside or not spark) else Severity.WARNING
        yield Finding(worst.span, message, fix=_fix(call, found), severity=severity)


def _is_spark(call: HostedSql) -> bool:
    """Say whether it is Spark's: whoever runs its job may run any code, and one call runs one statement."""
    receiver = call.call.receiver.rsplit(".", 1)[-1].lower()
    return call.call.sink == "sql" and (call.call.driver in _SPARK_DRIVERS or receiver.startswith("spark"))


def _may_hold_anything(item: Pasted, *, spark: bool) -> bool:
    if spark:
        return bool(item.source) and not item.computed
    return bool(item.source) or item.quoted


def _is_operator(call: HostedSql) -> bool:
    """Say whether the SQL is an operator's, whose values are those of the file when the DAG is read."""
    return call.call.sink.endswith("=") and call.document.slice(call.call.name).endswith(("Operator", "Sensor"))


def _fix(call: HostedSql, found: list[Pasted]) -> Fix:
    hint = Fix.hint("give the value to the driver as a parameter")
    python = isinstance(call.document, PythonDocument)
    mark = _MARKS.get(call.call.driver or "") if python else None
    if call.call.arguments or (python and (mark is None or call.call.sink != "execute")):
        return hint
    if not python and (call.call.driver != "pg" or call.call.sink != "query"):
        return hint
    sql = call.call.sql
    if not _is_first(call) or not _is_plain(call):
        return hint
    edits: list[Edit] = []
    bound: list[str] = []
    pasted = {item.span for item in found}
    for segment, place in _holes(call):
        if segment.hole is not HoleKind.VALUE or not sql.contains(place) or place not in pasted:
            return hint
        value = segment.host.strip()
        given = call.document.slice(place)
        if given.removeprefix("$").removeprefix("{").removesuffix("}").strip() != value:
            return hint  # `{code:0>8}`, `{name!r}`
        stretch = _value(call, place)
        if stretch is None:
            return hint
        bound.append(value)
        edits.append(Edit(stretch, mark or f"${len(bound)}"))
    if not bound:
        return hint
    given = f", ({', '.join(bound)}{',' if len(bound) == 1 else ''})" if python else f", [{', '.join(bound)}]"
    if python:
        edits.append(Edit(Span(sql.start, sql.start + 1), ""))
    edits.append(Edit(Span(sql.end, sql.end), given))
    return Fix.unsafe("give the values to the driver as parameters", *edits)


def _holes(call: HostedSql) -> list[tuple[Segment, Span]]:
    """Give what fills the SQL, each with its place in the host document."""
    first = call.document.region.map.segments[0]
    offset = first.file.start - first.region.start
    return [(item, item.file.shift(-offset)) for item in call.call.region.map.segments if item.hole is not None]


def _is_first(call: HostedSql) -> bool:
    """Say whether the SQL itself is what the call is given first: no `text=`, no object, no second bracket round it."""
    between = call.document.slice(Span(call.call.name.end, call.call.sql.start)).strip()
    return between == "(" or (between.startswith("<") and between.endswith(">(") and between.count("(") == 1)


def _is_plain(call: HostedSql) -> bool:
    """Say whether the SQL is one f-string or template literal without escapes, and without parameters of its own."""
    sql = call.call.sql
    text = call.document.slice(sql)
    if "%" in text or "{{" in text or "\\" in text:
        return False
    rest, at = "", sql.start
    for _, place in _holes(call):
        rest += call.document.slice(Span(at, max(at, place.start)))
        at = place.end
    rest += call.document.slice(Span(at, sql.end))
    if "?" in rest or "$" in rest or _names_parameter(rest):
        return False
    if not isinstance(call.document, PythonDocument):
        return text[:1] == "`" and text.count("`") == 2
    node = next((n for n in call.document.find(ast.JoinedStr) if call.document.span(n) == sql), None)
    quote = text[1:4] if text[1:4] in ('"""', "'''") else text[1:2]
    return text[:1] == "f" and node is not None and quote[:1] in ("'", '"') and text.count(quote) == 2


def _names_parameter(text: str) -> bool:
    """Say whether a `:name` stands in SQL text; `::type` is a cast."""
    return any(
        before != ":" and colon == ":" and (after.isalpha() or after == "_")
        for before, colon, after in zip(text, text[1:], text[2:], strict=False)
    )


def _value(call: HostedSql, place: Span) -> Span | None:
    """Give the stretch that a parameter takes the place of: a hole that is a whole value, with the quotes round it."""
    sql, text = call.call.sql, call.document.text
    quoted = text[place.start - 1] == "'" and text[place.end] == "'"
    start, end = (place.start - 1, place.end + 1) if quoted else place
    if text[start - 1] not in (" =,\n<>(" if quoted else " =,\n<>") or text[end] not in ' ),\n"`;:':
        return None
    before = text[sql.start : start].rstrip()
    word = before[len(before.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")) :].lower()
    return Span(start, end) if not word or word in _BEFORE_VALUES else None
