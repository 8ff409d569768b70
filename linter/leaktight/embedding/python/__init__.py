"""SQL in Python: found by the call that runs it, folded from constants, mapped piece by piece."""

from leaktight.embedding.python.called import Called, Names
from leaktight.embedding.python.gate import may_hold_sql
from leaktight.embedding.python.search import embed

__all__ = ["Called", "Names", "embed", "may_hold_sql"]
