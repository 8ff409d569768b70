"""What each file tells the project, and the project that all of them add up to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import AnyStr

from sqlglot.tokenizer_core import Token, TokenType

from leaktight.catalog.applied import applied
from leaktight.catalog.catalog import Catalog, catalog_of
from leaktight.catalog.chain import Revision
from leaktight.catalog.change import CreateTable, TableChange, TypeChange
from leaktight.catalog.declaration import Container, Declaration, Listing, joined
from leaktight.catalog.order import among_numbered, ordered
from leaktight.catalog.plan import Plan
from leaktight.catalog.produced import Produced, StarOf, with_produced
from leaktight.catalog.table import TableName
from leaktight.catalog.teardown import teardowns
from leaktight.catalog.view import View
from leaktight.context import path_context
from leaktight.lazy import regex
from leaktight.operations.clearing import CLEARS, clearings, is_clearing
from leaktight.operations.dbt.projects import DbtFile
from leaktight.operations.dbt.settling import settled
from leaktight.operations.file import DBT_CALL, WIDE, FileView
from leaktight.operations.hosts import JAVASCRIPT
from leaktight.operations.openings import CALLS, openings
from leaktight.operations.project import DynamodbTable, FileFacts, Project, TableUse, TableVariable
from leaktight.operations.python_schema.user_model import user_table, with_user_table
from leaktight.operations.reading import Reading
from leaktight.operations.sources import kinds_of, read_sources
from leaktight.report import NotAnalysed
from leaktight.source import Language, Source

_TABLES = regex(r"dynamo|SimpleTable", re.IGNORECASE)
_AIRFLOW_PIN = regex(r"^[ \t]*apache-airflow(?:\[[^\]]*\])?\s*[=~>]=\s*(\d+)\.(\d+)", re.MULTILINE)


# Each begins with plain letters: a search for these is many times as fast as one for `\b` or for one word of several.
_DDL = (
    r"create\s[^;]{0,200}?\b(?:table|view|index)\b",
    r"alter\s[^;]{0,120}?\b(?:table|view|index)\b",
    r"drop\s[^;]{0,120}?\b(?:tables?|view|index)\b",
    r"rename\s+tables?\b",
    r"sp_rename\b",
    r"sp_\w{3,6}extendedproperty\b",
    r"comment\s+on\b",
    r"create\s+type\b",
    r"alter\s+type\b",
    r"into(?<!insert into)(?<!merge into)(?<!ignore into)(?<!replace into)\s",
)
"""What stands, in lower case, in every SQL file that changes a table."""
_KINDS = (
    "or\\s+replace|or\\s+alter|temp|temporary|external|unique|materialized|transient|unlogged|foreign|secure|virtual|"
    "clustered|nonclustered|columnstore|fulltext|hybrid|dynamic|iceberg|volatile|multiset|global|local|bitmap"
)
_DDL_IN_HOST = (
    rf"create\s+(?:(?:{_KINDS})\s+)*(?:table|view|index)\b",
    r"alter\s+(?:table|index)\b",
    r"drop\s+(?:table|view|index)\b",
    r"rename\s+table\b",
    r"create\s+type\b",
    r"alter\s+type\b",
)
"""The same for the SQL of a Python or JavaScript file, in which the words of the language stand as well."""
_IN_BYTES = tuple(regex(pattern.encode()) for pattern in (*_DDL, *CLEARS))
_IN_TEXT = tuple(regex(pattern) for pattern in _DDL)
_IN_BYTES_OF_HOST = tuple(regex(pattern.encode()) for pattern in _DDL_IN_HOST)
_IN_TEXT_OF_HOST = tuple(regex(pattern) for pattern in _DDL_IN_HOST)


def tells_facts(path: str, data: bytes, language: Language) -> bool:
    """Say, from its name and bytes, whether a file may tell the project anything; most do not and are never parsed for it."""
    if data.startswith(WIDE):
        return True
    folded = data.lower()
    return (
        _tells_of_its_own(data, folded, language)
        or bool(kinds_of(path, language, folded))
        or _is_built(path, folded, language)
    )


def _is_built(path: str, folded: bytes, language: Language) -> bool:
    """Say whether a file is a migration in JavaScript whose methods change tables."""
    if language not in JAVASCRIPT or not path_context(path).migration:
        return False
    from leaktight.operations.ddl.builders import BUILDER

    return BUILDER.search(folded) is not None


def _tells_of_its_own(data: bytes, folded: bytes, language: Language) -> bool:
    if language is not Language.SQL and not language.is_data and any(call in folded for call in CALLS):
        return True
    if language is Language.PYTHON:
        from leaktight.operations.python_gate import PythonGate

        gate = PythonGate(data)
        return (b"dynamo" in folded and gate.dynamodb) or (_any(_IN_BYTES_OF_HOST, folded) and gate.sql)
    if language is Language.SQL:
        return _any(_IN_BYTES, folded)
    if language is Language.YAML:
        return b"dynamodb" in folded or b"simpletable" in folded or b"apache-airflow" in folded
    if language.is_data:
        return False
    return b"dynamo" in folded or b"pynamodb" in folded or _any(_IN_BYTES_OF_HOST, folded)


def _any(patterns: Iterable[re.Pattern[AnyStr]], folded: AnyStr) -> bool:
    for pattern in patterns:  # noqa: SIM110 - half the time of any() over a generator
        if pattern.search(folded):
            return True
    return False


def file_facts(source: Source, dialect: str | None, configured: Project, reading: Reading | None = None) -> FileFacts:
    """Give what one file tells the project: its tables and their changes, its DynamoDB tables, the requests to those.

    What is read of it and may be read again is kept in `reading`.
    """
    wanted = (
        _is_query if _may_be_model(source) else _is_told if source.language is Language.SQL else _makes_table_of_query
    )
    view = FileView(
        source, Project(dialect_hints=configured.dialect_hints), dialect=dialect, wanted=wanted, reading=reading
    )
    declarations: list[Declaration] = []
    changes: list[TableChange | TypeChange] = []
    revision: Revision | None = None
    dbt: list[DbtFile] = []
    produced: list[Produced] = []
    plans: list[Plan] = []
    elsewhere: list[Listing | Container] = []
    unread: list[NotAnalysed] = []
    for item in read_sources(view):
        match item:
            case Declaration():
                declarations.append(item)
            case Plan():
                plans.append(item)
            case Revision():
                revision = item
            case Listing() | Container():
                elsewhere.append(item)
            case Produced():
                produced.append(item)
            case NotAnalysed():
                unread.append(item)
            case _ if isinstance(item, DbtFile):
                dbt.append(item)
            case _:
                changes.append(item)
    if source.language is Language.PYTHON and view.path.migration and not [*view.python]:
        unread += view.not_analysed[:1]
    facts = FileFacts(
        changes=tuple(changes),
        declarations=tuple(declarations),
        plans=tuple(plans),
        revision=revision,
        elsewhere=tuple(elsewhere),
        dbt=tuple(dbt),
        produced=tuple(produced),
        unread=next(iter(unread), None),
    )
    if source.language is Language.YAML:
        tables, variables = _declared_tables(source)
        airflow = _pinned_airflow(source.text)
        return replace(facts, dynamodb_tables=tables, table_variables=variables, airflow=airflow)
    if source.language.is_data:
        return facts
    # Where a source has read the SQL of its file as well, it knows better when that is run.
    known = {id(change) for change in changes}
    changes = [*(change for change in _changes(view) if id(change) not in known), *changes]
    views = tuple(_views(source, changes)) if source.language is Language.SQL else ()
    return replace(
        facts,
        changes=tuple(changes),
        views=views,
        produced=(*facts.produced, *_starred(view, changes)),
        openings=() if view.is_test else tuple(openings(source.text, changes)),
        clearings=tuple(clearings(view, changes)),
        dynamodb_uses=tuple(_uses(view)),
    )


_LONGEST_VIEW = 100_000


def _views(source: Source, changes: Iterable[TableChange | TypeChange]) -> Iterator[View]:
    """Yield the views that a file creates, or the one that it is as a model of dbt."""
    if len(source.text) > _LONGEST_VIEW:
        return
    for change in changes:
        if isinstance(change, CreateTable) and change.table.kind == "view":
            yield View(change.table.name, source.path, source.text, change.dialect)
    before, models, rest = source.path.rpartition("models/")
    is_model = models and (not before or before.endswith("/")) and "{{" in source.text
    if not is_model:
        return
    from leaktight.embedding.jinja import config_of

    if config_of(source.text).get("materialized") in _VIEWS_OF_DBT:
        name = rest.rpartition("/")[2].removesuffix(".sql")
        yield View(TableName((name,)), source.path, source.text, scope=before)


_VIEWS_OF_DBT = frozenset({"view", "ephemeral"})


def _may_be_model(source: Source) -> bool:
    if source.language is not Language.SQL:
        return False
    return "models" in source.path.split("/")[:-1] or DBT_CALL.search(source.text) is not None


def _is_query(tokens: Sequence[Token]) -> bool:
    """Say whether a statement is a query, as that of a model, or takes a table's columns from one."""
    return tokens[0].text.upper() in {"SELECT", "WITH", "("} or _is_told(tokens)


def _is_told(tokens: Sequence[Token]) -> bool:
    """Say whether the tree of a statement tells something: all other DDL is read from its words."""
    return _makes_table_of_query(tokens) or is_clearing(tokens)


def _makes_table_of_query(tokens: Sequence[Token]) -> bool:
    """Say whether a statement takes a table's columns from a query."""
    words = [token.text.upper() for token in tokens[:8]]
    if words[0] == "CREATE":
        return "TABLE" in words[1:6] and any(token.token_type is TokenType.ALIAS for token in tokens)
    return words[0] in {"SELECT", "WITH"} and any(token.token_type is TokenType.INTO for token in tokens)


def _changes(view: FileView) -> Iterator[TableChange | TypeChange]:
    lowered = view.source.text.lower()
    if view.source.language in JAVASCRIPT and _is_built(view.source.path, lowered.encode(), view.source.language):
        from leaktight.operations.ddl.builders import built_changes

        for script in view.javascript:
            yield from built_changes(script)
    gate = _IN_TEXT if view.source.language is Language.SQL else _IN_TEXT_OF_HOST
    if not _any(gate, lowered):
        return
    from leaktight.operations.table_changes import table_changes

    undone = {id(document) for call in view.calls if call.takes_back for document in call.sql}
    for document in view.sql:
        if document.region.variant == 0 and id(document) not in undone:
            yield from table_changes(document)


def _starred(view: FileView, changes: Iterable[TableChange | TypeChange]) -> Iterator[Produced]:
    """Yield what a query with a star produces, where a statement makes a table of it."""
    open_ones = {
        id(change)
        for change in changes
        if isinstance(change, CreateTable) and change.table.kind == "table" and not change.table.complete
    }
    if not open_ones:
        return
    from leaktight.languages.sql.produced import columns_of
    from leaktight.operations.table_changes import declared_tables

    for document in view.sql:
        for made in declared_tables(document) if document.region.variant == 0 else ():
            items = (
                columns_of(document, made.query) if made.query is not None and id(made.change) in open_ones else None
            )
            if items is not None and any(isinstance(item, StarOf) for item in items):
                table = made.table
                yield Produced(
                    view.source.path,
                    table.name.name,
                    items,
                    dialect=document.dialect,
                    location=table.location,
                    table=table.name,
                )


def _uses(view: FileView) -> Iterator[TableUse]:
    if view.source.language is Language.SQL:
        return
    from leaktight.operations.requests import may_send_requests, table_uses

    if may_send_requests(view.source.text):
        yield from table_uses(view.dynamodb)


def _declared_tables(source: Source) -> tuple[tuple[DynamodbTable, ...], tuple[TableVariable, ...]]:
    if not _TABLES.search(source.text):
        return (), ()
    from leaktight.operations.infrastructure import dynamodb_tables, table_variables

    return dynamodb_tables(source), table_variables(source)


def _pinned_airflow(text: str) -> tuple[int, ...] | None:
    pinned = _AIRFLOW_PIN.search(text)
    return (int(pinned[1]), int(pinned[2])) if pinned else None


def _without_lost(catalog: Catalog, by_path: Mapping[str, FileFacts]) -> Catalog:
    """Give a catalog in which not all is known of the tables beside a migration that could not be read."""
    lost = {
        path.rpartition("/")[0]
        for path, fact in by_path.items()
        if fact.unread is not None and path_context(path).migration
    }
    if not lost:
        return catalog
    tables = (replace(one, complete=False) if one.path.rpartition("/")[0] in lost else one for one in catalog)
    return catalog.with_tables(tables, catalog.contradictions)


def fold_facts(facts: Iterable[tuple[str, FileFacts]], configured: Project) -> Project:
    """Give the project that the facts of all files, each with its path, add up to.

    Changes are folded file by file in the order that migrations are run in; what else describes a table is added to it.
    """
    by_path = dict(facts)
    plans = [plan for path in sorted(by_path) for plan in by_path[path].plans]
    revisions = {path: fact.revision for path, fact in by_path.items() if fact.revision is not None}
    changing = [path for path, fact in by_path.items() if fact.changes]
    order = ordered(changing, plans, revisions)
    elsewhere = [item for path in sorted(by_path) for item in by_path[path].elsewhere]
    users = user_table(elsewhere)
    scripts = [(path, [*with_user_table(by_path[path].changes, users)]) for path in order.paths]
    torn_down = teardowns(scripts, order.home)
    changes = (change for path, made in scripts if path not in torn_down for change in made)
    declarations, outdated = settled(
        joined(
            [
                *configured.declared,
                *(item for path in sorted(by_path) for item in with_user_table(by_path[path].declarations, users)),
            ],
            elsewhere,
        ),
        (item for path in sorted(by_path) for item in by_path[path].dbt),
        by_path,
    )
    views = (view for path in sorted(by_path) for view in by_path[path].views)
    made = (opening for path in sorted(by_path) for opening in by_path[path].openings)
    cleared = (one for path in sorted(by_path) for one in by_path[path].clearings)
    catalog = catalog_of(
        changes, declarations, order.home, views, configured.star, configured.search_path, made, cleared
    )
    catalog = _without_lost(catalog, by_path)
    produced = [query for path in sorted(by_path) for query in by_path[path].produced]
    versions = [fact.airflow for fact in by_path.values() if fact.airflow is not None]
    project = replace(
        configured,
        catalog=with_produced(catalog, produced) if produced else catalog,
        dynamodb_tables=tuple(table for path in sorted(by_path) for table in by_path[path].dynamodb_tables),
        table_variables=tuple(one for path in sorted(by_path) for one in by_path[path].table_variables),
        dynamodb_uses=tuple(use for path in sorted(by_path) for use in by_path[path].dynamodb_uses),
        airflow=configured.airflow or (max(versions) if versions else None),
        outdated=tuple(outdated),
        applied=applied(configured.start_after, by_path, revisions),
        whole_schemas=torn_down.union(path for path in among_numbered(changing) if by_path[path].makes_a_schema),
    )
    return project.with_declared_uses()
