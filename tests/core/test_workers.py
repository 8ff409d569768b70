"""Work in child processes: an item that kills its process costs itself alone."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from leaktight.workers import Failure, Workers, _board

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="without fork all runs in one process")

ROOT = Path(__file__).parents[2]


def square(number: int) -> int:
    return number * number


def die_by(number: int, how: Callable[[], object]) -> Callable[[int], int]:
    def work(item: int) -> int:
        if item == number:
            faulthandler.disable()  # its trace would stand in the log of tests that pass
            how()
        return item * item

    return work


def answers(result: list[int | Failure]) -> list[int | str]:
    return [item.code if isinstance(item, Failure) else item for item in result]


@pytest.mark.parametrize("jobs", [1, 2, 5, 99])
@pytest.mark.parametrize("count", [0, 1, 7, 200])
def test_answers_come_in_the_order_of_the_items(jobs: int, count: int) -> None:
    assert Workers(square, jobs=jobs).run(range(count)) == [number * number for number in range(count)]
    heavy_last = Workers(square, jobs=jobs, weight=lambda item: item * 1_000_000)
    assert heavy_last.run(range(count)) == [number * number for number in range(count)]


@pytest.mark.parametrize("jobs", [1, 3])
def test_many_items_and_big_answers(jobs: int) -> None:
    assert Workers(square, jobs=jobs).run(range(5_000)) == [number * number for number in range(5_000)]
    sizes = [0, 1, 70_000, 3_000_000, 2, 1_000_000]
    assert [
        len(answer) for answer in Workers(lambda size: b"x" * size, jobs=jobs).run(sizes) if isinstance(answer, bytes)
    ] == sizes


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "ended by SIGSEGV"),
        (lambda: ctypes.string_at(0), "ended by SIGSEGV"),
        (lambda: os._exit(7), "ended with status 7"),
        (lambda: os._exit(0), "ended with status 0"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "ended by SIGKILL"),
    ],
)
def test_a_death_costs_its_item(jobs: int, how: Callable[[], object], said: str) -> None:
    result = Workers(die_by(4, how), jobs=jobs, limit=30).run(range(9))
    assert answers(result) == [0, 1, 4, 9, "crash", 25, 36, 49, 64]
    assert isinstance(result[4], Failure)
    assert said in result[4].reason


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_item_that_takes_too_long_costs_itself(jobs: int) -> None:
    began = time.monotonic()
    result = Workers(die_by(2, lambda: time.sleep(60)), jobs=jobs, limit=0.5).run(range(6))
    assert time.monotonic() - began < 60
    assert answers(result) == [0, 1, "timeout", 9, 16, 25]
    assert result[2] == Failure("timeout", "took longer than 0.5 seconds")


def test_every_item_may_die() -> None:
    result = Workers(lambda item: os._exit(item + 1), jobs=3).run(range(12))
    assert [item.reason.rsplit(" ", 1)[1] for item in result if isinstance(item, Failure)] == [
        str(n) for n in range(1, 13)
    ]


def test_an_error_in_the_work_costs_its_item() -> None:
    def work(item: int) -> object:
        if item == 1:
            raise MemoryError
        if item == 3:
            return lambda: None
        return item

    result = Workers(work, jobs=2).run(range(6))
    assert [isinstance(item, Failure) for item in result] == [False, True, False, True, False, False]


def test_progress_counts_every_item() -> None:
    seen: list[tuple[int, int]] = []
    Workers(die_by(2, lambda: os._exit(3)), jobs=2, progress=lambda done, of: seen.append((done, of))).run(range(7))
    assert seen == [(done, 7) for done in range(1, 8)]


def test_no_child_and_no_pipe_is_left() -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    Workers(die_by(2, lambda: os._exit(3)), jobs=3).run(range(30))
    assert before == (len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_the_caller_has_buffered_is_written_once() -> None:
    code = (
        "import sys, os\nfrom leaktight.workers import Workers\n"
        "sys.stdout.write('once\\n')\nprint(Workers(lambda i: i if i else os._exit(3), jobs=2).run(range(4))[1:])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=_environment(), timeout=60, check=True
    )
    assert result.stdout == "once\n[1, 2, 3]\n"


def test_an_interrupt_leaves_no_process_behind() -> None:
    code = (
        "import time\nfrom leaktight.workers import Workers\n"
        "def work(item):\n    time.sleep(60)\n"
        "def tell(*_): pass\n"
        "try:\n    print('ready', flush=True)\n    Workers(work, jobs=3).run(range(6))\n"
        "except KeyboardInterrupt:\n    import os\n"
        "    try:\n        os.waitpid(-1, os.WNOHANG)\n    except ChildProcessError:\n        print('none left', flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=_environment(), start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.7)
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert out == "none left\n"
    assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_child_that_closes_its_pipe_and_lives_on_does_not_hang_the_run() -> None:
    def work(item: int) -> int:
        if item == 0:
            os.closerange(3, 64)
        return item

    began = time.monotonic()
    result = Workers(work, jobs=1, limit=1).run(range(3))
    assert time.monotonic() - began < 60
    assert answers(result)[1:] == [1, 2]


def test_only_the_item_that_kills_is_lost_whatever_was_done_before_it() -> None:
    def work(item: int) -> int:
        if item in (40, 41, 90):
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    told: list[tuple[int, int]] = []
    result = Workers(work, jobs=2, progress=lambda done, of: told.append((done, of))).run(range(120))
    assert answers(result) == ["crash" if item in (40, 41, 90) else item for item in range(120)]
    assert told == [(done, 120) for done in range(1, 121)]


def test_answers_of_slow_items_do_not_wait_for_the_last() -> None:
    seen: list[float] = []
    Workers(lambda item: time.sleep(0.12) or item, jobs=1, progress=lambda *_: seen.append(time.monotonic())).run(
        range(4)
    )
    assert seen[-1] - seen[0] > 0.2


def test_where_a_child_is_at_is_never_seen_half_written() -> None:
    board = _board(0)
    child = os.fork()
    if not child:
        while True:
            board[1] = time.monotonic()
    try:
        end = time.monotonic() + 1
        while (now := time.monotonic()) < end:
            assert abs(now - board[1]) < 30
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def staying(jobs: int) -> tuple[Workers[int, int], dict[int, int]]:
    """Give workers that remember the process each item was in, and answer later with that and the one it is in then."""
    seen: dict[int, int] = {}

    def first(item: int) -> int:
        if item == 5:
            os._exit(3)
        seen[item] = os.getpid()
        return os.getpid()

    def later(factor: int) -> Callable[[int], tuple[int, int | None, int]]:
        def again(item: int) -> tuple[int, int | None, int]:
            if item == 7:
                os.kill(os.getpid(), signal.SIGKILL)
            return factor * item, seen.get(item), os.getpid()

        return again

    return Workers(first, jobs=jobs, later=later), seen


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_children_stay_and_remember_what_they_have_done(jobs: int) -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    workers, seen = staying(jobs)
    pids = workers.run_some(range(100, 120), [1, 3, 4, 6, 9])
    assert len(set(pids)) == min(jobs, 5)
    again = workers.run_again(range(100, 120), [0, 1, 3, 9], 10, jobs=jobs)
    assert [answer[0] for answer in again] == [1000, 1010, 1030, 1090]
    assert [answer[1] for answer in again] == [None, pids[0], pids[1], pids[4]]
    assert [answer[2] for answer in again[1:]] == [pids[0], pids[1], pids[4]]
    assert seen == {}
    more = workers.run_again(range(100, 120), [1, 2, 3, 4, 5, 6], 2, jobs=4)
    assert [answer[0] for answer in more] == [202, 204, 206, 208, 210, 212]
    workers.close()
    assert before == (len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_death_in_either_run_costs_its_item(jobs: int) -> None:
    workers, _ = staying(jobs)
    items = range(12)
    assert [isinstance(answer, Failure) for answer in workers.run_some(items, range(9))] == [n == 5 for n in range(9)]
    again = workers.run_again(items, items, 10, jobs=jobs)
    assert [isinstance(answer, Failure) for answer in again] == [n == 7 for n in range(12)]
    assert [answer[0] for answer in again if not isinstance(answer, Failure)] == [10 * n for n in range(12) if n != 7]
    workers.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_child_that_died_while_it_waited_is_made_anew(jobs: int) -> None:
    workers, _ = staying(jobs)
    for pid in {*workers.run_some(range(4), range(4))}:
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert [answer[0] for answer in workers.run_again(range(4), range(4), 3, jobs=jobs)] == [0, 3, 6, 9]
    workers.close()


def test_children_that_stay_end_with_their_parent() -> None:
    code = (
        "import os\nfrom leaktight.workers import Workers\n"
        "workers = Workers(lambda item: os.getpid(), jobs=3, later=lambda message: print)\n"
        "print(*workers.run(range(3)), flush=True)\nos._exit(0)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=_environment(), timeout=60
    )
    end = time.monotonic() + 20
    for pid in map(int, result.stdout.split()):
        while _runs(pid):
            assert time.monotonic() < end
            time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "linter")}
