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
from typing import Generic, TypeVar

from leaktight.lazy import record

Item = TypeVar("Item")
Result = TypeVar("Result")

_HEADER = struct.Struct("<Iq")
"""What stands before each answer: its length, and the item's number."""
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
    pid: int
    pipe: int
    board: memoryview[float]
    pending: list[int]
    careful: bool
    buffer: bytearray = field(default_factory=bytearray)

    @property
    def at(self) -> tuple[int, float]:
        """The number of the item that the child works on, and since when."""
        return int(self.board[0]), self.board[1]


class Workers(Generic[Item, Result]):
    """Runs `work` over items in up to `jobs` children, each item for at most `limit` seconds.

    `work` must answer with something that can be pickled. `weight` tells how big an item is, to share them out evenly.
    `progress` is told how many items are done, of how many.
    """

    def __init__(
        self,
        work: Callable[[Item], Result],
        *,
        jobs: int,
        limit: float = 60.0,
        weight: Callable[[Item], int] = lambda item: 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._work = work
        self._jobs = max(jobs, 1)
        self._limit = limit
        self._weight = weight
        self._progress = progress
        self._done = self._total = 0

    def run(self, items: Sequence[Item]) -> list[Result | Failure]:
        """Give an answer for each item, in their order."""
        if not items:
            return []
        self._done, self._total = 0, len(items)
        if not hasattr(os, "fork"):
            return [self._work(item) for item in items]
        answers: dict[int, Result | Failure] = {}
        with selectors.DefaultSelector() as selector:
            children = [self._start(items, shard) for shard in self._shards(items)]
            for child in children:
                selector.register(child.pipe, selectors.EVENT_READ, child)
            try:
                while selector.get_map():
                    for key, _ in selector.select(timeout=0.25):
                        self._read(items, key.data, answers, selector)
                    self._kill_late(selector)
            finally:
                for key in list(selector.get_map().values()):
                    os.kill(key.data.pid, signal.SIGKILL)
                    os.waitpid(key.data.pid, 0)
                    os.close(key.data.pipe)
        return [answers[index] for index in range(len(items))]

    def _shards(self, items: Sequence[Item]) -> list[list[int]]:
        """Share the items out: the heaviest first, each to the lightest child."""
        count = min(self._jobs, len(items))
        shards: list[list[int]] = [[] for _ in range(count)]
        loads = [0] * count
        for index in sorted(range(len(items)), key=lambda index: -self._weight(items[index])):
            lightest = loads.index(min(loads))
            shards[lightest].append(index)
            loads[lightest] += self._weight(items[index]) + 1
        return shards

    def _start(self, items: Sequence[Item], shard: list[int], *, careful: bool = False) -> _Child:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        reader, writer = os.pipe()
        board = _board(shard[0])
        pid = os.fork()
        if pid:
            os.close(writer)
            return _Child(pid, reader, board, list(shard), careful)
        status = 1
        try:
            os.close(reader)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._serve(items, shard, writer, board, careful)
            status = 0
        finally:
            os._exit(status)  # the parent's buffers and exit handlers are not the child's to run

    def _serve(
        self, items: Sequence[Item], shard: list[int], writer: int, board: memoryview[float], careful: bool
    ) -> None:
        gc.disable()
        gc.freeze()
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
            return
        selector.unregister(child.pipe)
        os.close(child.pipe)
        _, status = os.waitpid(child.pid, 0)
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
            fresh = self._start(items, rest, careful=True)
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


def _write(pipe: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
