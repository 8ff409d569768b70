"""Files and stretches of files that no rule has seen."""

from __future__ import annotations

from leaktight import Category, EngineRule, Severity


class NotAnalysed(EngineRule):
    """A file, or a stretch of one, was not analysed.

    Nothing is left out in silence. What no rule has seen is counted by its reason in the summary, listed by
    `--show-unanalysed`, part of `summary.not_analysed` in JSON and a tool notification in SARIF. It is no finding: it says
    nothing bad of the code, and no suppression hides it. Whether it makes the exit code 1 is what
    `not-analysed` in the settings says: `error`, `warn` (the default) or `ignore`.

    The reasons: a file that is not text in its encoding, or too large; brackets nested too deeply to be parsed; a file
    that took too long or took its process with it; a statement that does not parse, in a template or another language,
    or that leaktight cannot read in this form. SQL whose text is only known at run time is counted apart.
    """

    name = "not-analysed"
    category = Category.ENGINE
    severity = Severity.NOTE
