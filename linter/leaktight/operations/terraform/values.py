"""What a Terraform expression is worth, as far as the text alone tells, each piece with its place."""

from __future__ import annotations

from collections.abc import Mapping

from leaktight.lazy import record
from leaktight.text import Span


@record(frozen=True, slots=True)
class Reference:
    """What stands elsewhere: `google_bigquery_dataset.shop.dataset_id`."""

    names: tuple[str, ...]


@record(frozen=True, slots=True)
class FileText:
    """The text of a file, whose path is from the folder of the module."""

    path: str


class Unknown:
    """What only a run tells."""


UNKNOWN = Unknown()


@record(frozen=True, slots=True)
class Value:
    """A value and where it stands: None, a truth value, a number, a text, a list, an object, or what is not known yet."""

    data: object
    span: Span

    @property
    def text(self) -> str | None:
        """The text, of a number and a truth value too; None for anything else."""
        if isinstance(self.data, bool):
            return "true" if self.data else "false"
        if isinstance(self.data, float):
            return str(int(self.data)) if self.data.is_integer() else str(self.data)
        return str(self.data) if isinstance(self.data, (str, int)) else None

    @property
    def flag(self) -> bool | None:
        """The truth value; Terraform takes its words for it as well."""
        return {"true": True, "false": False}.get(self.text or "")

    @property
    def number(self) -> int | None:
        """A whole number that is not negative; Terraform takes its digits for it as well."""
        said = self.text or ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None

    @property
    def items(self) -> tuple[Value, ...] | None:
        """The elements of a list; None for what is none."""
        return self.data if isinstance(self.data, tuple) else None

    @property
    def members(self) -> Mapping[str, tuple[Span, Value]]:
        """The members of an object, each with the place of its key; none of what is no object."""
        return self.data if isinstance(self.data, dict) else {}

    def member(self, *names: str) -> Value | None:
        """Give the first of some members that is there, and is not null."""
        for name in names:
            found = self.members.get(name)
            if found is not None and found[1].data is not None:
                return found[1]
        return None


def words(value: Value | None) -> tuple[str, ...] | None:
    """Give a list of texts; None where one of them, or the list, is not known."""
    if value is None or value.items is None:
        return None
    found = [item.text for item in value.items]
    return None if None in found else tuple(word for word in found if word is not None)
