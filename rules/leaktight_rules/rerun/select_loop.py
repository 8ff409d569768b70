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
    Related,
    Severity,
    SqlDocument,
    clauses,
    exp,
    predicates,
    shortened,
)

_FEW = 5
_WALKS = frozenset(
    "page pages offset cursor token chunk chunks batch batches batched slice retry retries attempt attempts "
    "table tables schema schemas database databases db dbs view views column columns col cols partition partitions "
    "date dates day days month months year years week weeks hour hours ds dt period periods interval intervals window "
    "query queries sql statement statements file files model models dataset datasets shard shards project projects "
    "region regions conn conns connection connections engine engines server servers host hosts metric metrics".split()
)
"""Words of loops over few and heavy things, each of which is rightly asked for alone."""


class SelectLoop(CallRule):
    """A query that is sent once for each item of a loop costs a round trip an item.

    Ten thousand orders are ten thousand queries, one after the other, where one query with a join or
    `WHERE email = ANY(%s)` answers for all of them: the N+1 pattern. Ask once before the loop and look the answer up in a
    dictionary.

    The rule fires where a column is compared with a parameter that the loop binds, in the loop itself, in a comprehension,
    or in a helper of the same module that the loop calls. Left alone: `while` loops, pages and batches, loops over days,
    tables, files or databases, names of tables as parameters, loops over five literal items or fewer, and tests.
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
        if call.path.test or call.path.fixture or (loop.literal_items is not None and loop.literal_items <= _FEW):
            return
        if _is_walk(call) or not call.sql or not all(_looks_up(document) for document in call.sql):
            return
        related = [Related(loop.head, "the loop")]
        if loop.helper is not None:
            related.append(Related(loop.helper, "calls it"))
        yield Finding(
            call.call.name,
            f"this query runs once for each of `{shortened(loop.iterates)}`",
            tuple(related),
            Fix.hint("ask once before the loop: `WHERE … = ANY(…)` or a join, and look the rows up in a dictionary"),
        )


def _is_walk(call: HostedSql) -> bool:
    """Say whether the loop goes over pages, days, tables and the like, or over connections to query."""
    loop = call.call.loop
    assert loop is not None
    words = _words(call.document.slice(loop.head))
    used = _words(" ".join(argument.text for argument in call.call.arguments)) & {v.lower() for v in loop.variables}
    words |= {word for name in used for word in name.split("_")} | used
    receiver = _words(call.call.receiver)
    return bool(words & _WALKS) or bool(receiver & {name.lower() for name in loop.variables})


def _words(text: str) -> set[str]:
    names = "".join(character if character.isalnum() or character == "_" else " " for character in text.lower()).split()
    return {*names, *(word for name in names for word in name.split("_"))}


def _looks_up(document: SqlDocument) -> bool:
    """Say whether a document is one query that compares a column with a parameter, and names its tables itself."""
    trees = [statement.tree for statement in document.statements]
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        return False
    select = trees[0]
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
            sides = condition.this, condition.expression
            parameters = [side for side in sides if _is_parameter(document, side)]
            if len(parameters) == 1 and any(
                isinstance(side, exp.Column) for side in sides if side is not parameters[0]
            ):
                return True
    return False


def _is_parameter(document: SqlDocument, node: exp.Expr) -> bool:
    if isinstance(node, (exp.Placeholder, exp.Parameter)):
        return True
    if isinstance(node, exp.Column) and node.name[:1] in ("$", "@", ":"):
        return True  # the generic dialect reads `$1` as a name
    return not isinstance(node, exp.Column) and document.has_hole(node)
