"""Fetch pinned archives of public packages with their registries' own clients, without running any of their code."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import inert_backend

_BACKENDS = ("setuptools.build_meta", "hatchling.build", "flit_core.buildapi")
_MOST_BYTES_A_FILE = 4_000_000


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive: `registry` is `pypi` (a source distribution) or `npm`; `sha256` is of the archive's bytes."""

    registry: str
    package: str
    version: str
    sha256: str


BIGQUERY_ETL = Archive(
    "pypi", "mozilla-bigquery-etl", "2025.2.1", "9b5c041068087c3ddb5213e576477a657aae1d95e814abf5f927b84c2ab6ed92"
)
AIRFLOW = (
    Archive("pypi", "apache-airflow-core", "3.3.2", "53f38e7749a2689a1d67c6e661284ecddaa687c1f7f3cae2d76b2eca7758210f"),
    Archive(
        "pypi",
        "apache-airflow-providers-amazon",
        "9.39.0",
        "9ffd82a9cf92ad291d277e00d2b583e34d76e1d486922017815875539886de5a",
    ),
    Archive(
        "pypi",
        "apache-airflow-providers-cncf-kubernetes",
        "10.25.0",
        "134809a37537cedf05cd6d60c51b64cd1df430c29e289786214d33307b27accf",
    ),
    Archive(
        "pypi",
        "apache-airflow-providers-google",
        "22.8.0",
        "654006dc73478b36f9e4bda0f00e45ba4b864f68da66653fbc77a9ece460a79d",
    ),
    Archive(
        "pypi",
        "apache-airflow-providers-microsoft-azure",
        "15.2.1",
        "db837222f69b1e1bb21bab0ad49aa0a8d912236f73b4812035d2620f36d4fcea",
    ),
    Archive(
        "pypi",
        "apache-airflow-providers-standard",
        "1.21.0",
        "4345d66cc4b02fdf984218d318f40361ed12116bb13575169c444c64bd04ea4b",
    ),
)
DJANGO = Archive("pypi", "django", "5.2.19", "ad03d8abc51dbff95ebf34b27123cf0c26a3b62db7ba0cd520783686362533d1")
DIRECTUS = Archive("npm", "@directus/api", "23.3.2", "ccb5ac9b3ca6ae479b59bc4d25b82e0fdc35a98993d0a60986943cf8d4153e5f")


class FetchError(Exception):
    """An archive could not be had, or is not the pinned one."""


def fetch(archive: Archive, cache: Path) -> Path:
    """Return the path of `archive` under `cache`, downloading it when it is not there.

    Raises `FetchError` when the client fails or the bytes have another hash.
    """
    kept = cache / "archives" / f"{archive.sha256}.tar.gz"
    if kept.exists():
        _check(archive, kept)
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        download = _with_pip if archive.registry == "pypi" else _with_npm
        download(archive, Path(folder))
        saved = [path for path in Path(folder).iterdir() if path.name.endswith((".tar.gz", ".tgz"))]
        if len(saved) != 1:
            raise FetchError(f"{archive.package} {archive.version}: expected one archive, got {len(saved)}")
        _check(archive, saved[0])
        saved[0].replace(kept)
    return kept


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the regular files of a tar archive: path below its top folder with `/`, and content.

    A path that would leave the folder it is unpacked in, and a file over 4 MB, are passed over.
    """
    with tarfile.open(path) as archive:
        for member in archive:
            inside = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or not inside or ".." in inside or member.size > _MOST_BYTES_A_FILE:
                continue
            stream = archive.extractfile(member)
            if stream is not None:
                yield "/".join(inside), stream.read()


def _check(archive: Archive, path: Path) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != archive.sha256:
        raise FetchError(f"{archive.package} {archive.version}: sha256 is {found}, expected {archive.sha256}")


def _with_pip(archive: Archive, folder: Path) -> None:
    stand_ins = folder / "backends"
    for backend in _BACKENDS:
        module = stand_ins.joinpath(*backend.split(".")).with_suffix(".py")
        module.parent.mkdir(parents=True)
        (module.parent / "__init__.py").touch()
        module.write_text("import inert_backend as __legacy__\nfrom inert_backend import *\n", encoding="utf-8")
    shutil.copy(inert_backend.__file__, stand_ins)
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{archive.package}=={archive.version} --hash=sha256:{archive.sha256}\n", encoding="utf-8")
    # None of the pinned archives has a backend of its own (`backend-path`), and one that is unknown here ends pip.
    # Without build isolation pip installs no backend and finds the stand-ins; with PEP 517 it runs no setup.py itself.
    _run(
        archive,
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--use-pep517"),
            *("--require-hashes", "--dest", str(folder), "--requirement", str(wanted)),
        ],
        {**os.environ, "PYTHONPATH": str(stand_ins)},
    )


def _with_npm(archive: Archive, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError("npm is not installed")
    wanted = f"{archive.package}@{archive.version}"
    _run(
        archive,
        [npm, "pack", "--ignore-scripts", "--silent", "--pack-destination", str(folder), wanted],
        {**os.environ},
    )


def _run(archive: Archive, command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        raise FetchError(f"{archive.package} {archive.version}: {command[0]} failed:\n{done.stderr[-2000:]}")
