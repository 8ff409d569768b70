"""The file sets that are measured, unpacked from pinned archives: the same files on every machine."""

import hashlib
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from archives import AIRFLOW, BIGQUERY_ETL, DIRECTUS, DJANGO, Archive, fetch, members

# sqlfluff and sqruff skip a file over 20,000 bytes by default: with larger ones the work would not be the same for all.
_MOST_BYTES_SQL = 20_000
_MOST_BYTES = 200_000
_DONE = "DONE"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a set is chosen: files of `archives` that match the first of `patterns`, then of the next, until `count`.

    Within a pattern, files come in the order of the SHA-256 of `package/path`, which is a fixed sample without favour.
    Empty files and those over `most_bytes` are left out.
    """

    name: str
    language: str
    says: str
    archives: tuple[Archive, ...]
    patterns: tuple[re.Pattern[str], ...]
    count: int = 500
    most_bytes: int = _MOST_BYTES


@dataclass(frozen=True, slots=True)
class FileSet:
    """Files on disk, sorted; `folder` holds them and nothing else; `size` is their bytes in all."""

    name: str
    language: str
    says: str
    folder: Path
    files: tuple[Path, ...]
    size: int


RECIPES = (
    Recipe(
        "sql",
        "sql",
        "BigQuery queries, views and functions of `mozilla-bigquery-etl`, each at most 20,000 bytes",
        (BIGQUERY_ETL,),
        (re.compile(r"sql/.*\.sql"),),
        most_bytes=_MOST_BYTES_SQL,
    ),
    Recipe(
        "jobs",
        "python",
        "Airflow's example DAGs, its providers' system tests (DAGs too), then their operators and transfers",
        AIRFLOW,
        (
            re.compile(r"(?:.*/)?(?:example_[^/]*|(?:example_dags|tests/system)/.*(?<!__init__))\.py"),
            re.compile(r"src/.*/(?:transfers|operators)/(?!__init__)[^/]*\.py"),
        ),
    ),
    Recipe(
        "python",
        "python",
        "Django, source and tests: Python with little data work",
        (DJANGO,),
        (re.compile(r".*\.py"),),
    ),
    Recipe("javascript", "js", "the server of Directus, as published on npm", (DIRECTUS,), (re.compile(r".*\.js"),)),
)


def unpack(recipe: Recipe, cache: Path) -> FileSet:
    """Return the set of `recipe`, unpacked under `cache` if it is not there yet.

    Raises `archives.FetchError` when an archive cannot be had, `ValueError` when too few files match.
    """
    folder = cache / "sets" / f"{recipe.name}-{_fingerprint(recipe)}"
    root = folder / "files"
    if not (folder / _DONE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        for path, content in _chosen(recipe, cache):
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (folder / _DONE).touch()
    return _file_set(recipe, root)


def small_file(files: FileSet, cache: Path, size: int = 2048) -> FileSet:
    """Return a set of one: the file of `files` that is nearest to `size` bytes, in a folder of its own."""
    nearest = min(files.files, key=lambda path: (abs(path.stat().st_size - size), path))
    folder = cache / "sets" / f"{files.folder.parent.name}-one"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copy = folder / nearest.name
    shutil.copyfile(nearest, copy)
    return FileSet(f"one {files.name} file", files.language, f"`{nearest.name}`", folder, (copy,), copy.stat().st_size)


def _chosen(recipe: Recipe, cache: Path) -> Iterable[tuple[str, bytes]]:
    ranked: list[tuple[int, str, str, bytes]] = []
    for archive in recipe.archives:
        for path, content in members(fetch(archive, cache)):
            rank = next((rank for rank, pattern in enumerate(recipe.patterns) if pattern.fullmatch(path)), None)
            if rank is not None and content.strip() and len(content) <= recipe.most_bytes:
                full = f"{archive.package}/{path}"
                ranked.append((rank, hashlib.sha256(full.encode()).hexdigest(), full, content))
    if len(ranked) < recipe.count:
        raise ValueError(f"set {recipe.name}: {len(ranked)} files match, {recipe.count} are wanted")
    ranked.sort(key=lambda entry: entry[:2])
    return [(full, content) for _, _, full, content in ranked[: recipe.count]]


def _file_set(recipe: Recipe, root: Path) -> FileSet:
    files = tuple(sorted(path for path in root.rglob("*") if path.is_file()))
    return FileSet(recipe.name, recipe.language, recipe.says, root, files, sum(path.stat().st_size for path in files))


def _fingerprint(recipe: Recipe) -> str:
    parts = [pattern.pattern for pattern in recipe.patterns]
    parts += [archive.sha256 for archive in recipe.archives]
    parts += [str(recipe.count), str(recipe.most_bytes)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
