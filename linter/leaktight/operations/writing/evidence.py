"""What says that a write is part of a load that runs again, and not one row of a request.

A web application's `INSERT` of a new row is no load: it runs once for each request. Without a sign of a load there is
no evidence.
"""

from __future__ import annotations

from leaktight.context import PathContext
from leaktight.embedding.call import Function
from leaktight.languages.document import Document
from leaktight.languages.python.document import PythonDocument
from leaktight.operations.hosted_sql import HostedSql
from leaktight.operations.table_write import Evidence
from leaktight.source import HoleKind
from leaktight.text import words_of

_LOAD_FOLDERS = frozenset(
    "etl elt dag dags job jobs loader loaders load loads pipeline pipelines ingest ingestion ingestor importer importers "
    "import imports sync syncs batch cron crons airflow dagster prefect glue spark warehouse dwh "
    "transform transforms backfill backfills extract extractors feeds crawler crawlers scraper scrapers".split()
)
_LOAD_WORDS = frozenset(
    "load loads loading loader sync syncs ingest ingests etl elt backfill refresh populate import imports importer "
    "aggregate rollup replicate transfer pipeline nightly daily hourly weekly monthly scrape crawl upload etl".split()
)
_NO_LOAD_WORDS = frozenset(
    "init setup seed seeds fixture fixtures demo example sample test tests mock fake dummy synthetic simulated simulator "
    "simulate bootstrap migrate migration upgrade "
    "downgrade register signup login handler webhook".split()
)
_WEB_FOLDERS = frozenset(
    "api apis handler handlers route routes router routers controller controllers view views endpoint endpoints server "
    "web webapp model models repository repositories resolver resolvers graphql rest http services service dao crud "
    "blueprints".split()
)
_WEB_MODULES = (
    "flask", "fastapi", "django", "starlette", "sanic", "tornado", "bottle", "falcon", "aiohttp.web", "litestar",
    "quart", "rest_framework", "streamlit", "chalice", "discord", "telegram",
)  # fmt: skip
_WEB_PARAMETERS = frozenset({"request", "req", "res", "reply", "update"})
_WEB_DECORATORS = frozenset({"get", "post", "put"})
"""The calls that decorate a handler; those of `_WEB_ROUTES` only as methods of an application: `@app.patch("/x")`."""
_WEB_ROUTES = frozenset({"patch", "delete", "route"})
_WEB_PACKAGES = frozenset({"express", "fastify", "koa", "@nestjs", "hono", "@hapi", "@trpc", "apollo", "@remix-run"})
_ORCHESTRATORS = (
    ("airflow", "Airflow"), ("dagster", "Dagster"), ("prefect", "Prefect"), ("awsglue", "Glue"), ("luigi", "Luigi"),
    ("pyspark", "Spark"), ("snowflake.snowpark", "Snowpark"), ("apache_beam", "Beam"), ("metaflow", "Metaflow"),
    ("kedro", "Kedro"), ("dlt", "dlt"), ("apscheduler", "APScheduler"), ("celery", "Celery"), ("schedule", "schedule"),
)  # fmt: skip
_TASKS = ("task", "flow", "asset", "op", "job", "shared_task")


def is_silent(path: PathContext) -> bool:
    """Say whether a file's place says that what it writes is no load: a migration, a test, a fixture."""
    return path.migration or path.test or path.fixture


def host_load(
    document: Document,
    path: PathContext,
    function: Function | None,
    *,
    call: HostedSql | None,
    selects: bool,
    named_only: bool = False,
) -> Evidence | None:
    """Give what says that a write of a host is part of a load; None for a request's own row.

    `selects` says that the rows come from a frame or from tables, many at a time. One row of values is a load only in
    a loop, in `executemany`, or in a task. With `named_only` the function itself must say that it is a load.
    """
    if is_silent(path) or (isinstance(document, PythonDocument) and "pyflink" in document.modules):
        return None
    task = _task(document, function, call)
    if task is not None:
        return task
    rows = _rows(call)
    if not selects and rows is None:
        return None
    web = _is_web(document, path, function)
    if rows is not None and "Records" in rows.reason:
        return rows
    named = _named(function)
    if named is not None:
        return named if not web or function is None or "." not in function.name else None
    if web or named_only or (function is not None and not _NO_LOAD_WORDS.isdisjoint(words_of(function.name))):
        return None
    placed = _placed(path)
    if placed is not None:
        return placed
    runner = _runner(document)
    if runner is not None:
        return Evidence(f"{runner} runs this file again")
    if call is not None and not call.call.sink:
        return None  # a constant, which nobody is seen to run
    if function is None:
        return Evidence("it runs each time that the file does")
    if selects and call is not None and _is_constant(call):
        return Evidence("it selects the same rows on each run")
    if call is None and selects:
        return Evidence("the same input gives the same rows")
    return None


def sql_file_load(path: PathContext, *, selects: bool, does: str = "selects the same rows") -> Evidence | None:
    """Give why an INSERT or COPY of a `.sql` file is a load: it selects its rows from elsewhere; values are reference data."""
    if not selects or path.schema or is_silent(path) or "flink" in words_of(path.path):
        return None  # an INSERT of Flink's runs on and on, and takes up where it stopped
    return Evidence(f"it {does} on each run of this file")


def _task(document: Document, function: Function | None, call: HostedSql | None) -> Evidence | None:
    if call is not None:
        name = document.slice(call.call.name)
        if call.call.sink.endswith("=") and name.endswith(("Operator", "OperatorAsync")):
            return Evidence(f"`{name}` runs it on each schedule and each retry")
    if function is not None and isinstance(document, PythonDocument):
        for decorator in function.decorators:
            head = decorator.split("(", 1)[0]
            if any(part in _TASKS for part in head.split(".")) and _runner(document) is not None:
                return Evidence(f"`@{head}` runs it on each schedule and each retry")
    return None


def _rows(call: HostedSql | None) -> Evidence | None:
    if call is None:
        return None
    loop = call.call.loop
    if loop is not None and (call.call.varies or loop.helper is not None):
        if "Records" in loop.iterates:
            return Evidence("an event's `Records` may be delivered again", call.document.location(loop.head))
        if loop.literal_items is None or loop.literal_items > 5:
            return Evidence(f"it runs for {loop.each}", call.document.location(loop.head))
    return Evidence(f"`{call.call.sink}` runs it for many rows") if call.call.many else None


def _named(function: Function | None) -> Evidence | None:
    if function is None:
        return None
    name = function.name.rpartition(".")[2]
    words = words_of(name)
    if _NO_LOAD_WORDS.isdisjoint(words) and not _LOAD_WORDS.isdisjoint(words):
        return Evidence(f"`{name}` is a load that runs again")
    return None


def _placed(path: PathContext) -> Evidence | None:
    folders = path.path.lower().replace("-", "_").split("/")
    stem = folders[-1].rpartition(".")[0]
    for part in [*folders[:-1], stem]:
        words = words_of(part)
        if _NO_LOAD_WORDS.isdisjoint(words) and (not _LOAD_FOLDERS.isdisjoint(words)):
            return Evidence(f"`{part}` holds what runs again")
    return None


def _is_web(document: Document, path: PathContext, function: Function | None) -> bool:
    folders = path.path.lower().split("/")
    if any(not _WEB_FOLDERS.isdisjoint(words_of(part)) for part in [*folders[:-1], folders[-1].rpartition(".")[0]]):
        return True
    if function is not None:
        if not _WEB_PARAMETERS.isdisjoint(parameter.lower() for parameter in function.parameters):
            return True
        if any(_is_route(decorator) for decorator in function.decorators):
            return True
    if isinstance(document, PythonDocument):
        return any(module in document.modules for module in _WEB_MODULES)
    from leaktight.languages.javascript.document import JavascriptDocument

    return isinstance(document, JavascriptDocument) and any(
        _is_web_module(module) for module, _ in document.imports.values()
    )


def _is_route(decorator: str) -> bool:
    """Say whether the text of a decorator registers a web handler: `app.get("/x")`, `api_view(["GET"])`."""
    called, bracket, _ = decorator.partition("(")
    holder, _, name = called.strip().rpartition(".")
    return name == "api_view" or (bool(bracket) and (name in _WEB_DECORATORS or (bool(holder) and name in _WEB_ROUTES)))


def _is_web_module(module: str) -> bool:
    """Say whether a JavaScript module is a web framework's, or one made for it: `express`, `koa-router`, `@hapi/boom`."""
    package = module.split("/", 1)[0]
    return module.startswith("next/server") or not _WEB_PACKAGES.isdisjoint((package, package.split("-", 1)[0]))


def _runner(document: Document) -> str | None:
    if not isinstance(document, PythonDocument):
        return None
    return next((name for module, name in _ORCHESTRATORS if module in document.modules), None)


def _is_constant(call: HostedSql) -> bool:
    """Say whether nothing fills the SQL in: no value of the host, no parameter."""
    return not call.call.arguments and not any(
        segment.hole in (HoleKind.VALUE, HoleKind.IDENTIFIER) for segment in call.call.region.map.segments
    )
