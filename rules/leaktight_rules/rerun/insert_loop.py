"""INSERT of one row at a time, in a loop."""

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
    HostedSql,
    PythonDocument,
    Related,
    clauses,
    exp,
)

_MANY = frozenset(
    {"batch", "batches", "chunk", "chunks", "chunked", "batched", "page", "pages", "slice", "slices", "partition"}
)
_SCRIPTS = frozenset({"sql", "script", "body", "statement", "ddl", "up", "text"})
"""What holds the statements of a migration or a function."""
_FEW = 5
_CURSORS = ("cursor", "cur", "curs", "crsr", "c")


class InsertLoop(CallRule):
    """An `INSERT` for each item of a loop costs a round trip and a statement a row.

    A thousand rows are a thousand round trips, each parsed, planned and, with autocommit, written to disk alone; in a
    warehouse each is a job. Send the rows together: `executemany`, psycopg2's `execute_values`, `COPY`, an `INSERT` with many
    `VALUES`, or a staging table and one upsert from it. The message says so where the rows would also be there twice after a
    second run.

    The `execute` may stand in the loop itself, in a comprehension, or in a helper of the same module that the loop calls.
    Left alone: `executemany` and its like, loops over batches or chunks, an `INSERT … SELECT` from tables (one statement for
    each day writes many rows), loops over five literal items or fewer, `while` loops that wait for messages, the ledger
    of a loop that runs a script of each item, migrations, fixtures and tests.

    The fix, in Python, turns a loop whose body is the one call into `executemany`, unless a name that the loop binds is read
    after it. It is unsafe: a generator is then read to its end before the first row is written.
    """

    name = "insert-loop"
    category = Category.RERUN
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            def load_orders(cursor, orders):
                for order in orders:
                    cursor.execute("insert into orders (order_id, total) values (%s, %s)", (order.id, order.total))
                           ^^^^^^^ one `INSERT` for each of `orders`: a round trip a row, and a second run adds the rows again
            """,
            language="python",
            fixed="""
            def load_orders(cursor, orders):
                cursor.executemany("insert into orders (order_id, total) values (%s, %s)", [(order.id, order.total) for order in orders])
            """,
        ),
        Bad(
            """
            SAVE = "insert into orders (order_id) values (%s) on conflict (order_id) do nothing"

            def save(connection, order):
                connection.execute(SAVE, (order.id,))
                           ^^^^^^^ one `INSERT` for each of `orders`: a round trip a row

            def main(connection, orders):
                for order in orders:
                    save(connection, order)
            """,
            language="python",
        ),
        Bad(
            """
            export async function addLines(order: Order) {
              for (const line of order.lines) {
                await pool.query("insert into order_lines (order_id, sku) values ($1, $2)", [order.id, line.sku]);
                           ^^^^^ one `INSERT` for each of `order.lines`
              }
            }
            """,
            language="typescript",
        ),
        Good(
            """
            def apply(cursor, outstanding):
                for migration in outstanding:
                    cursor.execute(migration.sql)
                    cursor.execute("insert into ledger (name, checksum) values (%s, %s)", (migration.name, migration.checksum))
            """,
            language="python",
            note="What each script does counts, not the line in the ledger.",
        ),
        Good(
            """
            def load_orders(cursor, orders):
                cursor.executemany("insert into orders (order_id) values (%s)", [(order.id,) for order in orders])
            """,
            language="python",
        ),
        Good(
            """
            for chunk in batched(orders, 500):
                execute_values(cursor, "insert into orders (order_id) values %s", [(order.id,) for order in chunk])
            """,
            language="python",
        ),
        Good(
            """
            def backfill(cursor, days):
                for day in days:
                    cursor.execute("insert into totals (day, total) select day, sum(total) from orders where day = %s", (day,))
            """,
            language="python",
            note="One statement writes the rows of a day.",
        ),
        Good(
            """
            for code in ("DE", "FR", "NL"):
                cursor.execute("insert into countries (code) values (%s)", (code,))
            """,
            language="python",
        ),
    )

    def check(self, call: HostedSql) -> Iterator[Finding]:
        """Yield the name of each call that inserts one row at a time."""
        loop = call.call.loop
        if loop is None or call.call.many or loop.kind == "while" or not call.call.sink:
            return
        path = call.path
        if path.test or path.migration or path.fixture:
            return
        if loop.literal_items is not None and loop.literal_items <= _FEW:
            return
        if not _inserts_a_row(call) or not (call.call.varies or loop.helper is not None) or _is_batched(call):
            return
        if _runs_scripts(call):
            return
        repeats = any(write.repeats and write.load is not None for write in call.writes)
        message = f"`{call.call.sink.rstrip('`')}` sends one `INSERT` for {loop.each}: a round trip a row"
        if repeats:
            message += ", and a second run adds the rows again"
        related = [Related(loop.head, "the loop")]
        if loop.helper is not None:
            related.append(Related(loop.helper, "calls it"))
        yield Finding(call.call.name, message, tuple(related), _fix(call))


def _runs_scripts(call: HostedSql) -> bool:
    """Say whether the function around runs a script of each item, `cursor.execute(migration.sql)`, and notes that it has."""
    document = call.document
    node = _node(document, call) if isinstance(document, PythonDocument) else None
    function = document.function_of(node) if isinstance(document, PythonDocument) and node is not None else None
    if function is None or not isinstance(document, PythonDocument):
        return False
    for one in document.find_in(function, ast.Call):
        name, given = document.callee_name(one), one.args[0] if one.args else None
        scripted = isinstance(given, ast.Attribute) and given.attr in _SCRIPTS
        if name == "executescript" or (name == call.call.sink and scripted):
            return True
    return False


def _node(document: PythonDocument, call: HostedSql) -> ast.Call | None:
    return next((found for found in document.find(ast.Call) if document.span(found) == call.call.span), None)


def _inserts_a_row(call: HostedSql) -> bool:
    """Say whether each variant of the SQL inserts rows of values, and not many rows from a table."""
    inserts = [statement.tree for document in call.sql for statement in document.statements]
    return bool(inserts) and all(isinstance(tree, exp.Insert) and not _selects(tree) for tree in inserts)


def _selects(insert: exp.Insert) -> bool:
    source = clauses.insert_source(insert)
    if source is None or isinstance(source, exp.Values):
        # A single hole in place of the rows holds as many of them as the caller has put there.
        return isinstance(source, exp.Values) and len(source.expressions) > 1
    return any(isinstance(node, exp.Table) for node in clauses.descendants(source)) or clauses.ctes(insert) != []


def _is_batched(call: HostedSql) -> bool:
    loop = call.call.loop
    assert loop is not None
    words = {word for name in loop.variables for word in name.lower().split("_")}
    words |= set("".join(c if c.isalnum() else " " for c in loop.iterates.lower()).split())
    if words & _MANY:
        return True
    text = call.call.region.text.rstrip().rstrip(";").rstrip().lower()
    return text.endswith(("values ?", "values")) or _fills_rows(call)


def _fills_rows(call: HostedSql) -> bool:
    """Say whether a value of the host stands where the rows do: `VALUES {rows}`."""
    for document in call.sql:
        for statement in document.statements:
            tree = statement.tree
            source = clauses.insert_source(tree) if isinstance(tree, exp.Insert) else None
            if isinstance(source, exp.Values) and any(not isinstance(row, exp.Tuple) for row in source.expressions):
                return True
    return False


def _fix(call: HostedSql) -> Fix:
    rewrite = _as_executemany(call) if isinstance(call.document, PythonDocument) else None
    if rewrite is not None:
        return Fix.unsafe("send the rows together with `executemany`", rewrite)
    if isinstance(call.document, PythonDocument):
        if any(module.partition(".")[0] == "cassandra" for module in call.document.modules):
            return Fix.hint("send many at once: `execute_concurrent_with_args`")
        return Fix.hint("collect the rows and send them together: `executemany`, `execute_values` or `COPY`")
    return Fix.hint("send the rows together: one `INSERT` with many `VALUES`, or `SELECT … FROM unnest($1, $2)`")


def _as_executemany(call: HostedSql) -> Edit | None:
    """Give the edit that makes `executemany` of a loop whose body is the one call with its parameters."""
    python = call.document
    assert isinstance(python, PythonDocument)
    node = _node(python, call)
    if node is None or not _is_cursor(python, node) or len(node.args) != 2 or node.keywords:
        return None
    statement = python.parent(node)
    loop = python.parent(statement) if isinstance(statement, ast.Expr) else None
    if not isinstance(statement, ast.Expr) or not isinstance(loop, ast.For) or loop.body != [statement] or loop.orelse:
        return None
    sql, row = node.args
    bound = {name.id for name in python.find_in(loop.target, ast.Name)}
    outside = [*python.find_in(sql, ast.Name), *python.find_in(node.func, ast.Name)]
    if not isinstance(row, ast.Tuple | ast.List | ast.Dict) or any(name.id in bound for name in outside):
        return None
    if not _fits_comprehension(python, loop, row) or _is_read_elsewhere(python, loop, bound):
        return None
    used = {name.id for name in python.find_in(node.func, ast.Name)}
    if any(name.id in used for name in python.find_in(row, ast.Name)):
        return None  # what the cursor knows of the row before: `cursor.lastrowid`
    span = python.span(loop)
    if any(span.contains(place) for place, _ in python.comments()) or _spans_lines(python, row):
        return None
    receiver = python.text_of(node.func).rpartition(".")[0]
    line = python.text.rfind("\n", 0, span.start) + 1
    indent = python.text[line : span.start]
    items = python.text_of(loop.iter)
    if isinstance(loop.iter, ast.IfExp | ast.Lambda) or (isinstance(loop.iter, ast.Tuple) and items[:1] != "("):
        items = f"({items})"
    walk = f"for {python.text_of(loop.target)} in {items}"
    values, text = python.text_of(row), python.text_of(sql)
    if isinstance(row, ast.Tuple) and not values.startswith("("):
        values = f"({values})"
    if "\n" not in values and "\n" not in text:
        return Edit(span, f"{receiver}.executemany({text}, [{values} {walk}])")
    step = indent + "    "
    moved = _reindented(python, row, values, step + "    ")
    parts = [
        f"{receiver}.executemany(",
        f"{step}{text},",
        f"{step}[",
        f"{step}    {moved}",
        f"{step}    {walk}",
        f"{step}],",
    ]
    return Edit(span, "\n".join([*parts, f"{indent})"]))


def _fits_comprehension(python: PythonDocument, loop: ast.For, row: ast.expr) -> bool:
    """Say whether a loop's row may be made in a comprehension, which takes no `yield`, and no names of a class's body."""
    waits = any(True for _ in python.find_in(row, ast.Await))
    breaks = any(True for _ in python.find_in(loop, ast.Yield, ast.YieldFrom, ast.NamedExpr))
    return not waits and not breaks and not isinstance(python.scopes.scope_of(loop), ast.ClassDef)


def _is_read_elsewhere(python: PythonDocument, loop: ast.For, bound: set[str]) -> bool:
    """Say whether a name that a loop binds may be read outside of it: a comprehension keeps its names to itself."""
    scope, span = python.scopes.scope_of(loop), python.span(loop)
    for name in python.find(ast.Name):
        if name.id not in bound or isinstance(name.ctx, ast.Store) or span.contains(python.span(name)):
            continue
        seen = python.scopes.resolve(name.id, name)
        if seen is None or seen[0] is not scope:
            continue
        ways = python.scopes.reaching(name.id, name)
        if not ways or any(binding.node is loop for way in ways for binding in way):
            return True
    return False


def _spans_lines(python: PythonDocument, row: ast.expr) -> bool:
    """Say whether a string in a row goes over several lines, which no indenting may touch."""
    return any("\n" in python.text_of(node) for node in python.find_in(row, ast.Constant, ast.JoinedStr))


def _reindented(python: PythonDocument, row: ast.expr, values: str, indent: str) -> str:
    """Give the text of a row with its further lines moved as far as its first one is."""
    start = python.span(row).start
    line = python.text.rfind("\n", 0, start) + 1
    stood = len(python.text[line:start]) - len(python.text[line:start].lstrip())
    lines = values.split("\n")
    moved = [" " * max(len(text) - len(text.lstrip()) - stood + len(indent), 0) + text.lstrip() for text in lines[1:]]
    return "\n".join([lines[0], *moved])


def _is_cursor(python: PythonDocument, node: ast.Call) -> bool:
    receiver = python.receiver(node)
    if receiver is None or not isinstance(node.func, ast.Attribute) or node.func.attr != "execute":
        return False
    name = python.text_of(receiver).rpartition(".")[2].lower().strip("_")
    return name in _CURSORS or name.endswith(("cursor", "_cur"))
