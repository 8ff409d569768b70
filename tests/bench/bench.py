"""Measure what `leaktight check` costs, next to its peers, on files of public packages.

Run by hand: `python tests/bench/bench.py`. It is no test: its numbers depend on the machine, so only
ratios of runs that stand next to each other are compared with the goals.
"""

import argparse
import json
import os
import platform
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archives import FetchError
from corpus import RECIPES, FileSet, small_file, unpack
from goals import Comparison, check
from measure import Command, RunFailed, Series, pairs, run
from peers import PEERS, InstallFailed, Peer, install
from table import data, markdown

_REPOSITORY = Path(__file__).resolve().parents[2]
_ABOUT = """\
What is measured
  cold    a whole process, without a cache, all rules, against each peer on the same files
  warm    the third run over unchanged files, against a cold run and against the floor: a Python process
          that only lists, reads and hashes the same files (floor.py)
  CPU     user and system seconds of the process and the children it waited for, from the kernel (wait4)
  MB      the largest resident set of any one of those processes

Two commands are run in pairs, each going first in turn; a ratio is the median over the pairs. The table
gives the least and the median of the CPU seconds. Everything that is downloaded (pinned archives, one
virtual environment for each peer) goes to --cache and is used again. Nothing of the archives is executed.

Start it with the interpreter of a clean virtual environment: what its site-packages import at every start
is counted, in the floor too. POSIX only.

Examples
  python tests/bench/bench.py                              everything; minutes, for sqlfluff and slowql
  python tests/bench/bench.py --sets sql --peers sqruff    one set, one peer
  python tests/bench/bench.py --peers none --rounds 11     cold, warm and floor alone
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run needs everywhere: leaktight's command, its options on SQL sets, the cache, and an empty `scratch`."""

    leaktight: tuple[str, ...]
    sql_options: tuple[str, ...]
    cache: Path
    scratch: Path
    rounds: int
    slow_rounds: int

    def ours(self, files: FileSet, cached: bool) -> Command:
        """Return the command that checks `files`, with a cache of this run's own or with none."""
        options = self.sql_options if files.language == "sql" else ()
        flags = ("--exit-zero", "--output-format", "concise", *options, *(() if cached else ("--no-cache",)))
        python_path = os.pathsep.join([str(_REPOSITORY / "linter"), str(_REPOSITORY / "rules")])
        given = os.environ.get("PYTHONPATH", "")
        if given:
            python_path = os.pathsep.join(
                [*(str(Path(entry).resolve()) for entry in given.split(os.pathsep)), python_path]
            )
        environment = self.environment() | {"PYTHONPATH": python_path}
        if cached:
            environment["LEAKTIGHT_CACHE_DIR"] = str(self.scratch / f"cache of {files.name}")
        argv = (*self.leaktight, "check", str(files.folder), *flags)
        return Command("leaktight", argv, self._empty("cwd"), environment, accepts=(0,))

    def theirs(self, peer: Peer, program: Path, files: FileSet) -> Command:
        """Return the command of `peer` over `files`."""
        return Command(peer.name, peer.argv(program, files), self._empty("cwd"), self.environment(), peer.accepts)

    def floor(self, files: FileSet) -> Command:
        """Return the command that only reads and hashes `files`."""
        script = Path(__file__).with_name("floor.py")
        argv = (sys.executable, "-I", str(script), str(files.folder))
        return Command("floor", argv, self._empty("cwd"), self.environment(), accepts=(0,))

    def environment(self) -> dict[str, str]:
        """Return an environment with an empty home, so that nobody's own configuration is read."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._empty("home")),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
        }

    def log(self) -> Path:
        """Return the file that takes a command's output."""
        return self.scratch / "output"

    def _empty(self, name: str) -> Path:
        folder = self.scratch / name
        folder.mkdir(exist_ok=True)
        return folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the report, and return 0; 1 for a missed goal with `--strict`, 2 when leaktight itself fails."""
    options = _options(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="leaktight-bench-") as scratch:
        bench = Bench(
            leaktight=tuple(shlex.split(options.command)),
            sql_options=tuple(shlex.split(options.sql_options)),
            cache=options.cache.resolve(),
            scratch=Path(scratch).resolve(),
            rounds=options.rounds,
            slow_rounds=options.slow_rounds,
        )
        sets = _sets(bench, options.sets)
        peers = [peer for peer in PEERS if options.peers is None or peer.name in options.peers]
        languages = {files.language for files in sets}
        peers = [peer for peer in peers if peer.language in languages]
        try:
            comparisons = [found for files in sets for found in _measure(bench, files, peers)]
        except RunFailed as error:
            _say(f"the program under test failed, so nothing was measured: {error}")
            return 2
    goals = check(comparisons)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.system()} {platform.machine()}"
    print(f"# {machine}\n")
    print(markdown(sets, comparisons, goals, peers), end="")
    if options.json is not None:
        numbers = {"machine": machine, "command": options.command, **data(sets, comparisons, goals)}
        options.json.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    return 1 if options.strict and not all(goal.met for goal in goals) else 0


def _sets(bench: Bench, names: Sequence[str]) -> list[FileSet]:
    sets: list[FileSet] = []
    for recipe in RECIPES:
        if recipe.name not in names:
            continue
        _say(f"unpacking the {recipe.name} set")
        try:
            files = unpack(recipe, bench.cache)
        except FetchError as error:
            _say(f"left out: {error}")
            continue
        if recipe.name == "sql":
            sets.append(small_file(files, bench.cache))
        sets.append(files)
    return sets


def _measure(bench: Bench, files: FileSet, peers: Sequence[Peer]) -> list[Comparison]:
    cold = bench.ours(files, cached=False)
    _say(f"{files.name}: warm")
    # A first run compiles modules and brings the files into the page cache.
    run(cold, bench.log())
    comparisons = _warm(bench, files, cold)
    for peer in peers:
        if peer.language == files.language:
            _say(f"{files.name}: {peer.name}")
            comparisons.append(_against(bench, files, cold, peer))
    return comparisons


def _warm(bench: Bench, files: FileSet, cold: Command) -> list[Comparison]:
    warm, floor = bench.ours(files, cached=True), bench.floor(files)
    shutil.rmtree(warm.environment["LEAKTIGHT_CACHE_DIR"], ignore_errors=True)
    for command in (warm, warm, floor):
        run(command, bench.log())
    by_cold = pairs(warm, cold, bench.rounds, bench.log())
    by_floor = pairs(warm, floor, bench.rounds, bench.log())
    return [
        Comparison(files.name, "warm", "leaktight, cold", "", *by_cold),
        Comparison(files.name, "warm", "floor", "", *by_floor),
    ]


def _against(bench: Bench, files: FileSet, cold: Command, peer: Peer) -> Comparison:
    version = ""
    try:
        program, version = install(peer, bench.cache)
        theirs = bench.theirs(peer, program, files)
        small = len(files.files) == 1
        if small or not peer.slow:
            run(theirs, bench.log())
        rounds = bench.slow_rounds if peer.slow else bench.rounds
        return Comparison(files.name, "cold", peer.name, version, *pairs(cold, theirs, rounds, bench.log()))
    except (InstallFailed, RunFailed) as error:
        _say(f"failed: {error}")
        return Comparison(files.name, "cold", peer.name, version, Series(), Series(), failed=str(error))


def _say(words: str) -> None:
    print(f"bench: {words}", file=sys.stderr, flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = [recipe.name for recipe in RECIPES]
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--command",
        default=shlex.join([sys.executable, "-m", "leaktight"]),
        help="the program under test; the checkout is on its PYTHONPATH (default: %(default)s)",
    )
    parser.add_argument(
        "--sql-options",
        default="",
        help="more options for it on SQL sets, such as '--dialect bigquery' (default: none)",
    )
    parser.add_argument(
        "--sets", type=_names(names), default=names, help=f"which of {','.join(names)} (default: all), by comma"
    )
    parser.add_argument(
        "--peers",
        type=_names([*(peer.name for peer in PEERS), "none"]),
        help=f"which of {','.join(peer.name for peer in PEERS)}, or none (default: all), by comma",
    )
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs (default: %(default)s)")
    parser.add_argument("--slow-rounds", type=int, default=1, help="pairs with a slow peer (default: %(default)s)")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir(), "leaktight-bench"),
        help="where archives, sets and peers are kept (default: %(default)s)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run's numbers to FILE as well")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a goal is missed")
    return parser.parse_args(arguments)


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        names = [name.strip() for name in text.split(",")]
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return names

    return read


if __name__ == "__main__":
    sys.exit(main())
