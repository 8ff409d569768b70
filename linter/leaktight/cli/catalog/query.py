"""`leaktight catalog query`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from leaktight.cli import CLEAN
from leaktight.cli.output import emit
from leaktight.database.queries import ENGINES, Queries, known, queries_of
from leaktight.text import nearest


@click.command("query")
@click.argument("engine")
@click.argument("name", required=False)
def command(engine: str, name: str | None) -> int:
    """Print the queries for a database that cannot be connected to from here.

    ENGINE is `bigquery`, `databricks`, `mysql`, `postgres`, `redshift`, `snowflake` or `sqlserver`. With NAME, such as
    `columns`, that query is printed alone, to be piped into a client. Save each result as CSV or JSON, and read all of them
    with `leaktight catalog import FILE…`.
    """
    word = engine.lower()
    if word not in ENGINES:
        near = nearest(word, ENGINES)
        hint = f"did you mean `{near}`?" if near else f"there are {known()}."
        raise click.UsageError(f"There are no queries for `{engine}`; {hint}")
    queries = queries_of(word)
    if name is None:
        emit("".join(f"{line}\n" for line in _all(queries)))
        return CLEAN
    names = [query.name for query in queries.queries]
    for query in queries.queries:
        if query.name == name:
            emit(f"{query.sql};\n")
            return CLEAN
    near = nearest(name, names)
    hint = f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{item}`' for item in names)}."
    raise click.UsageError(f"There is no query `{name}` for {ENGINES[word]}; {hint}")


def _all(queries: Queries) -> Iterator[str]:
    names = " ".join(f"{query.name}.csv" for query in queries.queries)
    yield f"-- What the catalog asks of {ENGINES[queries.engine]}. Run each query, save its result as CSV or JSON, then:"
    yield f"--   leaktight catalog import {names}"
    for line in queries.how:
        yield f"-- {line}"
    yield f"-- `leaktight catalog query {queries.engine} {queries.queries[0].name}` prints the first one alone."
    for query in queries.queries:
        yield ""
        yield f"-- {query.name}: {query.about}"
        yield f"{query.sql};"
