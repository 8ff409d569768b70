"""What a file's place in the project says of it: a migration, a test, a fixture, a script."""

from __future__ import annotations

from functools import lru_cache

from leaktight.lazy import record, regex

# Each alternative begins with plain letters or a slash, which a path is given before it: others take a search five times as long.
_MIGRATION = regex(
    r"/((?:data|db|database|schema|sql)[_-]migrations?|migrations?|migrate|alembic|flyway|liquibase|schema_changes|db/changes|versions|deltas?|upgrades?)/|"
    r"/[vur]\d[\w.]*__[^/]*\.(sql|hql)$|\.(up|down)\.(sql|hql)$|/(migrate_|migration[_-])[^/]*\.(py|sql|hql|js|ts)$|migrate\.(sql|hql)$|/(\d{8,14}|\d{4}-\d\d-\d\d)[_-][^/]*\.(sql|hql|py|ts|js)$|"
    r"/([a-z]+[_-])?patch(es)?/([^/]*/)*\d[^/]*\.(sql|py)$"
)
_TEST = regex(
    r"/(tests?[_-](configs?|helpers?|setup|support|utils?)|[^/]*\.test|tests?|__tests__|__mocks__|spec|specs|testing|e2e|cypress|\w+[_-]tests)/|/test_[^/]*\.py$|_test\.(py|sql|hql|js|ts)$|"
    r"/conftest\.py$|/tests?\.(py|sql|hql|js|ts)$|/t/([^/]*/)*[^/]*\.sql$|\.(spec|test|eval)\.[cm]?[jt]sx?$|\.(spec|test)\.sql$"
)
_FIXTURE = regex(
    r"/((?:[^/]*[_-])?fixtures?|seeds?|seeders?|testdata|test_data|sample_?data|mocks?|samples?|bench(es|marks?)?|demos?|synthetic[_-]?data[^/]*|stubs?|test[_-]?files?)/|/((seed|fixture)s?[_.]|mocks?[_-])[^/]*$|_seeds?\.[a-z]+$|"
    r"[_-](demos?|backups?)/|[_-]mocks?[_.-][^/]*$|/old[_-](schema|sql|ddl|db)[^/]*/|test(?<!latest)[_-]?(data|db)[^/]*\.sql$|[/_]test_?data[^/]*\.(py|js|ts)$"
)
_SCRIPT = regex(r"/(scripts?|bin|tools?|ops|admin|one[_-]?off|backfills?|maintenance|playground|notebooks?)/")
_SCHEMA = regex(r"/(ddl|schemas?)/|/(schema|structure|init|create_tables?|tables|ddl)\.(sql|hql)$")


@record(frozen=True, slots=True)
class PathContext:
    """What the path of a file says of it. All are guesses from names that only ever make a rule more silent."""

    path: str
    migration: bool = False
    test: bool = False
    fixture: bool = False
    script: bool = False
    schema: bool = False


@lru_cache(maxsize=4096)
def path_context(path: str) -> PathContext:
    """Give the context of a path relative to the project's root, with slashes."""
    place = f"/{path}"
    folded = place.lower()
    return PathContext(
        path,
        migration=bool(_MIGRATION.search(folded)),
        test=bool(_TEST.search(folded)),
        fixture=bool(_FIXTURE.search(folded)),
        script=bool(_SCRIPT.search(folded)),
        schema=bool(_SCHEMA.search(folded)),
    )
