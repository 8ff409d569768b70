"""What tells of tables other than by SQL: one module for each kind of file, told from others by its name and its bytes.

A module here has one function, `read(view)`, which yields a `Declaration` for each table that the file describes, the
changes that it makes to tables, the `Plan` of those that other files make, for a migration that names those before it a
`Revision`, or what completes the declarations of others. What it does not understand it leaves out; a file that is broken
it says so of by raising `NotAnalysable`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from leaktight.diagnostics import locate
from leaktight.lazy import record
from leaktight.report import NotAnalysed
from leaktight.source import Language, NotAnalysable

if TYPE_CHECKING:
    from leaktight.catalog.chain import Revision
    from leaktight.catalog.change import TableChange, TypeChange
    from leaktight.catalog.declaration import Container, Declaration, Listing
    from leaktight.catalog.plan import Plan
    from leaktight.catalog.produced import Produced
    from leaktight.operations.dbt.projects import DbtFile
    from leaktight.operations.file import FileView

    Told = Declaration | TableChange | TypeChange | Plan | Revision | Listing | Container | DbtFile | Produced


@record(frozen=True, slots=True)
class SourceKind:
    """A kind of file that tells of tables: the `module` that reads it, and what its name or its bytes must show.

    `names` are endings of the path, `folders` names of folders above, of which one must be there if any of either are
    given. Of each group in `words`, one must stand in the file's bytes, in lower case.
    """

    module: str
    language: Language
    words: tuple[tuple[bytes, ...], ...] = ()
    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    def tells(self, path: str, folded: bytes) -> bool:
        """Say whether a file may be of this kind. `folded` are its bytes in lower case."""
        if (self.names or self.folders) and not (path.endswith(self.names or ()) or self._stands_in(path)):
            return False
        for group in self.words:
            for word in group:
                if word in folded:
                    break
            else:
                return False
        return True

    def _stands_in(self, path: str) -> bool:
        return any(path.startswith(f"{name}/") or f"/{name}/" in path for name in self.folders)


_DJANGO = (b"django.db", b"django.contrib.gis.db")

KINDS: tuple[SourceKind, ...] = (
    SourceKind("alembic", Language.PYTHON, ((b"alembic",), (b"op.", b"revision"))),
    SourceKind("django_migrations", Language.PYTHON, (_DJANGO, (b"migrations.",))),
    SourceKind("django_models", Language.PYTHON, (_DJANGO, (b"models.", b"model)"))),
    SourceKind(
        "django_settings",
        Language.PYTHON,
        ((b"auth_user_model", b"installed_apps"),),
        ("settings.py",),
        ("settings",),
    ),
    SourceKind(
        "sqlalchemy_models",
        Language.PYTHON,
        ((b"sqlalchemy", b"sqlmodel", b"db.column"), (b"__tablename__", b"table(", b"table=true", b"db.model")),
    ),
    SourceKind("dbt_project", Language.YAML, names=("dbt_project.yml", "dbt_project.yaml")),
    SourceKind("dbt_properties", Language.YAML, ((b"models:", b"sources:", b"seeds:", b"snapshots:"), (b"name:",))),
    SourceKind("dbt_model", Language.SQL, ((b"{{",), (b"config", b"ref", b"source"))),
    SourceKind("dbt_model", Language.SQL, folders=("models",)),
    SourceKind("dbt_model", Language.PYTHON, ((b"def model(",), (b"dbt",)), folders=("models",)),
    SourceKind("dbt_macros", Language.SQL, ((b"generate_schema_name",), (b"endmacro",))),
    SourceKind("dbt_seed", Language.CSV),
    SourceKind("dbt_manifest", Language.JSON, names=("manifest.json",)),
    SourceKind("dbt_catalog", Language.JSON, names=("catalog.json",)),
    SourceKind(
        "sqlmesh_external_models",
        Language.YAML,
        names=("external_models.yaml", "external_models.yml"),
        folders=("external_models",),
    ),
    SourceKind("sqlmesh_external_models", Language.YAML, ((b"name",), (b"columns",)), ("schema.yaml",)),
    SourceKind(
        "sqlmesh_model", Language.SQL, ((b"model (", b"model(", b"model\n("), (b"name",), (b"select", b"from", b"seed"))
    ),
    SourceKind("open_data_contract", Language.YAML, ((b"datacontract",),)),
    SourceKind("data_contract_specification", Language.YAML, ((b"datacontractspecification",),)),
    SourceKind("information_schema", Language.JSON, ((b"table_name",), (b"column_name", b"columns"))),
    SourceKind("information_schema", Language.CSV, ((b"table_name",), (b"column_name",))),
    SourceKind("sqitch_plan", Language.PLAN),
    SourceKind("liquibase_changelog", Language.YAML, ((b"databasechangelog",), (b"include", b"sqlfile"))),
    SourceKind("snapshot", Language.YAML, ((b"leaktight-catalog:",),)),
    SourceKind(
        "terraform",
        Language.TERRAFORM,
        (
            (
                b"google_bigquery_table",
                b"aws_glue_catalog_table",
                b"google_bigquery_dataset",
                b"aws_glue_catalog_database",
            ),
        ),
    ),
    SourceKind(
        "terraform",
        Language.TERRAFORM,
        ((b"variable", b"locals"),),
        ("variables.tf", "variables.tf.json", "vars.tf", "locals.tf", "locals.tf.json"),
    ),
    SourceKind("bigquery_schema", Language.JSON, ((b'"name"',), (b'"type"',))),
)
"""Every kind of file that tells of tables."""


_BY_LANGUAGE: dict[Language, tuple[SourceKind, ...]] = {
    language: tuple(kind for kind in KINDS if kind.language is language) for language in Language
}
_LONG = 4_000_000


def kinds_of(path: str, language: Language, folded: bytes) -> tuple[SourceKind, ...]:
    """Give the kinds of source that a file may be, by its path and its bytes in lower case, each module once."""
    found: dict[str, SourceKind] = {}
    for kind in _BY_LANGUAGE[language]:
        if kind.module not in found and kind.tells(path, folded):
            found[kind.module] = kind
    return tuple(found.values())


def read_sources(view: FileView) -> Iterator[Told | NotAnalysed]:
    """Yield what a file tells of tables as a source of any kind, and for each kind that it cannot be read as, why not."""
    source = view.source
    # Some are a hundred megabytes: what they tell stands near their beginning or not at all.
    folded = source.text[:_LONG].lower().encode("utf-8", "replace")
    for kind in kinds_of(source.path, source.language, folded):
        read: Iterable[Told] = import_module(f"{__name__}.{kind.module}").read(view)
        try:
            yield from read
        except NotAnalysable as problem:
            place = locate(source, problem.span) if problem.span is not None else None
            yield NotAnalysed(source.path, problem.code, problem.reason, place)
