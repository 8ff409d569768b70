"""A host call that runs SQL, with the documents of its SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leaktight.context import PathContext
from leaktight.embedding.call import SqlCall
from leaktight.languages.document import Document
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.pasting.pasted import Pasted

if TYPE_CHECKING:
    from leaktight.operations.table_write import TableWrite


@dataclass(frozen=True, slots=True, eq=False)
class HostedSql:
    """A call in Python or JavaScript that runs SQL.

    `document` is the host's: the spans of `call` and of a rule's findings are in it. `sql` holds a document for each
    variant of the SQL; it is empty when the SQL is not understood. `writes` are the table writes that the call makes;
    they are filled in when the writes of the file are read.
    """

    call: SqlCall
    document: Document
    sql: tuple[SqlDocument, ...]
    path: PathContext
    writes: list[TableWrite] = field(default_factory=list, repr=False)

    def pasted(self) -> list[Pasted]:
        """Give the values and names that become part of the SQL text, those known to be harmless left out.

        What a driver binds (`%s`, `?`, a tagged template) is no part of the text.
        """
        from leaktight.operations.pasting.found import pasted_into

        return pasted_into(self.document, self.call)
