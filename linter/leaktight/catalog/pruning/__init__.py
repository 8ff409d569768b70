"""Which predicates let an engine skip partitions: facts from the engines' manuals, each with its page."""

from leaktight.catalog.pruning.bound import Against, Bound, Form, Verdict
from leaktight.catalog.pruning.cost import Reading, reading
from leaktight.catalog.pruning.cut import cut_of, is_large, is_partitioned, is_small
from leaktight.catalog.pruning.facts import FACTS, MANUALS, Fact
from leaktight.catalog.pruning.judge import fact_for, verdict

__all__ = (
    "FACTS",
    "MANUALS",
    "Against",
    "Bound",
    "Fact",
    "Form",
    "Reading",
    "Verdict",
    "cut_of",
    "fact_for",
    "is_large",
    "is_partitioned",
    "is_small",
    "reading",
    "verdict",
)
