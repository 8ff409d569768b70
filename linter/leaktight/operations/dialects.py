"""Which SQL dialect a folder is written in, where a single file does not say."""

from __future__ import annotations

from collections import Counter

from leaktight.embedding.dialect import detect, of_extension

_DEPTH = 2
_ENOUGH = 8
_READ = 6_000
_SHARE = 0.6


class Votes:
    """Counts, folder by folder, the dialects that its `.sql` files show signs of.

    A folder's dialect is the one of at least six in ten of those votes; each file votes in all folders above it, down to
    two deep, and in that of its migrations, which are one database's; enough files asked end the count.
    """

    def __init__(self) -> None:
        self._votes: dict[str, Counter[str]] = {}
        self._asked: dict[str, int] = {}

    def count(self, path: str, data: bytes) -> None:
        """Let a file vote, by the beginning of its bytes."""
        folders = folders_of(path)
        dialect = of_extension(path) or ""
        if not dialect:
            if self._asked.get(folders[0], 0) >= _ENOUGH:
                return
            self._asked[folders[0]] = self._asked.get(folders[0], 0) + 1
            dialect = detect(data[:_READ].decode("utf-8", "ignore"), path)
        if dialect:
            for folder in folders:
                self._votes.setdefault(folder, Counter())[dialect] += 1

    def winners(self) -> dict[str, str]:
        """Give the dialect of each folder that has one; the root's path is empty."""
        found = {}
        for folder, votes in self._votes.items():
            (dialect, most), total = votes.most_common(1)[0], sum(votes.values())
            if most >= _SHARE * total:
                found[folder] = dialect
        return found


def folders_of(path: str) -> list[str]:
    """Give the folders that a file's dialect may be told by, the nearest first and the root (empty) last."""
    above = path.split("/")[:-1]
    parts = above[:_DEPTH]
    folders = ["/".join(parts[:depth]) for depth in range(len(parts), -1, -1)]
    if "migrations" in above[_DEPTH:]:
        folders.insert(0, "/".join(above[: above.index("migrations", _DEPTH) + 1]))
    return folders
