"""Which SQL dialect a folder is written in, where a single file does not say."""

from __future__ import annotations

import re
from collections import Counter

from leaktight.embedding.dialect import OFFSHOOT, is_open, of_extension, scores
from leaktight.lazy import regex

_DEPTH = 2
_ENOUGH = 8
_READ = 6_000
_SHARE = 0.6
_TELLING = 3
_TYPED = regex(rb"\bdata_type[ \t]*:[ \t]*['\"]?(long|int64|float64)\b", re.IGNORECASE)
_ENGINE_OF_TYPE = {b"long": "databricks", b"int64": "bigquery", b"float64": "bigquery"}
"""Types in the properties of dbt that one engine alone calls so."""


class Votes:
    """Counts, folder by folder, the dialects that its `.sql` files and the types in its properties of dbt show signs of.

    A folder's dialect is the one of at least six in ten of those votes; each file votes in all folders above it, down to
    two deep, and in that of its migrations, which are one database's; enough files asked end the count.

    A vote is open where what a file shows may as well be Redshift's: `x::date` is PostgreSQL's first of all. Such votes go with
    the files around them, in the folder or the nearest above it, that show the one or the other.
    """

    def __init__(self) -> None:
        self._votes: dict[str, Counter[str]] = {}
        self._open: dict[str, Counter[str]] = {}
        self._asked: dict[str, int] = {}
        self._typed: dict[str, int] = {}

    def count(self, path: str, data: bytes) -> None:
        """Let a file vote, by the beginning of its bytes."""
        folders = folders_of(path)
        dialect, undecided = of_extension(path) or "", False
        if not dialect:
            if self._asked.get(folders[0], 0) >= _ENOUGH:
                return
            self._asked[folders[0]] = self._asked.get(folders[0], 0) + 1
            points = scores(data[:_READ].decode("utf-8", "ignore"), path)
            dialect, undecided = points[0][0] if points else "", is_open(points)
        if dialect:
            self._add(folders, dialect, undecided=undecided)

    def count_types(self, path: str, data: bytes) -> None:
        """Let the properties of dbt vote, by the types of their columns."""
        folders = folders_of(path)
        if self._typed.get(folders[0], 0) >= _ENOUGH or b"data_type" not in data:
            return
        found = {_ENGINE_OF_TYPE[one.lower()] for one in _TYPED.findall(data[:_READ])}
        if len(found) == 1:
            self._typed[folders[0]] = self._typed.get(folders[0], 0) + 1
            self._add(folders, found.pop(), undecided=False)

    def _add(self, folders: list[str], dialect: str, *, undecided: bool) -> None:
        for folder in folders:
            self._votes.setdefault(folder, Counter())[dialect] += 1
            self._open.setdefault(folder, Counter())[dialect] += undecided

    def winners(self) -> dict[str, str]:
        """Give the dialect of each folder that has one; the root's path is empty."""
        found = {}
        for folder in self._votes:
            votes = self._settled(folder)
            (dialect, most), total = votes.most_common(1)[0], sum(votes.values())
            if most >= _SHARE * total:
                found[folder] = dialect
        return found

    def _settled(self, folder: str) -> Counter[str]:
        """Give the votes of a folder, those that are open counted for the dialect that the files around them show."""
        votes = Counter(self._votes[folder])
        for dialect, open_votes in self._open[folder].items():
            at = folder
            while not (told := self._told(at, dialect)) and at:
                at = at.rpartition("/")[0]
            if told == OFFSHOOT:
                votes[dialect] -= open_votes
                votes[OFFSHOOT] += open_votes
        return votes

    def _told(self, folder: str, dialect: str) -> str:
        """Give which of two dialects most files of a folder show; empty where too few do."""
        votes = self._votes.get(folder, Counter())
        of_offshoot, of_other = votes[OFFSHOOT], votes[dialect] - self._open.get(folder, Counter())[dialect]
        if of_offshoot + of_other < _TELLING:
            return ""
        return OFFSHOOT if of_offshoot > of_other else dialect


def folders_of(path: str) -> list[str]:
    """Give the folders that a file's dialect may be told by, the nearest first and the root (empty) last."""
    above = path.split("/")[:-1]
    parts = above[:_DEPTH]
    folders = ["/".join(parts[:depth]) for depth in range(len(parts), -1, -1)]
    if "migrations" in above[_DEPTH:]:
        folders.insert(0, "/".join(above[: above.index("migrations", _DEPTH) + 1]))
    return folders
