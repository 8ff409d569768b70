"""Comments that try to silence and cannot."""

from __future__ import annotations

from leaktight import Applicability, Bad, Category, EngineRule, Good


class UnknownSuppression(EngineRule):
    """A comment names no rule that there is, or none at all.

    It silences nothing. A bare `leaktight: ignore` is refused because it would hide, besides the finding that it was
    written for, each one that comes to its line later. Names of groups are refused for the same reason.

    What a suppression looks like: `-- leaktight: ignore[missing-where] emptied on purpose`, in any comment of the SQL or of
    the language around it, behind the line or above it; above the first line of a statement, or of the call that runs
    it, it holds for all of that. `ignore-file[…]` holds for the file, `ignore-start[…]` up to `ignore-end[…]`.
    """

    name = "unknown-suppression"
    category = Category.ENGINE
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            delete from t -- leaktight: ignore
                             ^^^^^^^^^^^^^^^^^ must name the rules that it silences; write `leaktight: ignore[missing-where]
            """,
            fixed="delete from t -- leaktight: ignore[missing-where]",
        ),
        Bad(
            """
            delete from t -- leaktight: ignore[mising-where] emptied on purpose
                                               ^^^^^^^^^^^^ no rule `mising-where`; did you mean `missing-where`?
            """,
            fixed="delete from t -- leaktight: ignore[missing-where] emptied on purpose",
        ),
        Bad(
            """
            -- leaktight: ignore-start[missing-where] emptied on purpose
                                       ^^^^^^^^^^^^^ no `ignore-end[missing-where]` follows
            delete from t
            """,
        ),
        Good("delete from t -- leaktight: ignore[missing-where] emptied on purpose"),
        Good("select 1 -- see the manual of leaktight: ignore is a word in it", note="A comment about leaktight."),
    )
