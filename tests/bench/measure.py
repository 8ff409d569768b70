"""Run a command as a process of its own and read what it cost from the kernel."""

import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_KIB_A_MB = 1024
_METER = Path(__file__).with_name("meter.py")


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: `environment` is all that the process sees; `accepts` are the exit codes of a run that worked."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    environment: dict[str, str]
    accepts: tuple[int, ...] = (0, 1)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: user and system CPU of the process and the children it waited for, and wall time, in seconds.

    `peak` is the largest resident set of any one of those processes, in MB of 1024² bytes.
    """

    cpu: float
    wall: float
    peak: float
    exit_code: int
    tail: str


@dataclass(slots=True)
class Series:
    """The runs of one command on one set."""

    samples: list[Sample] = field(default_factory=list)

    @property
    def least(self) -> float:
        """The least CPU seconds of any run."""
        return min(sample.cpu for sample in self.samples)

    @property
    def median(self) -> float:
        """The median CPU seconds."""
        return statistics.median(sample.cpu for sample in self.samples)

    @property
    def peak(self) -> float:
        """The largest peak memory of any run, in MB."""
        return max(sample.peak for sample in self.samples)


class RunFailed(Exception):
    """A command ended with an exit code that it does not use for a finished run."""


def run(command: Command, log: Path, timeout: float = 1800.0) -> Sample:
    """Run `command` with both outputs in the file `log`, and return its cost.

    Raises `RunFailed` for an exit code outside `accepts`, death by a signal, or no end within `timeout` seconds.
    """
    line = (sys.executable, "-I", "-S", str(_METER), str(timeout), str(log), *command.argv)
    metered = subprocess.run(
        line,
        cwd=command.cwd,
        env=command.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if metered.returncode != 0:
        raise RunFailed(f"{command.name}: {metered.stderr.strip()[-400:]}")
    exit_code, cpu, wall, kib = metered.stdout.split()
    tail = log.read_bytes()[-400:].decode("utf-8", "replace")
    sample = Sample(float(cpu), float(wall), int(kib) / _KIB_A_MB, int(exit_code), tail)
    if sample.exit_code not in command.accepts:
        raise RunFailed(f"{command.name}: exit {sample.exit_code}: {sample.tail.strip()}")
    return sample


def pairs(first: Command, second: Command, rounds: int, log: Path) -> tuple[Series, Series]:
    """Run two commands next to each other `rounds` times, each going first in turn, and return both series.

    Runs of one index stand next to each other in time, so that their ratio holds on a machine whose
    speed drifts. Raises `RunFailed`.
    """
    ours, theirs = Series(), Series()
    for index in range(rounds):
        order = ((first, ours), (second, theirs))
        for command, series in order if index % 2 == 0 else reversed(order):
            series.samples.append(run(command, log))
    return ours, theirs


def ratio(ours: Series, theirs: Series) -> float:
    """Return the median, over the pairs, of our CPU seconds by theirs."""
    return statistics.median(a.cpu / b.cpu for a, b in zip(ours.samples, theirs.samples, strict=True))


def joined(parts: Sequence[Series]) -> Series:
    """Return all the samples of `parts` as one series."""
    return Series([sample for part in parts for sample in part.samples])
