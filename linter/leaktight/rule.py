"""The shape of a rule: what it declares, its options, its examples, and what it reads.

A rule is one class in one file. Its class attributes are its metadata, its annotated fields its typed options, its
docstring its page, `examples` its tests. Nothing else in the project names it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, field
from inspect import cleandoc, get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform, get_type_hints

from leaktight.categories import Category as Category
from leaktight.categories import Stage as Stage
from leaktight.diagnostics import Applicability, Finding, RuleFacts, Severity
from leaktight.examples import Bad as Bad
from leaktight.examples import Catalogish as Catalogish
from leaktight.examples import Example as Example
from leaktight.examples import Good as Good
from leaktight.source import Language

if TYPE_CHECKING:
    from leaktight.languages.document import Document
    from leaktight.languages.python.document import PythonDocument
    from leaktight.languages.sql.document import SqlDocument
    from leaktight.operations.dag import Dag
    from leaktight.operations.dynamodb import DynamodbRequest
    from leaktight.operations.file import FileView
    from leaktight.operations.hosted_sql import HostedSql
    from leaktight.operations.schema_change import SchemaChange
    from leaktight.operations.table_declarations import IndexDeclaration, TableDeclaration
    from leaktight.operations.table_write import TableWrite

DOCS_URL = "https://github.com/leaktight/leaktight/blob/main/docs/rules/"


def option(default: Any, help: str) -> Any:  # noqa: A002  # the word that stands on the page
    """Declare an option of a rule: its default and what it does, in one sentence."""
    if isinstance(default, (list, tuple)):
        return field(default=tuple(default), metadata={"help": help})
    return field(default=default, metadata={"help": help})


class InvalidRule(TypeError):
    """A rule that lacks what every rule must declare."""


OPTION_TYPES: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    tuple[str, ...]: "a list of strings",
}
_OPTION_TYPE_NAMES = frozenset({"bool", "int", "float", "str", "tuple[str, ...]"})
"""The types of options as a module with `from __future__ import annotations` has them."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Rule(ABC):
    """What every rule has. Subclass one of the kinds below, which say what `check` is given."""

    name: ClassVar[str] = ""
    """Kebab-case, read well after "ignore": `select-star`."""
    category: ClassVar[Category]
    severity: ClassVar[Severity] = Severity.WARNING
    fixable: ClassVar[Applicability | None] = None
    """The best fix that the rule offers; None when it offers none."""
    strict_only: ClassVar[bool] = False
    """Whether the rule is off unless named or `strict` is selected."""
    in_tests: ClassVar[bool] = False
    """Whether the rule also speaks of test files, whose code is made to be odd."""
    asks_for_reads: ClassVar[bool] = False
    """Whether the rule asks the project which SQL reads a table, of files that declare or change tables."""
    stage: ClassVar[Stage] = Stage.STABLE
    since: ClassVar[str] = "next"
    examples: ClassVar[tuple[Example, ...]] = ()
    tags: ClassVar[tuple[str, ...]] = ()
    """Further words for the reports: `security`, `external/cwe/cwe-089`."""

    _options: ClassVar[Mapping[str, Field[Any]]] = {}

    def __init_subclass__(cls, *, kind: bool = False, **arguments: object) -> None:
        """Take in what the subclass declares and refuse it when it is not whole.

        Options are declared like the fields of a frozen data class; the code of a real one would take longer to make than
        all rules together to load.
        """
        super().__init_subclass__(**arguments)
        if kind:
            return
        own = {name: type_ for name, type_ in get_annotations(cls).items() if "ClassVar" not in str(type_)}
        _validate(cls, own)
        cls._options = {**cls._options, **{name: vars(cls)[name] for name in own}}
        for name, type_ in own.items():
            item = cls._options[name]
            item.name, item.type = name, type_
            setattr(cls, name, item.default)

    def __init__(self, **options: Any) -> None:
        for name, value in options.items():
            if name not in self._options:
                raise TypeError(f"{type(self).__name__} has no option {name!r}")
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        values = zip(self._options, self._values(), strict=True)
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in values)})"

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self._options)

    @classmethod
    @abstractmethod
    def subjects(cls, view: FileView) -> Iterator[Any]:
        """Yield what `check` is given of a file: each subject has a `document` that its findings' spans refer to."""

    @abstractmethod
    def check(self, subject: Any, /) -> Iterator[Finding]:
        """Yield what is wrong with a subject."""

    @classmethod
    def facts(cls) -> RuleFacts:
        """Give what a diagnostic says of the rule."""
        return RuleFacts(cls.name, cls.severity, cls.category.value, f"{DOCS_URL}{cls.name}.md")

    @classmethod
    def summary(cls) -> str:
        """Give the first sentence of the page."""
        return cleandoc(cls.__doc__ or "").split("\n\n", 1)[0].replace("\n", " ")

    @classmethod
    def options(cls) -> Mapping[str, Field[Any]]:
        """Give the options by name; `metadata["help"]` says what each does."""
        return cls._options

    @classmethod
    def option_types(cls) -> Mapping[str, object]:
        """Give the type of each option."""
        options = cls.options()
        hints = get_type_hints(cls) if options else {}
        return {name: hints[name] for name in options}


RuleType = TypeVar("RuleType", bound=Rule)


def _validate(cls: type[Rule], own: Mapping[str, object]) -> None:
    def refuse(reason: str) -> None:
        raise InvalidRule(f"rule {cls.__name__} ({cls.__module__}): {reason}")

    if not cls.name or cls.name != cls.name.lower() or not cls.name.replace("-", "").isalnum():
        refuse(f"`name` must be kebab-case, not {cls.name!r}")
    if not isinstance(getattr(cls, "category", None), Category):
        refuse("`category` is missing")
    if not re.search(r"\S[ \t]*\n[ \t]*\n[ \t]*\S", cls.__dict__.get("__doc__") or ""):
        refuse("the docstring must have a first sentence, an empty line, and the reason")
    shown = {Bad, Good} <= {type(example) for example in cls.examples}
    if not shown and not (issubclass(cls, EngineRule) and not cls.examples):
        refuse("`examples` needs at least one Bad and one Good")
    for name, kind in own.items():
        item = vars(cls).get(name)
        if not isinstance(item, Field) or item.default is MISSING or not item.metadata.get("help"):
            refuse(f"option `{name}` must be declared with `option(default, help)`")
        if kind not in OPTION_TYPES and kind not in _OPTION_TYPE_NAMES:
            refuse(f"option `{name}` must be a bool, int, float, str or tuple[str, ...]")
        if not any(name in example.options for example in cls.examples) and name != "strict":
            refuse(f"no example sets option `{name}`")


class SqlRule(Rule, kind=True):
    """Reads a SQL document, wherever it stands."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[SqlDocument]:
        """Yield the SQL documents of a file."""
        yield from view.sql

    @abstractmethod
    def check(self, sql: SqlDocument, /) -> Iterator[Finding]:
        """Yield what is wrong with a SQL document."""


class CallRule(Rule, kind=True):
    """Reads a host call that runs SQL: a `cursor.execute` in Python, a `pool.query` in TypeScript."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[HostedSql]:
        """Yield the calls of a file that run SQL, each with its writes."""
        if view.calls and view.writes is not None:
            yield from view.calls

    @abstractmethod
    def check(self, call: HostedSql, /) -> Iterator[Finding]:
        """Yield what is wrong with a call; spans are in the host's document."""


class WriteRule(Rule, kind=True):
    """Reads what is written to a table, whatever writes it."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[TableWrite]:
        """Yield the table writes of a file."""
        yield from view.writes

    @abstractmethod
    def check(self, write: TableWrite, /) -> Iterator[Finding]:
        """Yield what is wrong with a write."""


class ChangeRule(Rule, kind=True):
    """Reads a change of a table, column or index as a migration makes it, whatever writes it.

    Examples without a path are run as files of a folder `migrations`.
    """

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[SchemaChange]:
        """Yield the changes of a file's schema."""
        yield from view.schema_changes

    @abstractmethod
    def check(self, change: SchemaChange, /) -> Iterator[Finding]:
        """Yield what is wrong with a change."""


class DynamodbRule(Rule, kind=True):
    """Reads a DynamoDB request, whatever SDK sends it."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[DynamodbRequest]:
        """Yield the DynamoDB requests of a file."""
        yield from view.dynamodb

    @abstractmethod
    def check(self, request: DynamodbRequest, /) -> Iterator[Finding]:
        """Yield what is wrong with a request."""


class DagRule(Rule, kind=True):
    """Reads an Airflow DAG with its tasks."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[Dag]:
        """Yield the DAGs of a file."""
        yield from view.dags

    @abstractmethod
    def check(self, dag: Dag, /) -> Iterator[Finding]:
        """Yield what is wrong with a DAG."""


class PythonRule(Rule, kind=True):
    """Reads a Python document."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[PythonDocument]:
        """Yield the Python documents of a file: one, or in a notebook one a cell."""
        yield from view.python

    @abstractmethod
    def check(self, python: PythonDocument, /) -> Iterator[Finding]:
        """Yield what is wrong with a Python document."""


class DocumentRule(Rule, kind=True):
    """Reads each document of a file, whatever its language: SQL, and the Python or JavaScript around it."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[Document]:
        """Yield the SQL documents of a file, then those of its host."""
        yield from view.sql
        yield from view.hosts

    @abstractmethod
    def check(self, document: Document, /) -> Iterator[Finding]:
        """Yield what is wrong with a document."""


class TableRule(Rule, kind=True):
    """Reads a table that the file declares, as it stands once every change of the project is made."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[TableDeclaration]:
        """Yield the tables that a file declares and nothing drops."""
        from leaktight.operations.table_declarations import table_declarations

        yield from table_declarations(view)

    @abstractmethod
    def check(self, declared: TableDeclaration, /) -> Iterator[Finding]:
        """Yield what is wrong with a table."""


class TableOrModelRule(TableRule, kind=True):
    """Reads a table that the file declares, or that dbt makes of the model in it."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[TableDeclaration]:
        """Yield the tables that a file declares and nothing drops, and those of its models."""
        from leaktight.operations.table_declarations import table_declarations

        return table_declarations(view, models=True)


class SqlOrTableRule(Rule, kind=True):
    """Reads SQL documents, and the tables that no SQL declares: of classes of an object mapper, and of a snapshot."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[SqlDocument | TableDeclaration]:
        """Yield the SQL documents of a file that records no database, then the tables that its code or a snapshot declares."""
        from leaktight.operations.table_declarations import table_declarations

        if view.is_recorded:
            return
        yield from view.sql
        if view.source.language is Language.PYTHON:
            yield from (declared for declared in table_declarations(view) if declared.is_of_mapper)
        elif view.source.language.is_data:
            yield from table_declarations(view)

    @abstractmethod
    def check(self, subject: SqlDocument | TableDeclaration, /) -> Iterator[Finding]:
        """Yield what is wrong with a SQL document, or with a table."""


class IndexRule(Rule, kind=True):
    """Reads an index that stands in the file, with its table as it stands in the end."""

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[IndexDeclaration]:
        """Yield the indexes that stand in a file and nothing drops."""
        from leaktight.operations.table_declarations import index_declarations

        yield from index_declarations(view)

    @abstractmethod
    def check(self, declared: IndexDeclaration, /) -> Iterator[Finding]:
        """Yield what is wrong with an index."""


class EngineRule(Rule, kind=True):
    """Reads nothing: the engine itself speaks under its name. What no code can show needs no examples."""

    in_tests = True

    @classmethod
    def subjects(cls, view: FileView) -> Iterator[Document]:  # noqa: ARG003  # the signature of all kinds
        """Yield nothing."""
        return iter(())

    def check(self, nothing: Document, /) -> Iterator[Finding]:  # noqa: ARG002  # the signature of all kinds
        """Yield nothing."""
        yield from ()


KINDS: tuple[type[Rule], ...] = (
    SqlRule, CallRule, WriteRule, ChangeRule, TableRule, TableOrModelRule, SqlOrTableRule, IndexRule, DynamodbRule,
    DagRule, PythonRule, DocumentRule, EngineRule,
)  # fmt: skip
"""Every kind of rule, by what it reads."""
