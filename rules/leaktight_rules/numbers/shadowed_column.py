"""Aliases that are not what GROUP BY or PARTITION BY looks at."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Good,
    Related,
    Relation,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    clauses,
    exp,
    predicates,
)

_DDL = """
create table orders (order_id bigint primary key, created_at timestamptz not null, day date, total numeric(12, 2), country char(2));
"""
_COLUMN_FIRST = frozenset(
    """postgres redshift snowflake mysql singlestore sqlite duckdb spark spark2 databricks hive trino presto athena tsql fabric
    oracle materialize risingwave""".split()
)
"""Dialects in which a name of GROUP BY is a column of FROM before it is an alias."""
_ALIAS_FIRST_IN_WINDOWS = frozenset({"clickhouse", ""})
_MERGES = tuple(
    kind
    for name in """DateTrunc TimestampTrunc DatetimeTrunc TimeTrunc Date TsOrDsToDate Extract Year Month Day Week Quarter Hour
        DayOfWeek DayOfYear Lower Upper Substring Left Right Round Floor Ceil SplitPart RegexpExtract TimeToStr Trunc""".split()
    if (kind := getattr(exp, name, None)) is not None
)
"""What makes one value of many: with it, the groups of the column are others than those of the alias."""
_MERGING_NAMES = frozenset({"TRUNC", "DATE", "TODATE", "TO_DATE", "TOSTARTOFDAY", "TOSTARTOFHOUR", "TOSTARTOFMONTH"})
_WIDE = 50
"""How many characters of a text are taken for all of it."""
_DATES = frozenset({exp.DataType.Type.DATE, exp.DataType.Type.DATE32})


class ShadowedColumn(SqlRule):
    """An alias has the name of a column, and the clause that names it means the column.

    `SELECT date(created_at) AS created_at, count(*) … GROUP BY created_at` looks like one row a day and gives one row for each
    instant: a name in `GROUP BY` is a column of the tables first and an alias only where there is no such column, on
    Postgres, MySQL, Snowflake, Spark and more. In `OVER (PARTITION BY … ORDER BY …)` it is always the column. Nothing fails,
    the numbers are just not those that the query seems to give.

    Give the alias a name of its own, write the expression out, or group by its position.

    The rule speaks where the alias makes one value of several (a date of a timestamp, a `CASE`, `LOWER`), so that the groups
    are others, or where it is for another column altogether; and where the column is known to exist: the alias's own
    expression names it, or the catalog has it. ClickHouse and BigQuery, which take the alias, are left alone in `GROUP BY`, as
    are aliases that only cast, trim, bound the length of a text or fill in.
    """

    name = "shadowed-column"
    category = Category.NUMBERS
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select date(created_at) as created_at, count(*) as orders
            from orders
            group by created_at
                     ^^^^^^^^^^ `created_at` is the column here, not the alias for `date(created_at)`
            """,
            dialect="postgres",
        ),
        Bad(
            """
            select date_trunc('day', created_at) as day, sum(total) as total
            from orders
            group by day, created_at
                     ^^^ `day` is the column here
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            select date(created_at) as created_at, row_number() over (partition by created_at order by order_id) as nth
                                                                                   ^^^^^^^^^^ `created_at` is the column here
            from orders
            """,
            dialect="snowflake",
        ),
        Good(
            """
            select case when country = 'DE' then 'Germany' when country = 'FR' then 'France' end as country, count(*)
            from orders group by country
            """,
            dialect="postgres",
            note="Each has its own word.",
        ),
        Good("select date(created_at) as day, count(*) as orders from orders group by day", dialect="postgres"),
        Good("select created_at, count(*) as orders from orders group by created_at", catalog=_DDL, dialect="postgres"),
        Good("select date(created_at) as created_at, count(*) from orders group by 1", dialect="postgres"),
        Good(
            "select cast(substring(city, 1, 255) as varchar(255)) as city, count(*) from shops group by city",
            dialect="snowflake",
            note="No city has a name so long.",
        ),
        Good(
            "select cast(substring(code, 1, 10) as varchar(10)) as code, count(*) from shops group by code",
            dialect="snowflake",
            note="It only has to fit.",
        ),
        Good(
            "select date(o.created_at) as created_at, count(*) from orders o group by o.created_at",
            dialect="postgres",
            note="The column is meant, and says so.",
        ),
        Good("select trim(country) as country, count(*) from orders group by country", dialect="postgres"),
        Good(
            "select case when country = '??' then null else country end as country, count(*) from orders group by country",
            dialect="postgres",
            note="Each country is its own group either way.",
        ),
        Good(
            "select case when total is not null then total else 0 end as total, count(*) from orders group by total",
            dialect="postgres",
            note="Filled in.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each name in GROUP BY or a window that an alias of the same query seems to explain."""
        for scope in sql.scopes:
            if not isinstance(scope.node, exp.Select):
                continue
            if clauses.group(scope.node) is None and not any(True for _ in sql.find(exp.Window)):
                continue
            made = {
                item.alias.lower(): item
                for item in clauses.projections(scope.node)
                if isinstance(item, exp.Alias) and not _is_of_rows(item)
            }
            for column, grouped in _bare(sql, scope) if made else ():
                item = made.get(column.name.lower())
                if item is None or sql.has_hole(column) or sql.has_hole(item):
                    continue
                related = _hides(sql, scope, column.name, item, grouped=grouped)
                if related is not None:
                    told = sql.text_of(item.this)
                    named = f"`{told}`" if len(told) <= 60 and "\n" not in told else "another expression"
                    yield Finding(
                        sql.span(column),
                        f"`{column.name}` is the column here, not the alias for {named}",
                        related=(Related(sql.span(item), "the alias"), *related),
                    )


def _bare(sql: SqlDocument, scope: Scope) -> Iterator[tuple[exp.Column, bool]]:
    """Yield the unqualified columns that stand alone in GROUP BY (True) or PARTITION BY (False)."""
    group = clauses.group(scope.node)
    if group is not None and sql.dialect in _COLUMN_FIRST:
        for key in group.expressions:
            if isinstance(key, exp.Column) and not clauses.column_qualifiers(key):
                yield key, True
    if sql.dialect in _ALIAS_FIRST_IN_WINDOWS or not any(True for _ in sql.find(exp.Window)):
        return
    for item in clauses.projections(scope.node):
        for node in clauses.descendants(item, into_queries=False):
            if isinstance(node, exp.Window):
                for part in clauses.partition_by(node):
                    if isinstance(part, exp.Column) and not clauses.column_qualifiers(part):
                        yield part, False


def _is_of_rows(item: exp.Alias) -> bool:
    """Say whether an alias is for an aggregate, a window or NULL, which no row can be grouped by: then the column is meant."""
    if isinstance(item.this, exp.Null) or (isinstance(item.this, exp.Cast) and isinstance(item.this.this, exp.Null)):
        return True
    return any(
        isinstance(node, (exp.AggFunc, exp.Window, exp.Star))
        for node in clauses.descendants(item.this, into_queries=False)
    )


def _hides(sql: SqlDocument, scope: Scope, name: str, item: exp.Alias, *, grouped: bool) -> tuple[Related, ...] | None:
    """Give what shows that an alias hides a column with other values; None where nothing does."""
    own = [
        node
        for node in clauses.descendants(item.this, into_queries=False)
        if isinstance(node, exp.Column) and node.name.lower() == name.lower()
    ]
    if own:
        # An expression of the column itself groups as the column does, but where it makes one value of several.
        certain = all(_is_of_from(scope, node) for node in own)
        return () if certain and _merges(item.this, grouped=grouped) else None
    for relation in scope.relations if grouped else ():
        found = _has(sql, relation, name)
        if found is not None:
            return found
    return None


def _merges(node: exp.Expr, *, grouped: bool) -> bool:
    room = [size.name for size in node.to.find_all(exp.DataTypeParam)] if isinstance(node, exp.Cast) else []
    node = _uncast(node)
    if isinstance(node, exp.Anonymous):
        return node.name.upper() in _MERGING_NAMES
    if isinstance(node, (exp.Case, exp.If)):
        return grouped and not _blanks(node)
    if isinstance(node, (exp.Substring, exp.Left)) and _only_bounds(node, room):
        return False
    return isinstance(node, (*_MERGES, exp.Cast))


def _only_bounds(node: exp.Substring | exp.Left, room: list[str]) -> bool:
    """Say whether a text is only kept from growing: to many characters, or to as many as the type has room for."""
    _, *numbers = [part.name for part in clauses.children(node) if part is node.this or isinstance(part, exp.Literal)]
    if not numbers or numbers[:-1] not in ([], ["0"], ["1"]) or not numbers[-1].isdigit():
        return False
    return int(numbers[-1]) >= _WIDE or numbers[-1:] == room[:1]


def _blanks(node: exp.Case | exp.If) -> bool:
    """Say whether a CASE only makes one value empty, or fills in where there is none: each other value stays as it is."""
    parts = [child for child in clauses.children(node) if child is not node.this or isinstance(node, exp.If)]
    if isinstance(node, exp.Case) and _translates(parts):
        return True
    if isinstance(node, exp.Case):
        if node.this is not None or len(parts) != 2 or not isinstance(parts[0], exp.If):
            return False
        parts = [*clauses.children(parts[0]), parts[1]]
    if len(parts) != 3:
        return False
    asked, given, kept = predicates.unparenthesised(parts[0]), _uncast(parts[1]), _uncast(parts[2])
    if isinstance(asked, exp.Not):
        asked = predicates.unparenthesised(asked.this)
    if isinstance(asked, exp.Is) and predicates.is_negated(asked):
        given, kept = kept, given
    if not isinstance(kept, exp.Column):
        return False
    if isinstance(asked, exp.Is):
        return isinstance(given, (exp.Literal, exp.Null))
    empty = isinstance(given, exp.Null) or (isinstance(given, exp.Literal) and given.is_string and not given.name)
    return isinstance(asked, exp.EQ) and isinstance(asked.expression, exp.Literal) and empty


def _translates(arms: list[exp.Expr]) -> bool:
    """Say whether a CASE gives each of some values another word: `WHEN country = 'DE' THEN 'Germany' WHEN country = 'FR' THEN …`."""
    words: list[str] = []
    for arm in arms:
        asked, given = [*clauses.children(arm), None, None][:2] if isinstance(arm, exp.If) else (None, arm)
        equals = isinstance(asked, exp.EQ) and isinstance(asked.expression, exp.Literal)
        if not isinstance(given, (exp.Literal, exp.Null)) or not (equals or asked is None):
            return False
        words.append(given.sql())
    return len(words) > 1 and len(set(words)) == len(words)


def _uncast(node: exp.Expr) -> exp.Expr:
    """Give what brackets and casts stand around, of which a cast to a date makes one value of several."""
    while isinstance(node, exp.Paren) or (isinstance(node, exp.Cast) and node.to.this not in _DATES):
        node = node.this
    return node


def _is_of_from(scope: Scope, column: exp.Column) -> bool:
    """Say whether a column, by its qualifier, is of the query's own tables and no field of a struct."""
    qualifiers = clauses.column_qualifiers(column)
    return not qualifiers or (len(qualifiers) == 1 and scope.relation(qualifiers[0]) is not None)


def _has(sql: SqlDocument, relation: Relation, name: str) -> tuple[Related, ...] | None:
    columns = sql.resolver.columns(relation)
    output = columns.get(name.lower()) if columns is not None else None
    if output is None:
        return None
    if output.known is not None and output.known.column.location is not None:
        return (Related(output.known.column.location, "the column"),)
    return ()
