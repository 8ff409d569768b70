"""Which files of a project are found, which of them are reported, and what is read of them."""

from __future__ import annotations

import codecs
import errno
import os
import pickle
import time
from pathlib import Path
from typing import Any

import pytest

from leaktight.config import DEFAULT_EXCLUDES
from leaktight.discovery import DEEPEST, FileEntry, Listing, Project, list_files
from leaktight.files import SIZE_LIMIT, decode, encode, git_exclude_file
from leaktight.source import Language, NotAnalysable


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("select 1\n")


def listing(root: Path, *arguments: str, exclude: tuple[str, ...] = (), **options: Any) -> Listing:
    project = Project(str(root), (*DEFAULT_EXCLUDES, *exclude), str(root))
    return list_files(project, [str(root / argument) for argument in arguments], **options)


def paths(found: Listing) -> list[str]:
    return [entry.path for entry in found.entries]


def reported(found: Listing) -> list[str]:
    return [entry.path for entry in found.entries if entry.reported]


def lost(found: Listing) -> dict[str, str]:
    assert {item.code for item in found.unread} <= {"unreadable"}
    return {item.path: item.reason for item in found.unread}


def test_languages_and_order(tmp_path: Path) -> None:
    make(tmp_path, "b.sql", "a/z.py", "a.ts", "a.tsx", "a.mjs", "n.ipynb", "t.yaml", "UP.SQL", "requirements-dev.txt",
         "notes.txt", "README.md", "noext", "x.sql.bak", ".hidden.sql", ".sql")  # fmt: skip
    found = listing(tmp_path)
    assert paths(found) == sorted(
        [".hidden.sql", ".sql", "UP.SQL", "a.mjs", "a.ts", "a.tsx", "a/z.py", "b.sql", "n.ipynb", "requirements-dev.txt",
         "t.yaml"]
    )  # fmt: skip
    assert reported(found) == paths(found)
    assert {entry.path: entry.language for entry in found.entries}["a.tsx"] is Language.TSX
    assert pickle.loads(pickle.dumps(found.entries)) == found.entries


def test_excluded_from_the_start_and_taken_back(tmp_path: Path) -> None:
    make(tmp_path, "a.sql", "node_modules/x/a.js", "sub/node_modules/a.js", "dbt/target/compiled/a.sql", "target/run/a.sql", "docs/compiled/shop/models/a.sql",
         "dist/a.js", "vendor/a.sql", "cdk.out/a.yaml", "lib/python3/site-packages/a.py", "a.min.js", "web/pnpm-lock.yaml", ".git/hooks/x.py")  # fmt: skip
    assert paths(listing(tmp_path)) == ["a.sql", "dbt/target/compiled/a.sql"]
    assert paths(listing(tmp_path, exclude=("!vendor/", "a.sql", "**/target/compiled/"))) == []
    assert paths(listing(tmp_path, exclude=("!vendor/",))) == ["a.sql", "dbt/target/compiled/a.sql", "vendor/a.sql"]


def test_arguments_choose_what_is_reported_and_never_what_is_found(tmp_path: Path) -> None:
    make(tmp_path, "a.sql", "b/c.sql", "b/d.sql", "bb/e.sql")
    everything = ["a.sql", "b/c.sql", "b/d.sql", "bb/e.sql"]
    for arguments, wanted in (
        (["a.sql"], ["a.sql"]), (["b"], ["b/c.sql", "b/d.sql"]), (["b", "a.sql"], ["a.sql", "b/c.sql", "b/d.sql"]), ([""], everything),
    ):  # fmt: skip
        found = listing(tmp_path, *arguments)
        assert paths(found) == everything
        assert reported(found) == wanted


def test_named_files_that_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.sql", "gen/x.sql", "vendor/y.sql", "vendor/deep/z.sql")
    (tmp_path / ".gitignore").write_text("gen/\n")
    assert reported(listing(tmp_path, "gen/x.sql", "vendor/y.sql")) == ["gen/x.sql", "vendor/y.sql"]
    assert reported(listing(tmp_path, "gen/x.sql", "vendor/y.sql", "a.sql", force_exclude=True)) == ["a.sql"]
    assert reported(listing(tmp_path, "vendor")) == ["vendor/deep/z.sql", "vendor/y.sql"]
    assert reported(listing(tmp_path, "vendor/deep")) == ["vendor/deep/z.sql"]
    assert reported(listing(tmp_path, "vendor", force_exclude=True)) == []


def test_missing_and_unknown_arguments(tmp_path: Path) -> None:
    make(tmp_path, "a.sql", "notes.md")
    found = listing(tmp_path, "nope.sql", "notes.md", "a.sql")
    assert found.missing == (str(tmp_path / "nope.sql"),)
    assert found.unknown == (str(tmp_path / "notes.md"),)
    assert reported(found) == ["a.sql"]


def test_links_are_not_followed_but_may_be_named(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, "a/b.sql")
    make(tmp_path, "outside/x.sql")
    (root / "a" / "loop").symlink_to(root)
    (root / "link.sql").symlink_to(root / "a" / "b.sql")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "broken.sql").symlink_to(root / "nothing.sql")
    assert paths(listing(root)) == ["a/b.sql"]
    assert reported(listing(root, "link.sql")) == ["link.sql"]
    assert reported(listing(root, "a/loop")) == ["a/b.sql"]
    (root / "inner").symlink_to(root / "a")
    assert reported(listing(root, "inner")) == ["a/b.sql"]
    assert lost(listing(root, "inner")) == {}
    assert reported(listing(root, "out")) == []
    assert lost(listing(root, "out")) == {"out": "is a link that leads out of the project"}
    (entry,) = [entry for entry in listing(root, "broken.sql").entries if entry.reported]
    with pytest.raises(NotAnalysable, match="cannot be read: no such file"):
        entry.load()


def test_catalog_globs_stay_in_the_project(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, "real/schema.sql")
    make(tmp_path, "outside/secret.sql")
    (root / "dumps").symlink_to(tmp_path / "outside")
    (root / "inner").symlink_to("real")
    (root / ".gitignore").write_text("real/\n")
    project = Project(str(root), (), str(root))
    found = list_files(project, catalog_ddl=["dumps/*.sql", "inner/*.sql", "none/*.sql"])
    assert paths(found) == ["inner/schema.sql"]
    assert lost(found) == {"dumps": "is a link that leads out of the project"}


def test_what_a_git_file_may_say(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    (main / ".git" / "worktrees" / "tree").mkdir(parents=True)
    (main / ".git" / "worktrees" / "tree" / "commondir").write_text("../..\n")
    (main / ".git" / "modules" / "sub").mkdir(parents=True)
    tree.mkdir()

    def place(text: str) -> str:
        (tree / ".git").write_text(text)
        return os.path.normpath(git_exclude_file(str(tree)))

    assert os.path.normpath(git_exclude_file(str(main))) == str(main / ".git" / "info" / "exclude")
    assert place(f"gitdir: {main}/.git/worktrees/tree\n") == str(main / ".git" / "info" / "exclude")
    assert place("gitdir: ../main/.git/modules/sub\n") == str(main / ".git" / "modules" / "sub" / "info" / "exclude")
    for odd in ("", "gitdir", "gitdir: a\0b\n", "\0"):
        assert place(odd) == str(tree / ".git" / "info" / "exclude")
        assert listing(tree).entries == ()


def test_catalog_globs(tmp_path: Path) -> None:
    make(tmp_path, "a.sql", "dumps/s/schema.sql", "dumps/s/data.sql", "tests/t.sql")
    (tmp_path / ".gitignore").write_text("dumps/\n")
    project = Project(str(tmp_path), (), str(tmp_path))
    found = list_files(project, catalog_ddl=["dumps/**/schema.sql"], catalog_exclude=["tests/**"])
    assert {entry.path: (entry.reported, entry.in_catalog) for entry in found.entries} == {
        "a.sql": (True, True), "dumps/s/schema.sql": (False, True), "tests/t.sql": (True, False),
    }  # fmt: skip


def test_unreadable_places_cost_themselves_and_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.sql", "shut/b.sql", "open/c.sql", "node_modules/shut/d.sql", "gone/e.sql")
    os.mkfifo(tmp_path / "pipe.sql")
    scandir = os.scandir

    def shut(path: str) -> object:
        """Refuse, as the system does anybody but root."""
        if path.rstrip("/").endswith("shut"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        if path.rstrip("/").endswith("gone"):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", shut)
    found = listing(tmp_path)
    assert paths(found) == ["a.sql", "open/c.sql", "pipe.sql"]
    assert lost(found) == {"shut": "cannot be read: permission denied"}
    assert found.folders is None
    assert lost(listing(tmp_path, catalog_ddl=("node_modules/shut/*.sql",))) == {
        "shut": "cannot be read: permission denied",
        "node_modules/shut": "cannot be read: permission denied",
    }
    assert lost(listing(tmp_path, "node_modules/shut")) == {
        "shut": "cannot be read: permission denied",
        "node_modules/shut": "cannot be read: permission denied",
    }
    entries = {entry.path: entry for entry in found.entries}
    with pytest.raises(NotAnalysable, match="not a regular file"):
        entries["pipe.sql"].load()


def test_what_lies_too_deep_is_said(tmp_path: Path) -> None:
    deep = "/".join("d" * DEEPEST)
    make(tmp_path, f"{deep}/a.sql")
    assert paths(listing(tmp_path)) == [f"{deep}/a.sql"]
    assert lost(listing(tmp_path)) == {}
    make(tmp_path, f"{deep}/d/d/b.sql", f"{deep}/vendor/c.sql")
    assert paths(listing(tmp_path)) == [f"{deep}/a.sql"]
    assert lost(listing(tmp_path)) == {f"{deep}/d": "lies more than 100 folders below the root"}


def test_five_thousand_files_are_listed_at_once(tmp_path: Path) -> None:
    for folder in range(100):
        (tmp_path / f"d{folder}").mkdir()
        for number in range(50):
            (tmp_path / f"d{folder}" / f"f{number}.sql").touch()
    (tmp_path / ".gitignore").write_text("".join(f"*.x{number}\n/y{number}/z\n" for number in range(20)))
    began = time.process_time()
    found = listing(tmp_path)
    assert len(found.entries) == 5000
    assert time.process_time() - began < 20  # 0.05 on a quiet machine: a guard against a hang, no measurement


def entry(root: Path, data: bytes, name: str = "a.sql") -> FileEntry:
    (root / name).write_bytes(data)
    (found,) = listing(root).entries
    return found


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("é\r\n".encode(), "é\r\n", "utf-8"),
        (codecs.BOM_UTF8 + "é".encode(), "é", "utf-8"),
        (codecs.BOM_UTF16_LE + "é".encode("utf-16-le"), "é", "utf-16-le"),
        (codecs.BOM_UTF16_BE + "é".encode("utf-16-be"), "é", "utf-16-be"),
        (codecs.BOM_UTF32_LE + "é".encode("utf-32-le"), "é", "utf-32-le"),
        (b"", "", "utf-8"),
        (codecs.BOM_UTF8, "", "utf-8"),
    ],
)
def test_encodings_come_back_as_they_were(tmp_path: Path, data: bytes, text: str, encoding: str) -> None:
    source = entry(tmp_path, data).load()
    assert (source.text, source.encoding) == (text, encoding)
    assert encode(source, source.text) == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"select '\xe9'", "not UTF-8 at byte 8"),
        (codecs.BOM_UTF8 + b"a\xff", "not UTF-8 at byte 4"),
        (codecs.BOM_UTF16_LE + b"a", "not UTF-16-LE at byte 2"),
        (b"ab\x00c", "not a text file: byte 2 is NUL"),
        (codecs.BOM_UTF16_LE + b"a\x00\x00\x00", "not a text file: character 1 is NUL"),
        (b"-- " + b"x" * SIZE_LIMIT, r"larger than 2,000,000 bytes \(2,000,003\)"),
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(NotAnalysable, match=reason):
        entry(tmp_path, data).load()


def test_python_declares_its_encoding() -> None:
    latin = b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\nx = '\xe9'\n"
    source = decode(latin, "a.py", Language.PYTHON)
    assert source.text.endswith("'é'\n")
    assert encode(source, source.text) == latin
    with pytest.raises(NotAnalysable, match="not UTF-8"):
        decode(latin, "a.sql", Language.SQL)
    with pytest.raises(NotAnalysable, match="not UTF-8"):
        decode(b"x = 1\n# coding: latin-1\ny = '\xe9'\n", "a.py", Language.PYTHON)
    with pytest.raises(NotAnalysable, match="`no-such` , which is unknown".replace(" ,", ",")):
        decode(b"# coding: no-such\n", "a.py", Language.PYTHON)
    with pytest.raises(NotAnalysable, match="`rot13`, which is not read"):
        decode(b"# coding: rot13\n", "a.py", Language.PYTHON)
    assert decode(b"# coding: utf8\nx = 1", "a.py", Language.PYTHON).encoding == "utf-8"
    for ends in ("-unix", "-dos", "-Mac"):
        emacs = b"# -*- coding: latin-1%s -*-\nx = '\xe9'\n" % ends.encode()
        assert decode(emacs, "a.py", Language.PYTHON).text.endswith("'é'\n")
    with pytest.raises(NotAnalysable, match="`latin-1-amiga`, which is unknown"):
        decode(b"# coding: latin-1-amiga\n", "a.py", Language.PYTHON)


def test_programs_that_nobody_reads(tmp_path: Path) -> None:
    make(tmp_path, "a.sql", "app/orders.rb", "vendor/lib.go", "db/schema.prisma", "notes.md")
    assert listing(tmp_path).programs == {"Ruby", "Prisma"}
