"""What code does to data, whatever its language."""

from __future__ import annotations

import leaktight.languages.sql  # noqa: F401  # before any module here imports sqlglot
