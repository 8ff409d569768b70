"""What is written to a table, whatever writes it: SQL, pandas, Spark, an operator, a load job."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum

from sqlglot import exp

from leaktight.catalog.table import Table, TableName
from leaktight.context import PathContext
from leaktight.diagnostics import Location
from leaktight.languages.document import Document
from leaktight.lazy import record
from leaktight.operations.hosted_sql import HostedSql
from leaktight.text import Span, words_of


class WriteMethod(StrEnum):
    """How rows reach a table or leave it."""

    INSERT = "insert"
    UPSERT = "upsert"
    """MERGE, ON CONFLICT, ON DUPLICATE KEY: writes a row once however often it runs."""
    APPEND = "append"
    """Adds rows by a library's call: `to_sql(if_exists="append")`, `.mode("append")`, `WRITE_APPEND`, COPY INTO."""
    OVERWRITE = "overwrite"
    UPDATE = "update"
    DELETE = "delete"
    TRUNCATE = "truncate"
    CREATE = "create"
    """CREATE TABLE … AS, SELECT … INTO, `if_exists="fail"`."""


_AUDITS = frozenset({"audit", "audits"})
"""Words of a schema whose tables all note what has been done."""


@record(frozen=True, slots=True)
class Guard:
    """Why running a write twice leaves the same rows, and where that stands."""

    reason: str
    place: Location | None = None


@record(frozen=True, slots=True)
class Evidence:
    """What says something of a write, in words that end a sentence (`it runs for each of orders`), and where."""

    reason: str
    place: Location | None = None


@record(frozen=True, slots=True, eq=False)
class TableWrite:
    """One write to a table.

    `span` points at the words that write: `INSERT`, `if_exists="append"`. `target` is None where the table's own name is
    only known at run time; `written` is the name as the file has it (`{table}`). `via` is `sql` or the call that writes
    (`to_sql`). `unit` names the function, task or file within which the order of writes is known, `before` holds the
    earlier writes to the same table there, whole overwrites and creations among them, `after` the later ones. Of many the
    first and the nearest are remembered.

    `transaction` names the one transaction it stands in, None when it commits on its own; `commits` then says why that is
    known, as it does where just the statements of one call commit together. `lasting` is False for a temporary or staging
    target. `load` says why it is part of a load that runs again, None where nothing says so (one row of a request, a
    migration, a seed). `node` is the SQL tree, `call` the host call that runs it.
    """

    document: Document
    span: Span
    method: WriteMethod
    target: TableName | None
    target_span: Span
    path: PathContext
    written: str = ""
    via: str = "sql"
    table: Table | None = None
    guard: Guard | None = None
    lasting: bool = True
    unit: str = ""
    transaction: str | None = None
    commits: Evidence | None = None
    load: Evidence | None = None
    before: tuple[TableWrite, ...] = ()
    after: list[TableWrite] = field(default_factory=list, repr=False)
    node: exp.Expr | None = None
    call: HostedSql | None = None
    dialect: str = ""

    @property
    def repeats(self) -> bool:
        """Whether a second run leaves the rows twice: it adds to a lasting table and nothing guards it."""
        return self.lasting and self.guard is None and self.method in (WriteMethod.INSERT, WriteMethod.APPEND)

    def is_called(self, names: Iterable[str]) -> bool:
        """Whether the table's own name, or a word in it, is one of `names`, in lower case; `audit` may be its schema's too."""
        *schemas, name = (part.strip("{}\"'`[]") for part in self.written.split("."))
        words = {
            name.lower(),
            *words_of(name),
            *_AUDITS.intersection(word for one in schemas for word in words_of(one)),
        }
        return any(wanted in words for wanted in names)

    @property
    def location(self) -> Location:
        """Where in the file the words that write stand."""
        return self.document.location(self.span)
