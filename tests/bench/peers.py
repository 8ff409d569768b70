"""The other linters: what to install, how each is called, and why so.

Every peer runs once over a whole set, in one process, with its own default rules and without a cache,
writing its cheapest format to a file; its working folder and home are empty, so it finds no configuration.
"""

import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from corpus import FileSet

_RULES = Path(__file__).with_name("ast_grep_rules.yml")


@dataclass(frozen=True, slots=True)
class Peer:
    """One linter. In `arguments`, `{folder}` stands for the set's folder and `{files}` for all its paths, one by one.

    `requirement` is what pip installs and `program` the script that it brings; `slow` ones get fewer rounds;
    `accepts` are the exit codes of a finished run.
    """

    name: str
    requirement: str
    program: str
    language: str
    arguments: tuple[str, ...]
    why: str
    slow: bool = False
    accepts: tuple[int, ...] = (0, 1)

    @property
    def distribution(self) -> str:
        """The name of the distribution whose version is shown."""
        return self.requirement.partition("[")[0]

    def argv(self, program: Path, files: FileSet) -> tuple[str, ...]:
        """Return the command line over `files`."""
        line = [str(program)]
        for argument in self.arguments:
            if argument == "{files}":
                line += [str(path) for path in files.files]
            else:
                line.append(argument.replace("{folder}", str(files.folder)))
        return tuple(line)


_SQLFLUFF_ARGUMENTS = (
    *("lint", "--dialect", "bigquery", "--ignore-local-config", "--processes", "1", "--nofail"),
    *("--disable-progress-bar", "--format", "none", "{folder}"),
)

PEERS = (
    Peer(
        "sqruff",
        "sqruff",
        "sqruff",
        "sql",
        ("lint", "--dialect", "bigquery", "--ignore-local-config", "--format", "none", "{folder}"),
        "all its default rules; threads are its own choice (CPU is added up); no cache to turn off",
    ),
    Peer(
        "slowql",
        "slowql",
        "slowql",
        "sql",
        (
            *("--no-cache", "--jobs", "1", "--dialect", "bigquery", "--fail-on", "never"),
            *("--format", "github-actions", "{files}"),
        ),
        "its console format costs half as much again and writes 15 MB, so the GitHub one; takes paths one by one",
        slow=True,
    ),
    Peer(
        "sqlfluff",
        "sqlfluff",
        "sqlfluff",
        "sql",
        _SQLFLUFF_ARGUMENTS,
        "the pure Python parser, Jinja templater (its default), one process",
        slow=True,
    ),
    Peer(
        "sqlfluff with Rust parser",
        "sqlfluff[rs]",
        "sqlfluff",
        "sql",
        _SQLFLUFF_ARGUMENTS,
        "the same with its optional Rust parser installed, which it then uses by itself",
        slow=True,
    ),
    Peer(
        "sql-sop",
        "sql-sop",
        "sql-sop",
        "sql",
        ("check", "{folder}"),
        "patterns over lines, no dialect; no cache; only a terminal and a SARIF format",
    ),
    Peer(
        "pipeline-lint",
        "pipeline-lint",
        "pipeline-lint",
        "sql",
        ("check", "--sql-dialect", "bigquery", "{folder}"),
        "seven rules, over sqlglot trees; no cache",
    ),
    Peer(
        "ruff",
        "ruff",
        "ruff",
        "python",
        ("check", "--no-cache", "--isolated", "--exit-zero", "--output-format", "concise", "{folder}"),
        "its default rules; threads are its own choice (CPU is added up)",
    ),
    Peer(
        "pipeline-lint on Python",
        "pipeline-lint",
        "pipeline-lint",
        "python",
        ("check", "{folder}"),
        "reads PySpark and Airflow files as well",
    ),
    Peer(
        "ast-grep with ten rules",
        "ast-grep-cli",
        "ast-grep",
        "js",
        ("scan", "--rule", str(_RULES), "--report-style", "short", "{folder}"),
        "it has no rules of its own: `ast_grep_rules.yml` has ten of the shape that leaktight's have",
    ),
)


class InstallFailed(Exception):
    """A peer could not be installed."""


def install(peer: Peer, cache: Path) -> tuple[Path, str]:
    """Install `peer` in a virtual environment of its own under `cache` unless it is there; return program and version.

    Raises `InstallFailed` when pip fails or brings no such program.
    """
    folder = cache / "venvs" / peer.requirement.replace("[", "-").replace("]", "")
    program = folder / "bin" / peer.program
    if not program.exists():
        venv.create(folder, with_pip=True)
        done = subprocess.run(
            [
                folder / "bin" / "python",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                peer.requirement,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 or not program.exists():
            raise InstallFailed(f"{peer.name}: pip install {peer.requirement} failed:\n{done.stderr[-2000:]}")
    return program, _version(peer.distribution, folder)


def _version(distribution: str, folder: Path) -> str:
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    return next(iter(metadata.distributions(name=distribution, path=[str(packages)]))).version
