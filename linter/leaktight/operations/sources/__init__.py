"""What tells of tables other than by SQL: one module for each kind of file, told from others by its name and its bytes.

A module here has one function, `read(view)`, which yields a `Declaration` for each table that the file describes, or the
changes that it makes to tables, and for a migration that names those before it a `Revision`. What it does not understand it
leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from leaktight.lazy import record
from leaktight.source import Language

if TYPE_CHECKING:
    from leaktight.catalog.chain import Revision
    from leaktight.catalog.change import TableChange, TypeChange
    from leaktight.catalog.declaration import Declaration
    from leaktight.operations.file import FileView


@record(frozen=True, slots=True)
class SourceKind:
    """A kind of file that tells of tables: the `module` that reads it, and what its name or its bytes must show.

    `names` are endings of the path, of which one must be there if any are given. Of each group in `words`, one must
    stand in the file's bytes, in lower case.
    """

    module: str
    language: Language
    words: tuple[tuple[bytes, ...], ...] = ()
    names: tuple[str, ...] = ()

    def tells(self, path: str, folded: bytes) -> bool:
        """Say whether a file may be of this kind. `folded` are its bytes in lower case."""
        if self.names and not path.endswith(self.names):
            return False
        for group in self.words:
            for word in group:
                if word in folded:
                    break
            else:
                return False
        return True


_DBT_JSON = ((b'"nodes"',), (b'"metadata"',))
_DJANGO = (b"django.db", b"django.contrib.gis.db")

KINDS: tuple[SourceKind, ...] = (
    SourceKind("alembic", Language.PYTHON, ((b"alembic",), (b"op.", b"revision"))),
    SourceKind("django_migrations", Language.PYTHON, (_DJANGO, (b"migrations.",))),
    SourceKind("django_models", Language.PYTHON, (_DJANGO, (b"models.", b"model)"))),
    SourceKind(
        "sqlalchemy_models",
        Language.PYTHON,
        ((b"sqlalchemy", b"sqlmodel", b"db.column"), (b"__tablename__", b"table(", b"table=true", b"db.model")),
    ),
    SourceKind("dbt_properties", Language.YAML, ((b"models:", b"sources:", b"seeds:", b"snapshots:"),)),
    SourceKind("dbt_model", Language.SQL, ((b"{{",), (b"config", b"ref", b"source"))),
    SourceKind("dbt_seed", Language.CSV),
    SourceKind("dbt_manifest", Language.JSON, _DBT_JSON, ("manifest.json",)),
    SourceKind("dbt_catalog", Language.JSON, _DBT_JSON, ("catalog.json",)),
    SourceKind(
        "sqlmesh_external_models",
        Language.YAML,
        ((b"name",), (b"columns",)),
        ("external_models.yaml", "external_models.yml"),
    ),
    SourceKind("open_data_contract", Language.YAML, ((b"datacontract",),)),
    SourceKind("data_contract_specification", Language.YAML, ((b"datacontractspecification",),)),
    SourceKind("information_schema", Language.JSON, ((b"table_name",), (b"column_name", b"columns"))),
    SourceKind("information_schema", Language.CSV, ((b"table_name",), (b"column_name",))),
    SourceKind("snapshot", Language.YAML, ((b"leaktight-catalog:",),)),
    SourceKind("terraform", Language.TERRAFORM, ((b"google_bigquery_table", b"aws_glue_catalog_table"),)),
)
"""Every kind of file that tells of tables."""


def kinds_of(path: str, language: Language, folded: bytes) -> tuple[SourceKind, ...]:
    """Give the kinds of source that a file may be, by its path and its bytes in lower case."""
    return tuple(kind for kind in KINDS if kind.language is language and kind.tells(path, folded))


def read_sources(view: FileView) -> Iterator[Declaration | TableChange | TypeChange | Revision]:
    """Yield what a file tells of tables as a source of any kind."""
    folded = view.source.text.lower().encode("utf-8", "replace")
    for kind in kinds_of(view.source.path, view.source.language, folded):
        read: Iterable[Declaration | TableChange | TypeChange | Revision] = import_module(
            f"{__name__}.{kind.module}"
        ).read(view)
        yield from read
