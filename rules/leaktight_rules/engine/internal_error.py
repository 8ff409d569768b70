"""Rules that fail."""

from __future__ import annotations

from leaktight import Category, EngineRule, Severity


class InternalError(EngineRule):
    """A rule has failed on this file.

    That is a fault of leaktight, or of the plugin that the rule comes from, and never of the file. The other rules have
    read it, and the run went on; because something may have been missed, the exit code is 2. Please report it with the
    file, or with the part of it that is needed to see it happen. Until it is mended, `ignore` or `per-path` in the
    settings turn the rule off.
    """

    name = "internal-error"
    category = Category.ENGINE
    severity = Severity.ERROR
