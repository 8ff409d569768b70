"""SQL in Python: found by the call that runs it, folded from constants, mapped piece by piece."""

from leaktight.embedding.python.gate import gate, triggers
from leaktight.embedding.python.search import embed

__all__ = ["embed", "gate", "triggers"]
