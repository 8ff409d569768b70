"""Names that rules once had, each with a sentence for whoever still writes it."""

from __future__ import annotations

from collections.abc import Mapping

RETIRED: Mapping[str, str] = {}
