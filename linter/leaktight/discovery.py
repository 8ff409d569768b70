"""Lists the files of a project, all of them; the arguments choose those that are reported. Reads no file's text.

Symbolic links are not followed while walking: what they lead to inside the project is found there, and what lies
outside is none of it. A link to a file that is named as an argument is read; one to a folder stands for that folder,
which must lie in the project.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from leaktight.files import (
    LANGUAGES,
    PROGRAMS,
    SIZE_LIMIT,
    UNREADABLE,
    data_language,
    decode,
    git_exclude_file,
    is_column_dump,
    language_of,
    read_bytes,
    read_head,
    reason_of,
)
from leaktight.globs import Globs, IgnorePatterns, Layer, is_ignored, literal_prefix
from leaktight.lazy import record
from leaktight.report import NotAnalysed
from leaktight.source import Language, NotAnalysable, Source

DEEPEST = 100
"""How many directories below the root are entered."""
_SCHEMA_LIMIT = 1_000_000
_MOST_SCHEMAS = 2_000
"""How large the schema of a table may be, and how many files a folder of them may hold, to be looked at."""
_IGNORE_FILE_LIMIT = 1_000_000
LEADS_OUT = "is a link that leads out of the project"


@record(frozen=True, slots=True)
class FileEntry:
    """A file of the project: plain data, so that a worker process may be handed it.

    `path` is relative to the root, with slashes; `absolute` is where it is read. `in_catalog` is False where its
    tables are not believed. `data` stands in for what is on disk: unsaved text, or what fixes have made of it.
    """

    path: str
    absolute: str
    language: Language
    reported: bool = True
    in_catalog: bool = True
    data: bytes | None = None

    def read(self) -> bytes:
        """Give the file's bytes. Raises `NotAnalysable` when they cannot be read or are too many."""
        if self.data is not None:
            return self.data
        if self.language is Language.CSV:
            head = read_head(self.absolute, _CSV_HEAD)
            if len(head) < _CSV_HEAD // 2 or not is_column_dump(head):
                return head
            return read_bytes(self.absolute, _CSV_DUMP)
        return read_bytes(self.absolute, _LIMITS.get(self.language, SIZE_LIMIT))

    def load(self) -> Source:
        """Give the file's source. Raises `NotAnalysable` when it cannot be read as text."""
        return decode(self.read(), self.path, self.language)

    def holding(self, data: bytes) -> FileEntry:
        """Give the same entry with what has been read of it, so that it is not read again."""
        return FileEntry(self.path, self.absolute, self.language, self.reported, self.in_catalog, data)

    def with_data(self, data: bytes) -> FileEntry:
        """Give the same entry, reported, with `data` in the place of what is on disk."""
        return replace(self, data=data, reported=True)


_LIMITS = {Language.NOTEBOOK: 10_000_000, Language.JSON: 300_000_000, Language.YAML: 20_000_000}
_CSV_HEAD = 200_000
"""How many bytes of a CSV file are read: its header is there, and of a seed nothing else is asked."""
_CSV_DUMP = 100_000_000
"""How many bytes a dump of a database's columns may have, of which all is read."""


@record(frozen=True)
class Listing:
    """The files of a project, sorted by path. `unknown` are arguments that name no file of a language that is read.

    `unread` are the directories whose files are not among them, though they are asked for. `folders` are the
    directories, as absolute paths, that can tell of a new file by the time of their last change; None where that is not
    enough to find the same files again. `unmatched` are the configured patterns of sources that no file matches. `programs` are
    the languages of programs beside the files, that nobody reads.
    """

    entries: tuple[FileEntry, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unread: tuple[NotAnalysed, ...] = ()
    folders: tuple[str, ...] | None = None
    unmatched: tuple[str, ...] = ()
    programs: frozenset[str] = frozenset()


class Project:
    """A root directory with what is left out below it."""

    def __init__(self, root: str, exclude: Iterable[str] = (), git_root: str | None = None) -> None:
        self.root = root
        self._git_root = git_root
        excludes = IgnorePatterns(exclude)
        self._excludes = (Layer(excludes, "", 0),) if excludes else ()
        self.walked: list[str] = []
        self.programs: set[str] = set()
        self.unread: dict[str, str] = {}
        """Why a directory, by its path relative to the root, was not entered."""

    def relative(self, absolute: str) -> str | None:
        """Give a path relative to the root with slashes, `""` for the root itself; None when it lies outside."""
        if absolute == self.root:
            return ""
        prefix = self.root.rstrip(os.sep) + os.sep
        return absolute[len(prefix) :].replace(os.sep, "/") if absolute.startswith(prefix) else None

    def real(self, absolute: str) -> str | None:
        """Give the path relative to the root of what a path leads to through links; None when that lies outside."""
        return Project(os.path.realpath(self.root)).relative(os.path.realpath(absolute))

    def files(self) -> Iterator[tuple[str, Language]]:
        """Yield each file that is not left out, with its language, in no order."""
        stack: list[tuple[str, tuple[Layer, ...], int]] = [("", self._outer_layers(), 0)]
        base = self.root.rstrip(os.sep) + "/"
        languages = LANGUAGES
        while stack:
            folder, layers, depth = stack.pop()
            try:
                with os.scandir(base + folder) as scan:
                    entries = list(scan)
            except OSError as error:
                self._lose(folder, error)
                continue
            self.walked.append(base + folder)
            for entry in entries:
                if entry.name == ".gitignore":
                    layers = _with_ignore_file(layers, base + folder + ".gitignore", "", len(folder))
            for entry in entries:
                name = entry.name
                if entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    path = folder + name
                    if not is_ignored(layers, self._excludes, name, path, True):
                        if depth < DEEPEST:
                            stack.append((path + "/", layers, depth + 1))
                        else:
                            self.unread[path] = f"lies more than {DEEPEST} folders below the root"
                    continue
                suffix = name[name.rfind(".") :]
                language = languages.get(suffix) or language_of(name)
                if suffix in PROGRAMS and not is_ignored(layers, self._excludes, name, folder + name, False):
                    self.programs.add(PROGRAMS[suffix])
                if language is not None and not is_ignored(layers, self._excludes, name, folder + name, False):
                    yield folder + name, language

    def _lose(self, folder: str, error: OSError) -> None:
        if not isinstance(error, (FileNotFoundError, NotADirectoryError)):  # gone since its parent was listed
            self.unread[folder.rstrip("/") or "."] = f"cannot be read: {reason_of(error)}"

    def _outer_layers(self) -> tuple[Layer, ...]:
        """Give the ignore files that stand above the root, the repository's own last."""
        if self._git_root is None:
            return ()
        layers = _with_ignore_file((), git_exclude_file(self._git_root), self._below_git(""), 0)
        folder = self._git_root
        for part in self._below_git("").split("/")[:-1]:
            rest = os.path.relpath(self.root, folder).replace(os.sep, "/") + "/"
            layers = _with_ignore_file(layers, os.path.join(folder, ".gitignore"), rest, 0)
            folder = os.path.join(folder, part)
        return layers

    def _below_git(self, path: str) -> str:
        assert self._git_root is not None
        below = os.path.relpath(self.root, self._git_root).replace(os.sep, "/")
        return path if below == "." else f"{below}/{path}"

    def _lose_walking(self, error: OSError) -> None:
        self._lose(self.relative(str(error.filename)) or "", error)

    def excluded(self, path: str, *, directory: bool = False) -> bool:
        """Say whether a file, or a directory, at a path relative to the root would not be found by walking."""
        layers = self._outer_layers()
        parts = path.split("/")
        folder = ""
        for number, name in enumerate(parts):
            layers = _with_ignore_file(layers, os.path.join(self.root, folder, ".gitignore"), "", len(folder))
            if is_ignored(layers, self._excludes, name, folder + name, directory or number < len(parts) - 1):
                return True
            folder += name + "/"
        return False

    def below(self, start: str) -> Iterator[str]:
        """Yield every file below a folder, left out or not, but those that links lead to."""
        for folder, _, names in os.walk(os.path.join(self.root, start), onerror=self._lose_walking):
            relative = self.relative(folder.rstrip(os.sep))
            if relative is None:
                continue
            self.walked.append(folder)
            for name in names:
                if not os.path.islink(os.path.join(folder, name)):
                    yield f"{relative}/{name}"

    def schemas(self, folder: str) -> Iterator[str]:
        """Yield the JSON files, of no great size, beside a module of Terraform and in its folders of schemas."""
        try:
            with os.scandir(os.path.join(self.root, folder)) as scan:
                entries = [entry for entry in scan if not entry.is_symlink()]
        except OSError:
            return
        paths = [folder + entry.name for entry in entries if entry.is_file()]
        for entry in entries:
            if "schema" in entry.name.lower() and entry.is_dir():
                paths += islice(self.below(folder + entry.name), _MOST_SCHEMAS)
        for path in paths:
            if path.endswith(".json") and not path.endswith(".tf.json"):
                with suppress(OSError):
                    if os.stat(os.path.join(self.root, path)).st_size <= _SCHEMA_LIMIT:
                        yield path

    def matching(
        self, globs: Sequence[str], language_of: Callable[[str], Language | None] = language_of
    ) -> Iterator[tuple[str, Language]]:
        """Yield the files that match globs, left out or not."""
        wanted = Globs(globs)
        for start in sorted({literal_prefix(glob) for glob in globs}):
            top = os.path.join(self.root, start)
            self.walked.append(top)  # one that is missing may come
            if self.real(top) is None:
                self.unread[start] = LEADS_OUT
                continue
            for folder, _, names in os.walk(top, onerror=self._lose_walking):
                relative = self.relative(folder.rstrip(os.sep) or os.sep)
                if relative is None:
                    continue
                self.walked.append(folder)
                for name in names:
                    path = f"{relative}/{name}" if relative else name
                    language = language_of(name)
                    if language is not None and wanted.match(path) and not os.path.islink(os.path.join(folder, name)):
                        yield path, language


def _with_ignore_file(layers: tuple[Layer, ...], path: str, prefix: str, offset: int) -> tuple[Layer, ...]:
    try:
        text = read_bytes(path, _IGNORE_FILE_LIMIT).decode("utf-8-sig", "surrogateescape")
    except NotAnalysable:
        return layers
    patterns = IgnorePatterns(text.split("\n"))
    return (*layers, Layer(patterns, prefix, offset)) if patterns else layers


_DBT_PROJECT = "dbt_project.yml"
_DBT_ARTIFACTS = ("manifest.json", "catalog.json")
_SEEDS = ("seeds", "data")


def _data_files(project: Project, files: Iterable[str], globs: Sequence[str]) -> Iterator[tuple[str, Language]]:
    """Yield the files of data that tell of tables: what dbt has written, its seeds, schemas for Terraform, what is configured.

    JSON and CSV are no language that is read wherever they stand, for most are large and tell nothing.
    """
    files = tuple(files)
    for folder in sorted({path[: path.rfind("/") + 1] for path in files if path.endswith((".tf", ".tf.json"))}):
        for path in project.schemas(folder):
            yield path, Language.JSON
    for path in files:
        if path.rpartition("/")[2] != _DBT_PROJECT:
            continue
        folder = path.removesuffix(_DBT_PROJECT)
        project.walked.append(os.path.join(project.root, folder, "target"))
        for name in _DBT_ARTIFACTS:
            if os.path.isfile(os.path.join(project.root, folder, "target", name)):
                yield f"{folder}target/{name}", Language.JSON
        for seeds in _SEEDS:
            for found in project.below(folder + seeds):
                if found.endswith(".csv"):
                    yield found, Language.CSV
    if globs:
        for path, language in project.matching(globs, data_language):
            yield path, language


def list_files(
    project: Project,
    arguments: Sequence[str] = (),
    *,
    force_exclude: bool = False,
    catalog_ddl: Sequence[str] = (),
    catalog_files: Sequence[str] = (),
    catalog_exclude: Sequence[str] = (),
) -> Listing:
    """Give all files of a project; those below an argument, an absolute path inside the root, are reported.

    Without arguments all are. A file that is named is reported though it is left out, unless `force_exclude`.
    """
    files = dict(project.files())
    found = frozenset(files)
    extra = (
        {path: language for path, language in project.matching(catalog_ddl) if path not in files} if catalog_ddl else {}
    )
    reported: set[str] = set()
    missing: list[str] = []
    unknown: list[str] = []
    folders: list[str] = []
    for argument in arguments:
        relative = project.relative(argument)
        if relative is None or not os.path.lexists(argument):
            missing.append(argument)
        elif os.path.isdir(argument):
            inside = project.real(argument)
            if inside is None:
                project.unread[relative] = LEADS_OUT
            else:
                folders.append(f"{inside}/" if inside else "")
        elif (language := language_of(os.path.basename(argument))) is None:
            unknown.append(argument)
        elif relative in files:
            reported.add(relative)
        elif not force_exclude or not project.excluded(relative):
            files[relative] = language
            reported.add(relative)
    for folder in folders:
        reported.update(path for path in files if path.startswith(folder))
        if folder and not force_exclude and project.excluded(folder.rstrip("/"), directory=True):
            below = Project(os.path.join(project.root, folder.rstrip("/")))
            more = {folder + path: language for path, language in below.files()}
            files.update(more)
            reported.update(more)
            project.unread.update({(folder + path).removesuffix("/."): why for path, why in below.unread.items()})
    extra.update(_data_files(project, found, catalog_files))
    distrusted = Globs(catalog_exclude)
    sources = (*catalog_ddl, *catalog_files)
    unmatched = tuple(glob for glob in sources if not any(map(Globs((glob,)).match, (*files, *extra))))
    base = project.root.rstrip(os.sep) + os.sep
    everything = files | {path: language for path, language in extra.items() if path not in files}
    return Listing(
        tuple(
            FileEntry(
                path,
                base + path,
                everything[path],
                reported=path in reported if arguments else path in files,
                in_catalog=not (distrusted and distrusted.match(path)),
            )
            for path in sorted(everything)
        ),
        tuple(missing),
        tuple(unknown),
        tuple(NotAnalysed(path, UNREADABLE, why) for path, why in sorted(project.unread.items())),
        tuple(project.walked) if files.keys() == found and not project.unread else None,
        unmatched,
        frozenset(project.programs),
    )
