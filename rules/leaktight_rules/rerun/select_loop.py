"""A query for each item of a loop."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    CallRule,
    Category,
    Finding,
    Fix,
    Good,
    HoleKind,
    HostedSql,
    PythonDocument,
    Related,
    Severity,
    SqlDocument,
    clauses,
    endings,
    exp,
    names_in,
    predicates,
    words_of,
)

_FEW = 5
_WALKS = frozenset(
    "page pages offset token chunk chunks batch batches batched slice retry retries attempt attempts "
    "table tables schema schemas database databases view views column columns col cols partition partitions "
    "date dates day days month months year years week weeks hour hours ds dt period periods interval intervals window "
    "query queries sql statement statements file files model models dataset datasets shard shards project projects "
    "region regions metric metrics".split()
)
"""Words of loops over few and heavy things, each of which is rightly asked for alone."""
_CONNECTIONS = frozenset(
    "conn conns connection connections cursor cursors db dbs client clients engine engines session sessions "
    "server servers host hosts pool pools".split()
)
"""Words of loops over connections, where they name what the loop binds: `for user in users_of(connection)` is none."""
_ANSWERS = frozenset("query sql statement".split())
"""Words that name what was asked where they are called: `for row in db.query("…")`."""
_IN_PROCESS = frozenset({"sqlite", "duckdb"})
"""Engines that run in the process that asks: a query costs no round trip."""
_WRAPPERS = frozenset(
    "enumerate sorted list tuple set iter reversed zip tqdm track items values keys entries from copy".split()
)
"""Functions and methods that walk over what they are given, or called on."""


class SelectLoop(CallRule):
    """A query that is sent once for each item of a loop costs a round trip an item.

    Ten thousand orders are ten thousand queries, one after the other, where one query with a join or `WHERE email = ANY(%s)`
    answers for all of them: the N+1 pattern. Ask once before the loop and look the answer up in a dictionary.

    The rule fires where a column is compared with a parameter that the loop binds, in the loop itself, in a comprehension,
    or in a helper of the same module that the loop calls. Left alone: `while` loops, pages and batches, loops over days,
    tables, files or databases, names of tables as parameters, what the engine itself knows of tables (`information_schema`),
    loops over five literal items or fewer, SQLite and DuckDB, which run in the process itself, migrations, and tests.
    """

    name = "select-loop"
    category = Category.RERUN
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            def find_customers(connection, orders):
                for order in orders:
                    row = connection.execute("select id from customers where email = %s", (order.email,)).fetchone()
                                     ^^^^^^^ this query runs once for each of `orders`
            """,
            language="python",
        ),
        Bad(
            """
            cursor.execute("select id, plan_id from users")
            for user_id, plan_id in cursor.fetchall():
                cursor.execute("select name from plans where id = %s", (plan_id,))
                       ^^^^^^^ this query runs once for each of `cursor.fetchall()`
            """,
            language="python",
        ),
        Bad(
            """
            def price(cursor, sku):
                cursor.execute("select price from products where sku = %s", (sku,))
                       ^^^^^^^ this query runs once for each of `lines`
                return cursor.fetchone()[0]

            def total(cursor, lines):
                result = 0
                for line in lines:
                    result += line.pieces * price(cursor, line.sku)
                return result
            """,
            language="python",
        ),
        Bad(
            """
            export async function withCustomers(orders: Order[]) {
              return Promise.all(
                orders.map(async (order) => pool.query("select name from customers where id = $1", [order.customerId])),
                                                 ^^^^^ this query runs once for each of `orders`
              );
            }
            """,
            language="typescript",
        ),
        Good(
            """
            def find_customers(connection, orders):
                emails = [order.email for order in orders]
                return connection.execute("select id, email from customers where email = any(%s)", (emails,)).fetchall()
            """,
            language="python",
        ),
        Good(
            """
            def describe(cursor, shapes):
                for shape in shapes:
                    cursor.execute("select column_name from information_schema.columns where udt_name = %s", (shape,))
            """,
            language="python",
            note="The engine's own list.",
        ),
        Good(
            """
            for day in days_between(start, end):
                cursor.execute("select sum(total) from orders where ordered_on = %s", (day,))
            """,
            language="python",
            note="A loop over days: few and heavy queries.",
        ),
        Good(
            """
            for page in range(pages):
                cursor.execute("select id from orders where shop = %s order by id limit 500 offset %s", (shop, page * 500))
            """,
            language="python",
        ),
        Good(
            """
            for batch in batched(ids, 1000):
                cursor.execute("select id, total from orders where id = any(%s)", (list(batch),))
            """,
            language="python",
        ),
    )

    def check(self, call: HostedSql) -> Iterator[Finding]:
        """Yield the name of each call that queries for one item at a time."""
        loop = call.call.loop
        if loop is None or loop.kind == "while" or not call.call.varies or not call.call.sink:
            return
        # An operator made in a loop is a task of its own, which queries when it runs.
        if call.document.slice(call.call.name).endswith(("Operator", "Sensor")):
            return
        if (
            call.path.test
            or call.path.fixture
            or call.path.migration
            or (loop.literal_items is not None and loop.literal_items <= _FEW)
        ):
            return
        expands = not isinstance(call.document, PythonDocument)
        if any(one.dialect in _IN_PROCESS for one in call.sql):
            return
        if _is_walk(call) or not call.sql or not all(_looks_up(one, expands=expands) for one in call.sql):
            return
        related = [Related(loop.head, "the loop")]
        if loop.helper is not None:
            related.append(Related(loop.helper, "calls it"))
        yield Finding(
            call.call.name,
            f"this query runs once for {loop.each}",
            tuple(related),
            Fix.hint("ask once before the loop: `WHERE … = ANY(…)` or a join, and look the rows up in a dictionary"),
        )


def _is_walk(call: HostedSql) -> bool:
    """Say whether the loop goes over pages, days, tables and the like, or over connections to query."""
    loop = call.call.loop
    assert loop is not None
    if _words(call.call.receiver) & {name.lower() for name in loop.variables}:
        return True
    # What a loop's body declares anew counts only where the query is given it.
    told = names_in(call.document.slice(loop.head)) if loop.kind == "for" else loop.variables
    told |= names_in(" ".join(argument.text for argument in call.call.arguments))
    if _words(" ".join(told & loop.variables)) & (_WALKS | _CONNECTIONS):
        return True
    return bool(_words(" ".join(_last_names(loop.iterates))) & (_WALKS - _ANSWERS))


def _words(text: str) -> set[str]:
    return {word for name in names_in(text) for word in (name.lower(), *words_of(name))}


def _last_names(text: str, deep: int = 4) -> list[str]:
    """Give the last names of what is walked over, without receivers and arguments: `users` of `db.users(page)`."""
    outside, inside = _unnested(text)
    if not outside.strip() or text.endswith("]"):
        key = inside.strip()
        if key[:1] in ("'", '"') or (deep and not outside.strip()):
            return _last_names(key.strip("'\""), deep - 1)
    found: list[str] = []
    if " for " in outside:
        outside = outside.partition(" in ")[2].partition(" if ")[0]
    for piece in outside.partition(",")[0].split():
        owner, _, last = piece.rpartition(".")
        if not deep or last not in _WRAPPERS or not text.endswith(")"):
            found.append(last)
        elif inside.strip():
            found += _last_names(inside.strip(), deep - 1)
        else:
            found.append(owner.rpartition(".")[2])
    return found


def _unnested(text: str) -> tuple[str, str]:
    """Give an expression without what stands in its brackets, and what stands in the last of them."""
    outside, inside, quote, depth = "", "", "", 0
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                continue
        elif character in "([{":
            depth += 1
            if depth == 1:
                inside = ""
                continue
        if depth:
            inside += character
        else:
            outside += character
    return outside, inside


def _looks_up(document: SqlDocument, *, expands: bool) -> bool:
    """Say whether a document is one query that compares a column with a parameter, and names its tables itself.

    `expands` says that the driver may make a list of a `?`.
    """
    trees = [statement.tree for statement in document.statements]
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        return False
    select = _asked(trees[0])
    if endings.locks_rows(trees[0]):
        return False  # each row is held while it is worked on
    scope = document.scope(select)
    if scope is not None and scope.relations and all(one.is_metadata for one in scope.relations):
        return False  # what the engine knows of each of a few tables
    if any(
        hole.hole is HoleKind.IDENTIFIER
        for table in document.find(exp.Table)
        for hole in document.holes(document.span(table))
    ):
        return False
    if clauses.group(select) is not None or clauses.offset(select) is not None or clauses.from_item(select) is None:
        return False
    for condition in predicates.conjuncts(clauses.where(select)):
        if isinstance(condition, exp.EQ):
            sides = [condition.this, condition.expression]
        elif isinstance(condition, exp.In) and len(condition.expressions) == 1:
            sides = [condition.this, condition.expressions[0]]
            if not _is_one_value(document, sides[1], expands=expands):
                continue
        else:
            continue
        others = [side for side in sides if not _is_parameter(document, side)]
        if len(others) == 1 and any(isinstance(node, exp.Column) for node in clauses.descendants(others[0])):
            return True
    return False


def _asked(select: exp.Select) -> exp.Expr:
    """Give the query that looks: what stands in `select exists (…)`, or the query itself."""
    items = clauses.projections(select)
    item = items[0] if len(items) == 1 and clauses.from_item(select) is None else None
    while isinstance(item, exp.Alias | exp.Paren | exp.Exists | exp.Subquery):
        item = item.this
    return item if isinstance(item, exp.Select) else select


def _is_one_value(document: SqlDocument, node: exp.Expr, *, expands: bool) -> bool:
    """Say whether a parameter of a list is one value: a list that is pasted, or made of a `?`, is many."""
    holes = document.holes(document.span(node))
    if holes:
        return all(hole.host.startswith(("%", ":", "$", "@")) for hole in holes)
    return not (expands and isinstance(node, exp.Placeholder))


def _is_parameter(document: SqlDocument, node: exp.Expr) -> bool:
    if isinstance(node, (exp.Placeholder, exp.Parameter)):
        return True
    if isinstance(node, exp.Column) and node.name[:1] in ("$", "@", ":"):
        return True  # the generic dialect reads `$1` as a name
    return not isinstance(node, exp.Column) and document.has_hole(node)
