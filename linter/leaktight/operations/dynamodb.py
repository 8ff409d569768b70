"""A DynamoDB request, whatever SDK sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from leaktight.context import PathContext
from leaktight.languages.document import Document
from leaktight.lazy import record
from leaktight.operations.dynamo.expressions import attributes_of, equalities, folded, plain
from leaktight.operations.dynamo.reserved_words import is_reserved
from leaktight.operations.project import DynamodbTable, Project
from leaktight.text import Edit, Span, names_in

Value = str | Mapping[str, str]
"""What a fix may write as a member's value: a string, or a map of strings."""

_LONGEST_LABEL = 40
_TENANT_MEMBERS = (
    "FilterExpression", "KeyConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues", "ScanFilter",
    "QueryFilter", "KeyConditions", "Key", "ExclusiveStartKey",
)  # fmt: skip


@record(frozen=True, slots=True)
class Inlet:
    """Where a literal takes further members: behind its last one, or inside its empty brackets.

    `style` is `keywords` (a Python call), `dict` or `object` (JavaScript). `line` is what to break the line with and
    indent by where members stand on lines of their own; `quote` is the file's quotation mark.
    """

    offset: int
    style: str
    empty: bool = False
    line: str | None = None
    quote: str = '"'

    def add(self, members: Sequence[tuple[str, Value]]) -> Edit:
        """Give the edit that writes the members."""
        written = [self._member(name, value) for name, value in members]
        gap = self.line if self.line is not None else " "
        if self.empty:
            inside = f",{gap}".join(written)
            padded = f" {inside} " if self.style == "object" else inside
            return Edit(Span(self.offset, self.offset), padded)
        return Edit(Span(self.offset, self.offset), "".join(f",{gap}{member}" for member in written))

    def _member(self, name: str, value: Value) -> str:
        if self.style == "keywords":
            return f"{name}={self._written(value)}"
        bare = self.style == "object" and name.isidentifier()
        return f"{name if bare else self._quoted(name)}: {self._written(value)}"

    def _written(self, value: Value) -> str:
        if isinstance(value, str):
            return self._quoted(value)
        inside = ", ".join(f"{self._quoted(key)}: {self._quoted(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if self.style == "object" else f"{{{inside}}}"

    def _quoted(self, text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace(self.quote, f"\\{self.quote}")
        return f"{self.quote}{escaped}{self.quote}"


def line_break(text: str, member: int) -> str | None:
    """Give the line break and indentation of a member that begins its line; None for one that does not."""
    start = max(text.rfind("\n", 0, member), text.rfind("\r", 0, member)) + 1
    blank = text[start:member]
    if start == 0 or blank.strip():
        return None
    newline = "\r\n" if text[max(start - 2, 0) : start] == "\r\n" else text[start - 1]
    return newline + blank


@record(frozen=True, slots=True)
class Parameter:
    """A member of a request: `KeyConditionExpression`, `Item`.

    `value` is its literal text, where it has one. `attributes` are those that boto3's `Key` and `Attr` name in it,
    `equal` those that they bind to one value. `entries` are the pairs of a literal map of strings, and `inlet` is
    where it takes more. `names` are all words that the value mentions, in strings and out of them. `maybe` says that
    it is only there under a condition.
    """

    name: str
    span: Span
    value: str | None = None
    names: frozenset[str] = frozenset()
    attributes: frozenset[str] | None = None
    equal: frozenset[str] = frozenset()
    entries: Mapping[str, str] | None = None
    inlet: Inlet | None = None
    maybe: bool = False


@record(frozen=True, slots=True)
class Response:
    """What the code does with the response of a request.

    `members` are those read, each with its first place: `Items`, `LastEvaluatedKey`. `whole` is where the response as
    such leaves sight: it is returned or handed to a function. `attributes` are those of the items that are read, and
    `items` is where an item leaves sight. `many` is where more than the first item, or than whether there is one, is
    used. `written` are the expressions in which an item is handed on.
    """

    members: Mapping[str, Span] = field(default_factory=dict)
    whole: Span | None = None
    attributes: Mapping[str, Span] = field(default_factory=dict)
    items: Span | None = None
    many: Span | None = None
    written: frozenset[Span] = frozenset()


@record(frozen=True, slots=True)
class Item:
    """What a Put writes. `sources` are the expressions whose attributes make it up: the item itself, a spread.

    `attributes` are the attributes of its literal, each with the place of its value; `complete` says that there are no
    others. `fresh` are those made on the spot to be unique (`uuid4()`), `clock` those that tell the time of the run,
    `initial` those that are set to a constant.
    """

    sources: frozenset[Span] = frozenset()
    attributes: Mapping[str, Span] = field(default_factory=dict)
    complete: bool = False
    fresh: frozenset[str] = frozenset()
    clock: frozenset[str] = frozenset()
    initial: frozenset[str] = frozenset()


@record(frozen=True, slots=True)
class Evidence:
    """Why an item may stand already where a Put writes.

    `kind` is `read-back` (read in the same function and written back whole), or `retried` (the function is run
    again on failure). `place` shows it, `word` names it.
    """

    kind: str
    place: Span
    word: str = ""


@record(frozen=True, slots=True, eq=False)
class DynamodbRequest:
    """One request: `Scan`, `Query`, `Put`, `Get`, `Update`, `Delete`, `BatchGet`, `BatchWrite`, `TransactWrite`, …

    `name` points at `ScanCommand`, `scan`, `put_item`; `span` is the whole request. `complete` is False when a spread
    or `**kwargs` may add members, so that an absent one proves nothing. `sdk` is `boto3-resource`, `boto3-client`,
    `js-v3-document`, `js-v3-client`, `js-v2-document`, `js-v2-client` or `pynamodb`.
    """

    document: Document
    operation: str
    sdk: str
    name: Span
    span: Span
    project: Project
    path: PathContext
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    complete: bool = True
    inlet: Inlet | None = None
    """Where a fix may write further members; None where the input is no literal of this request alone."""
    paginated: bool = False
    """Whether the SDK or the code around fetches the following pages."""
    table_text: str = ""
    """The text of the table's name: `'streams'`, `process.env.TABLE`."""
    reference: str = ""
    """The table as `Project` knows it: a literal name, `env:STREAMS_TABLE`, or empty."""
    table: DynamodbTable | None = None
    function: str = ""
    """The dotted name of the function it stands in."""
    response: Response | None = None
    """What becomes of the response; None where it cannot be followed at all."""
    written: frozenset[str] | None = None
    """For a read: the attributes that the Puts of the same document write to the table; None where not all are known."""
    item: Item | None = None
    """For a Put: what it writes."""
    evidence: tuple[Evidence, ...] = ()
    """For a Put: why an item may stand there already."""
    page_edits: tuple[Edit, ...] = ()
    """The edits that make the code fetch all pages, where its shape is one that they are exact for."""

    def may_have(self, *members: str) -> bool:
        """Say whether one of the members is given or may be: False is proof that none is."""
        return not self.complete or any(member in self.parameters for member in members)

    def literal(self, member: str) -> str | None:
        """Give the literal text of a member; None when it is absent or computed."""
        found = self.parameters.get(member)
        return found.value if found is not None else None

    @property
    def placeholders(self) -> Mapping[str, str]:
        """What each `#name` of its expressions stands for, as far as known."""
        given = self.parameters.get("ExpressionAttributeNames")
        return given.entries if given is not None and given.entries is not None else {}

    def named(self, member: str) -> frozenset[str] | None:
        """Give the attributes that an expression names; None when its text is not known."""
        found = self.parameters.get(member)
        if found is None:
            return frozenset()
        if found.attributes is not None:
            return found.attributes
        return attributes_of(found.value, self.placeholders) if found.value is not None else None

    def bound(self, member: str) -> frozenset[str]:
        """Give the attributes that an expression surely binds to one value each."""
        found = self.parameters.get(member)
        if found is None:
            return frozenset()
        return found.equal or (equalities(found.value, self.placeholders) if found.value is not None else frozenset())

    def expression_edits(self, member: str, attributes: Sequence[str], pattern: str = "{}") -> tuple[Edit, ...]:
        """Give the edits that write a further expression over attributes: `attribute_not_exists(id)`, `title, #status`.

        A reserved word gets a placeholder, an existing one is used again. Empty where the input takes no member, or
        its placeholders are not known.
        """
        given = self.parameters.get("ExpressionAttributeNames")
        if (
            self.inlet is None
            or not self.complete
            or (given is not None and (given.entries is None or given.inlet is None))
        ):
            return ()
        known = {attribute: name for name, attribute in self.placeholders.items()}
        added: dict[str, str] = {}
        written = []
        for attribute in attributes:
            if not is_reserved(attribute) and plain(attribute):
                written.append(attribute)
                continue
            if attribute not in known:
                known[attribute] = _placeholder(attribute, {*self.placeholders, *added})
                added[known[attribute]] = attribute
            written.append(known[attribute])
        members: list[tuple[str, Value]] = [(member, pattern.format(", ".join(written)))]
        if added and given is None:
            members.append(("ExpressionAttributeNames", added))
        edits = [self.inlet.add(members)]
        if added and given is not None and given.inlet is not None:
            edits.append(given.inlet.add(list(added.items())))
        return tuple(edits)

    @property
    def tenant_key(self) -> str | None:
        """The tenant key that its keys, conditions, filter or their values name; None without one.

        `channelId` names `channel_id`; so does `channel`, and a value such as `CHANNEL#${id}`.
        """
        said: set[str] = set()
        for member in _TENANT_MEMBERS:
            found = self.parameters.get(member)
            if found is not None:
                said.update(folded(word) for word in found.names)
                said.update(folded(part) for word in found.names for part in word.split("_"))
                said.update(
                    folded(word)
                    for text in (found.value or "", *(found.entries or {}).values())
                    for word in names_in(text)
                )
        for key in self.project.tenant_keys:
            whole = folded(key)
            if whole in said or (len(whole) > 4 and whole.endswith("id") and whole.removesuffix("id") in said):
                return key
        return None

    @property
    def key_is_whole(self) -> bool:
        """Whether the key condition binds the whole primary key of a table whose keys are known: one item at most."""
        if self.table is None or "IndexName" in self.parameters or not self.complete:
            return False
        wanted = {name for name in self.table.keys if name}
        return wanted <= self.bound("KeyConditionExpression")

    @property
    def table_label(self) -> str:
        """The table for a message: `streams`, or the text that names it; empty where that is long."""
        if self.table is not None and self.table.name is not None and "$" not in self.table.name:
            return self.table.name
        if self.reference and ":" not in self.reference:
            return self.reference
        return self.table_text if len(self.table_text) <= _LONGEST_LABEL and "\n" not in self.table_text else ""


def _placeholder(attribute: str, taken: set[str]) -> str:
    letters = "".join(character if character.isalnum() else "_" for character in attribute if character.isascii())
    name = f"#{letters or 'name'}"
    while name in taken:
        name += "_"
    return name
