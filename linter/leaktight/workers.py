"""Runs a function over many items in child processes, so that an item that kills its process costs itself alone.

Parsers crash: on deep nesting, on odd bytes, on what nobody thought of. A child that dies, or works longer than the limit
on one item, is replaced; the item it died on is answered with a `Failure` and the rest goes on. Where the system cannot
fork, everything runs in this process.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import selectors
import signal
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any, Generic, TypeVar

from leaktight.lazy import record

Item = TypeVar("Item")
Result = TypeVar("Result")

_HEADER = struct.Struct("<Iq")
"""What stands before each answer: its length, and the item's number."""
_ORDER = struct.Struct("<QQ")
"""What stands before each order to a child that has stayed: the lengths of the message and of the items' numbers."""
_ENOUGH_BYTES, _ENOUGH_SECONDS = 1 << 16, 0.05
"""Answers go through the pipe together: each write wakes the parent."""
_COLLECT_EVERY = 2_000_000
"""Weight after which a child collects garbage; the collector is off while it parses, which makes that twice as fast."""


FAILURES = ("timeout", "crash")


@record(frozen=True, slots=True)
class Failure:
    """That no answer came for an item. `code` is `timeout` or `crash`; the reason is a sentence for the user."""

    code: str
    reason: str


@record(slots=True)
class _Child:
    number: int
    pid: int
    pipe: int
    orders: int
    board: memoryview[float]
    pending: list[int]
    careful: bool
    buffer: bytearray = field(default_factory=bytearray)

    @property
    def at(self) -> tuple[int, float]:
        """The number of the item that the child works on, and since when."""
        return int(self.board[0]), self.board[1]

    def gone(self, *, kill: bool = False) -> int:
        """Wait until it has ended, and give its status."""
        if kill:
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.pipe)
        os.close(self.orders)
        return os.waitpid(self.pid, 0)[1]


class Workers(Generic[Item, Result]):
    """Runs `work` over items in up to `jobs` children, each item for at most `limit` seconds.

    `work` must answer with something that can be pickled. `weight` tells how big an item is, to share them out evenly.
    `progress` is told how many items are done, of how many. With `later`, which gives the work that a message asks for, the
    children stay when they are done, with all that they remember, for `run_again`, until `close`.
    """

    def __init__(
        self,
        work: Callable[[Item], Result],
        *,
        jobs: int,
        limit: float = 60.0,
        weight: Callable[[Item], int] = lambda item: 1,
        progress: Callable[[int, int], None] | None = None,
        later: Callable[[Any], Callable[[Item], Any]] | None = None,
    ) -> None:
        self._work = work
        self._jobs = max(jobs, 1)
        self._limit = limit
        self._weight = weight
        self._progress = progress
        self._later = later
        self._done = self._total = 0
        self._living: list[_Child] = []
        self._homes: dict[int, int] = {}
        """Which child, by its number, had an item."""

    def run(self, items: Sequence[Item]) -> list[Result | Failure]:
        """Give an answer for each item, in their order."""
        return self.run_some(items, range(len(items)))

    def run_some(self, items: Sequence[Item], indexes: Sequence[int]) -> list[Result | Failure]:
        """Give an answer for each of the items at some indexes, in their order."""
        if not indexes or not hasattr(os, "fork"):
            return [self._work(items[index]) for index in indexes]
        shards = self._share(items, indexes, [[] for _ in range(self._jobs)])
        self._homes = {index: number for number, shard in enumerate(shards) for index in shard}
        return self._collect(items, indexes, shards)

    def run_again(self, items: Sequence[Item], indexes: Sequence[int], message: object, *, jobs: int) -> list[Any]:
        """Give what the work that `message` asks for answers to each of the same items at some indexes, in their order.

        An item goes to the child that had it, if that has stayed; for the others there are up to `jobs` children in all.
        """
        assert self._later is not None
        self._work = self._later(message)
        if not indexes or not hasattr(os, "fork"):
            return [self._work(items[index]) for index in indexes]
        numbers = {child.number for child in self._living}
        shards: list[list[int]] = [[] for _ in range(max(jobs, *(number + 1 for number in numbers), 1))]
        strange: list[int] = []
        for index in indexes:
            home = self._homes.get(index)
            (shards[home] if home is not None and home in numbers else strange).append(index)
        return self._collect(items, indexes, self._share(items, strange, shards), message)

    def close(self) -> None:
        """End the children that have stayed."""
        while self._living:
            self._living.pop().gone(kill=True)

    def _collect(
        self, items: Sequence[Item], indexes: Sequence[int], shards: Sequence[list[int]], message: object = None
    ) -> list[Result | Failure]:
        """Have each shard worked on, by a child that has stayed or a new one, and give the answers."""
        self._done, self._total = 0, len(indexes)
        answers: dict[int, Result | Failure] = {}
        stayed = {child.number: child for child in self._living}
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL) if stayed else b""
        whole = False
        with selectors.DefaultSelector() as selector:
            try:
                for number, shard in enumerate(shards):
                    if shard:
                        child = stayed.get(number)
                        if child is None or not self._order(child, data, shard):
                            child = self._start(items, shard, number)
                        selector.register(child.pipe, selectors.EVENT_READ, child)
                while selector.get_map():
                    for key, _ in selector.select(timeout=0.25):
                        self._read(items, key.data, answers, selector)
                    self._kill_late(selector)
                whole = True
            finally:
                if not whole:
                    self.close()
        return [answers[index] for index in indexes]

    def _share(self, items: Sequence[Item], indexes: Sequence[int], shards: list[list[int]]) -> list[list[int]]:
        """Share items out among shards: the heaviest first, each to the lightest shard."""
        loads = [sum(self._weight(items[index]) + 1 for index in shard) for shard in shards]
        for index in sorted(indexes, key=lambda index: -self._weight(items[index])):
            lightest = loads.index(min(loads))
            shards[lightest].append(index)
            loads[lightest] += self._weight(items[index]) + 1
        return shards

    def _start(self, items: Sequence[Item], shard: list[int], number: int, *, careful: bool = False) -> _Child:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        reader, writer = os.pipe()
        hearing, orders = os.pipe()
        board = _board(shard[0])
        pid = os.fork()
        if pid:
            os.close(writer)
            os.close(hearing)
            self._living.append(_Child(number, pid, reader, orders, board, list(shard), careful))
            return self._living[-1]
        status = 1
        try:
            os.close(reader)
            os.close(orders)
            for other in self._living:  # a child hears that its parent is gone only if no other child could give orders
                os.close(other.pipe)
                os.close(other.orders)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            gc.disable()
            gc.freeze()
            self._serve(items, shard, writer, board, careful)
            while self._later is not None and (heard := _hear(hearing)) is not None:
                message, shard = heard
                self._work = self._later(message)
                self._serve(items, shard, writer, board, careful)
            status = 0
        finally:
            os._exit(status)  # the parent's buffers and exit handlers are not the child's to run

    def _order(self, child: _Child, message: bytes, shard: list[int]) -> bool:
        """Have a child that has stayed work on a shard; say whether it still can."""
        numbers = pickle.dumps(shard)
        child.pending = list(shard)
        child.board[0], child.board[1] = shard[0], time.monotonic()
        try:
            _write(child.orders, _ORDER.pack(len(message), len(numbers)) + message + numbers)
        except OSError:
            self._living.remove(child)
            child.gone(kill=True)
            return False
        return True

    def _serve(
        self, items: Sequence[Item], shard: list[int], writer: int, board: memoryview[float], careful: bool
    ) -> None:
        done = 0
        waiting = bytearray()
        now = written = time.monotonic()
        for index in shard:
            board[1] = now
            board[0] = index
            answer = pickle.dumps(self._work(items[index]), pickle.HIGHEST_PROTOCOL)
            waiting += _HEADER.pack(len(answer), index)
            waiting += answer
            now = time.monotonic()
            if careful or len(waiting) > _ENOUGH_BYTES or now - written > _ENOUGH_SECONDS:
                _write(writer, waiting)
                waiting, written = bytearray(), now
            done += self._weight(items[index])
            if done > _COLLECT_EVERY:
                gc.collect()
                done = 0
        _write(writer, waiting)

    def _read(
        self,
        items: Sequence[Item],
        child: _Child,
        answers: dict[int, Result | Failure],
        selector: selectors.BaseSelector,
    ) -> None:
        chunk = os.read(child.pipe, 1 << 18)
        if chunk:
            child.buffer += chunk
            self._take(child, answers)
            if self._later is not None and not child.pending:
                selector.unregister(child.pipe)
            return
        selector.unregister(child.pipe)
        self._living.remove(child)
        status = child.gone()
        if not child.pending:
            return
        lost = child.at[0] if child.at[0] in child.pending else child.pending[0]
        failure = self._failure(child, status)
        rest = child.pending
        # A child that dies with answers in hand may have been hurt by any of those items: they are done again, one by one.
        if child.careful or lost == child.pending[0] or failure.code == "timeout":
            answers[lost] = failure
            self._tell()
            rest = [index for index in child.pending if index != lost]
        if rest:
            fresh = self._start(items, rest, child.number, careful=True)
            selector.register(fresh.pipe, selectors.EVENT_READ, fresh)

    def _take(self, child: _Child, answers: dict[int, Result | Failure]) -> None:
        buffer = child.buffer
        at = 0
        while len(buffer) - at >= _HEADER.size:
            length, index = _HEADER.unpack_from(buffer, at)
            end = at + _HEADER.size + length
            if len(buffer) < end:
                break
            answers[index] = pickle.loads(memoryview(buffer)[at + _HEADER.size : end])  # noqa: S301  # our own child wrote it
            child.pending.remove(index)
            self._tell()
            at = end
        del buffer[:at]

    def _tell(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)

    def _kill_late(self, selector: selectors.BaseSelector) -> None:
        now = time.monotonic()
        for key in list(selector.get_map().values()):
            child: _Child = key.data
            if now - child.at[1] > self._limit:
                os.kill(child.pid, signal.SIGKILL)

    def _failure(self, child: _Child, status: int) -> Failure:
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            if number == signal.SIGKILL and time.monotonic() - child.at[1] >= self._limit:
                return Failure("timeout", f"took longer than {self._limit:g} seconds")
            return Failure("crash", f"the process that read it was ended by {signal.Signals(number).name}")
        return Failure("crash", f"the process that read it ended with status {os.waitstatus_to_exitcode(status)}")


def _board(index: int) -> memoryview[float]:
    """Give memory that a child shares with its parent: the number of the item that it is at, and since when.

    Numbers of eight bytes are written at once; what `struct` packs, the other process may see half written.
    """
    board = memoryview(mmap.mmap(-1, 16)).cast("d")
    board[0], board[1] = index, time.monotonic()
    return board


def _hear(pipe: int) -> tuple[Any, list[int]] | None:
    """Give the next order, a message and the numbers of items; None when there will be none."""
    with open(pipe, "rb", closefd=False) as orders:
        head = orders.read(_ORDER.size)
        if len(head) < _ORDER.size:
            return None
        lengths = _ORDER.unpack(head)
        message, numbers = (pickle.loads(orders.read(length)) for length in lengths)  # noqa: S301  # our own parent wrote it
    return message, numbers


def _write(pipe: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
