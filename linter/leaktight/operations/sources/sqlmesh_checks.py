"""SQLMesh's own audits of a table: what they say of its columns."""

from __future__ import annotations

from dataclasses import field

from leaktight.lazy import record


@record(slots=True)
class Checks:
    """What holds for a table by its audits: columns that are never NULL, in lower case, and what is unique."""

    never_null: set[str] = field(default_factory=set)
    unique: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, audit: str, columns: tuple[str, ...], *, conditional: bool = False) -> None:
        """Take in an audit with its columns. One with a condition holds for some rows only, and says nothing."""
        if conditional or not columns:
            return
        match audit.lower():
            case "not_null":
                self.never_null |= {name.lower() for name in columns}
            case "unique_values":
                self.unique += [(name,) for name in columns]
            case "unique_combination_of_columns":
                self.unique.append(columns)
            case _:
                return
