"""Comments that silence a rule, and what is said when they silence nothing."""

from __future__ import annotations

from leaktight.suppressions.apply import apply_suppressions

__all__ = ["apply_suppressions"]
