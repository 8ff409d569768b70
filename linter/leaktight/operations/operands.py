"""What stands around a column in a comparison or a select list, and where."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.text import Span

_OPERAND_ENDS = frozenset(
    """= < > <= >= <> != == <=> BETWEEN IN LIKE ILIKE RLIKE REGEXP SIMILAR IS NOT AND OR , ; GROUP ORDER LIMIT HAVING QUALIFY
    WINDOW UNION EXCEPT INTERSECT JOIN LEFT RIGHT INNER FULL CROSS WHERE THEN ON WHEN ELSE END RETURNING FETCH OFFSET ~ !~
    ESCAPE""".split()
)
_UNITS = frozenset({"HOUR", "DAY", "WEEK", "MONTH", "YEAR", "QUARTER", "ISOWEEK", "ISOYEAR", "MINUTE"})


class Operands:
    """Answers for one document."""

    def __init__(self, document: SqlDocument) -> None:
        self.document = document

    def span(self, node: exp.Expr) -> Span:
        """Give the place of a whole operand: types of casts and intervals, which have no place of their own, too."""
        span = self.document.span(node)
        if isinstance(node, exp.Column):
            return span
        depth = 0
        end = span.end
        limit = self.document.statement_of(node).span.end
        for token in self.document.tokens_in(Span(span.end, limit)):
            # A string's text stands without its quotes.
            word = token.text.upper() if token.end - token.start + 1 == len(token.text) else ""
            if depth == 0 and word in _OPERAND_ENDS:
                break
            depth += (word == "(") - (word == ")")
            if depth < 0:
                break
            end = token.end + 1
        return Span(span.start, end)

    def called(self, node: exp.Expr) -> str:
        """Name what stands around a column, as written: `DATE`, `CAST DATE`, `+`; nothing for what nobody wrote."""
        if isinstance(node, exp.Cast):
            return f"CAST {str(node.to).upper()}".replace("TIMESTAMPTZ", "TIMESTAMP")
        if isinstance(node, exp.Func):
            head, bracket, _ = self.document.text_of(node).partition("(")
            head = head.strip().upper()
            if not bracket and isinstance(node.this, exp.Column):
                return ""  # sqlglot reads the `ts` of `YEAR(ts)` as a conversion of it
            return head if head.replace("_", "").replace(".", "").isalnum() else type(node).__name__.upper()
        return type(node).__name__.upper()

    def unit(self, operand: Span, column: exp.Column) -> str | None:
        """Give the unit that stands in an operand, in lower case: `day` of `DATE_TRUNC(ts, DAY)`."""
        inside = self.document.span(column)
        for token in self.document.tokens_in(operand):
            if token.text.upper() in _UNITS and not inside.start <= token.start < inside.end:
                return token.text.lower()
        return None

    def projected(self, item: exp.Expr) -> Span:
        """Give the place of an item of a select list without its alias."""
        alias = clauses.alias_place(item)
        if alias is None:
            return self.span(item)
        start = self.document.span(item.this).start
        end = self.document.span(alias).start
        words = self.document.slice(Span(start, end)).rstrip()
        end = start + len(words)
        return Span(start, end - 2 if words[-3:].lower().split()[-1:] == ["as"] else end)
