"""Walks a template once for each view of it: which arms are taken, what is blank, where text is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from leaktight.embedding.jinja.conditions import Condition, Known, condition_of
from leaktight.embedding.jinja.expressions import tokens_of
from leaktight.embedding.jinja.outputs import Output, OutputReader, assigned, first_item, literal_or_none
from leaktight.embedding.jinja.tags import Tag, TagKind
from leaktight.lazy import record

MOST_VIEWS = 6
_DEEPEST = 40
_BLOCKS = frozenset("macro call snapshot test data_test materialization docs set".split())
_OUTPUT_STATEMENTS = frozenset(("include",))


@record(slots=True)
class Chain:
    """An `if` with its arms. An arm without a condition is the `else`, written or not."""

    arms: list[Condition | None] = field(default_factory=list)
    inner: list[list[Chain]] = field(default_factory=list)
    has_else: bool = False
    end: int = 0
    start: int = 0
    seen: set[int] = field(default_factory=set)
    barred: bool = False
    """Whether taking none of its arms would leave a hole in the SQL."""

    @property
    def nothing(self) -> int:
        """The arm that stands for taking none, or -1 when an `else` is written."""
        return -1 if self.has_else else len(self.arms) - 1

    def work(self, arm: int) -> bool:
        """Whether a view that takes `arm` may show something unseen."""
        if arm not in self.seen:
            return not (self.barred and arm == self.nothing)
        return any(chain.work(other) for chain in self.inner[arm] for other in range(len(chain.arms)))


@record(slots=True)
class Block:
    """A stretch that is no part of the text around it: a macro's body, a `set` with an end tag, …"""

    word: str
    open: tuple[int, int]
    close: tuple[int, int]


@record(slots=True)
class View:
    """One way through the template.

    `live` are the stretches of plain text, `outputs` the places where text is written, in order; what
    neither covers is blank. `gaps` are the chains none of whose arms was taken.
    """

    live: list[tuple[int, int]] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    gaps: list[Chain] = field(default_factory=list)


@record(slots=True)
class _Open:
    word: str
    index: int
    chain: Chain | None
    marks: list[int] = field(default_factory=list)


_Role = tuple[str, Chain | Block | None, int]


class Template:
    """The tags of a template, with each end tag led back to its opening one."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self.tags = tags
        self._roles: dict[int, _Role] = {}
        self._chains: list[Chain] = []
        self._pair()

    def _pair(self) -> None:
        stack: list[_Open] = []
        for index, tag in enumerate(self.tags):
            if tag.kind is not TagKind.STATEMENT:
                continue
            word = tag.word
            if word in ("if", "for") or (word in _BLOCKS and (word != "set" or not assigned(tag.code)[1])):
                chain = Chain([condition_of(tokens_of(tag.code)[1:])], [[]], start=tag.start) if word == "if" else None
                stack.append(_Open(word, index, chain))
            elif word in ("elif", "else") and stack:
                top = stack[-1]
                top.marks.append(index)
                if top.chain is not None and not top.chain.has_else:
                    top.chain.has_else = word == "else"
                    top.chain.arms.append(None if word == "else" else condition_of(tokens_of(tag.code)[1:]))
                    top.chain.inner.append([])
            elif word.startswith("end"):
                self._close(index, tag, stack)

    def _close(self, index: int, tag: Tag, stack: list[_Open]) -> None:
        word = tag.word[3:]
        depth = next((at for at in range(len(stack) - 1, -1, -1) if stack[at].word == word), -1)
        if depth < 0:
            return
        del stack[depth + 1 :]
        closed = stack.pop()
        if depth >= _DEEPEST:
            return
        chain, opening = closed.chain, self.tags[closed.index]
        if chain is not None:
            chain.end = tag.end
            if not chain.has_else:
                chain.arms.append(None)
                chain.inner.append([])
            self._roles[closed.index] = ("if", chain, 0)
            self._roles[index] = ("endif", chain, 0)
            for arm, mark in enumerate(closed.marks, 1):
                if arm < len(chain.arms):
                    self._roles[mark] = ("arm", chain, arm)
            outer = next((entry.chain for entry in reversed(stack) if entry.chain is not None), None)
            if outer is not None:
                outer.inner[len(outer.arms) - 1].append(chain)
            else:
                self._chains.append(chain)
        elif word == "for":
            self._roles[closed.index] = ("for", None, 0)
            self._roles[index] = ("endfor", None, 0)
            for mark in closed.marks[:1]:
                self._roles[mark] = ("forelse", None, 0)
        else:
            block = Block(word, (opening.start, opening.end), (tag.start, tag.end))
            self._roles[closed.index] = ("block", block, 0)
            self._roles[index] = ("endblock", block, 0)

    def forget(self) -> None:
        """Start the views anew; what is barred stays so."""
        pending = list(self._chains)
        while pending:
            chain = pending.pop()
            chain.seen.clear()
            pending.extend(inner for arm in chain.inner for inner in arm)

    def views(self, dialect: str | None) -> Iterator[View]:
        """Give views until each arm that can be taken has been, or there are `MOST_VIEWS`."""
        for _ in range(MOST_VIEWS):
            view, fresh = self._walk(dialect)
            if not fresh:
                return
            yield view
            if not any(chain.work(arm) for chain in self._chains for arm in range(len(chain.arms))):
                return

    def _walk(self, dialect: str | None) -> tuple[View, bool]:
        view = View()
        known = Known()
        reader = OutputReader(dialect)
        fresh = not any(chain.seen for chain in self._chains)
        taken: list[int] = []
        frames: list[bool] = []
        live = True
        for index, tag in enumerate(self.tags):
            if tag.kind is TagKind.TEXT:
                if live:
                    view.live.append((tag.start, tag.end))
            elif tag.kind is TagKind.OUTPUT:
                if live:
                    view.outputs.append(reader.read(tag.start, tag.end, tag.code, known))
            elif tag.kind is TagKind.STATEMENT:
                name, owner, arm = self._roles.get(index, ("plain", None, 0))
                if name == "if":
                    frames.append(live)
                    if live and isinstance(owner, Chain):
                        choice = _choose(owner, known)
                        fresh = fresh or choice not in owner.seen
                        owner.seen.add(choice)
                        taken.append(choice)
                        if choice == owner.nothing:
                            view.gaps.append(owner)
                        live = choice == 0
                    else:
                        taken.append(-1)
                elif name == "arm":
                    live = frames[-1] and taken[-1] == arm
                elif name == "endif":
                    live = frames.pop()
                    taken.pop()
                elif name in ("for", "block"):
                    frames.append(live)
                    if name == "for":
                        _bind(tag, reader)
                    elif isinstance(owner, Block) and live:
                        view.blocks.append(owner)
                        live = owner.word != "docs"
                        if owner.word == "set":
                            _forget(tag, reader)
                elif name == "forelse":
                    live = False
                elif name in ("endfor", "endblock"):
                    live = frames.pop()
                elif live and tag.word == "set":
                    _assign(tag, reader)
                elif live and tag.word in _OUTPUT_STATEMENTS:
                    view.outputs.append(Output(tag.start, tag.end, "included", tag.code))
        return view, fresh


def _choose(chain: Chain, known: Known) -> int:
    """Take an arm that may still show something, and settle its condition."""
    open_arms: list[int] = []
    for arm, condition in enumerate(chain.arms):
        if condition is None:
            if chain.has_else or not chain.barred:
                open_arms.append(arm)
            break
        truth = known.truth(condition)
        if truth is not False:
            open_arms.append(arm)
        if truth:
            break
    if not open_arms:
        open_arms.append(len(chain.arms) - 1)
    choice = next((arm for arm in open_arms if chain.work(arm)), open_arms[0])
    for condition in chain.arms[:choice]:
        if condition is not None and known.truth(condition) is None:
            known.assume(condition, False)
    chosen = chain.arms[choice]
    if chosen is not None and known.truth(chosen) is None:
        known.assume(chosen, True)
    return choice


def _assign(tag: Tag, reader: OutputReader) -> None:
    names, value = assigned(tag.code)
    for name in names:
        reader.variables.pop(name, None)
    if len(names) == 1 and value:
        found = literal_or_none(value)
        if found is not None:
            reader.variables[names[0]] = found


def _forget(tag: Tag, reader: OutputReader) -> None:
    for name in assigned(tag.code)[0]:
        reader.variables.pop(name, None)


def _bind(tag: Tag, reader: OutputReader) -> None:
    """Give the loop's variables the first item of a literal list; else they are unknown."""
    tokens = tokens_of(tag.code)[1:]
    split = next((index for index, token in enumerate(tokens) if token.text == "in"), len(tokens))
    names = [token.text for token in tokens[:split] if token.kind == "name"]
    for name in names:
        reader.variables.pop(name, None)
    item = first_item(tokens[split + 1 :], reader.variables)
    if len(names) == 1 and item is not None:
        reader.variables[names[0]] = item
    elif isinstance(item, list | tuple) and len(item) == len(names):
        reader.variables.update(zip(names, item, strict=True))
