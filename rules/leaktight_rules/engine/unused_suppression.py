"""Comments that silence nothing."""

from __future__ import annotations

from leaktight import Applicability, Bad, Category, EngineRule, Good


class UnusedSuppression(EngineRule):
    """A comment silences a rule that finds nothing there.

    The code has been mended, or moved away from its comment, and the comment now hides the next fault of that kind.

    Left alone: rules that are not run, and places that could not be read, where nobody knows whether the comment is
    needed.
    """

    name = "unused-suppression"
    category = Category.ENGINE
    fixable = Applicability.SAFE
    examples = (
        Bad(
            """
            select a from t where a is null -- leaktight: ignore[equals-null] as the API wants it
                                                                 ^^^^^^^^^^^ `equals-null` finds nothing here
            """,
            fixed="select a from t where a is null",
        ),
        Bad(
            """
            -- leaktight: ignore[equals-null, missing-where] the table is small
                                              ^^^^^^^^^^^^^ `missing-where` finds nothing here
            delete from t where a = null
            """,
            fixed="""
            -- leaktight: ignore[equals-null] the table is small
            delete from t where a = null
            """,
        ),
        Good("delete from t -- leaktight: ignore[missing-where] emptied on purpose"),
    )
