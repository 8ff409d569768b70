"""What the pages on editors and CI say, with the programs themselves where they are installed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import jq
import pytest
from doc_pages import DOCS, Leaktight, block

SQL = "select id\nfrom orders\nwhere shipped_at = null;\ndelete from carts;\n"
DYNAMODB = """\
import boto3

table = boto3.resource("dynamodb").Table("streams")


def titles():
    response = table.scan()
    return [item["title"] for item in response["Items"]]
"""
RULES = "[missing-where, equals-null, missing-projection]"
EXPECTED = [
    ("load.py", 7, 22, "n", "missing-projection"),
    ("query.sql", 3, 18, "e", "equals-null"),
    ("query.sql", 4, 1, "e", "missing-where"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with an error, an error and a note."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "leaktight.yaml").write_text(f"select: {RULES}\n")
    (root / "query.sql").write_text(SQL)
    (root / "load.py").write_text(DYNAMODB)
    return root


def test_the_format(leaktight: Leaktight, project: Path) -> None:
    lines = leaktight("check", "-q", "--output-format", "concise", cwd=project).stdout.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"{path}:{line}:{column}" for path, line, column, _, _ in EXPECTED
    ]


# VS Code


def test_vs_code(leaktight: Leaktight, project: Path) -> None:
    (task,) = json.loads(block("editors.md", "json"))["tasks"]
    program, *arguments = task["command"].split()
    assert program == "leaktight"
    pattern = task["problemMatcher"]["pattern"]
    found = []
    for line in leaktight(*arguments, cwd=project).stdout.splitlines():
        match = re.search(pattern["regexp"], line)
        assert match, line
        keys = ("file", "line", "column", "severity", "code", "message")
        file, row, column, severity, code, message = (match[pattern[key]] for key in keys)
        assert message
        assert severity in ("error", "warning", "note")
        found.append((file, int(row), int(column), severity[0], code))
    assert found == EXPECTED


# Vim

needs_vim = pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not installed")
_DUMP = """
call writefile([json_encode(map(filter(getqflist(), 'v:val.valid'),
      \\ {_, item -> [fnamemodify(bufname(item.bufnr), ':.'), item.lnum, item.col, item.type, item.text]}))], 'found.json')
qall!
"""


def _vim(project: Path, environment: dict[str, str], script: str) -> list[list[object]]:
    """Run a script in a headless Vim without any configuration and give its quickfix list."""
    (project / "script.vim").write_text(script + _DUMP, encoding="utf-8")
    command = ["vim", "-Nu", "NONE", "-i", "NONE", "-n", "-es", "-S", "script.vim"]
    subprocess.run(
        command, cwd=project, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    found: list[list[object]] = json.loads((project / "found.json").read_text(encoding="utf-8"))
    return found


def _short(found: list[list[object]]) -> list[tuple[object, ...]]:
    return [(*item[:4], str(item[4]).partition(":")[0]) for item in found]


@needs_vim
def test_vim_makes(project: Path, environment: dict[str, str]) -> None:
    compiler = project.parent / "vim" / "compiler"
    compiler.mkdir(parents=True)
    (compiler / "leaktight.vim").write_text(block("editors.md", "vim", 0), encoding="utf-8")
    found = _vim(project, environment, f"set runtimepath^={compiler.parent}\ncompiler leaktight\nsilent make\n")
    assert _short(found) == EXPECTED
    assert found[1][4] == "equals-null: `= NULL` is never true: write `IS NULL`"


@needs_vim
def test_vim_makes_one_file(project: Path, environment: dict[str, str]) -> None:
    compiler = project.parent / "vim" / "compiler"
    compiler.mkdir(parents=True)
    (compiler / "leaktight.vim").write_text(block("editors.md", "vim", 0), encoding="utf-8")
    script = f"set runtimepath^={compiler.parent}\nedit load.py\ncompiler leaktight\nsilent make %\n"
    assert _short(_vim(project, environment, script)) == EXPECTED[:1]


@needs_vim
def test_vim_checks_what_is_not_saved(project: Path, environment: dict[str, str]) -> None:
    script = "edit query.sql\ncall append(0, '-- a line more, not saved')\n"
    found = _vim(project, environment, f"{block('editors.md', 'vim', 1)}{script}silent Leaktight\n")
    assert _short(found) == [("query.sql", 4, 18, "e", "equals-null"), ("query.sql", 5, 1, "e", "missing-where")]
    assert (project / "query.sql").read_text() == SQL


# Neovim


@pytest.mark.skipif(shutil.which("nvim") is None, reason="nvim is not installed")
def test_neovim_diagnostics(project: Path, environment: dict[str, str]) -> None:
    (project / "init.lua").write_text(block("editors.md", "lua", 0), encoding="utf-8")
    (project / "dump.lua").write_text(
        "local found = {}\n"
        "for i, d in ipairs(vim.diagnostic.get(0)) do found[i] = { d.lnum, d.col, d.severity, d.message } end\n"
        "vim.fn.writefile({ vim.fn.json_encode(found) }, 'found.json')\n"
        "vim.cmd('qall!')\n"
    )
    for file, expected in (("query.sql", [[2, 17, 1, "equals-null"], [3, 0, 1, "missing-where"]]), ("load.py", None)):
        command = ["nvim", "--headless", "-u", "init.lua", "-i", "NONE", file, "-c", "luafile dump.lua"]
        subprocess.run(
            command,
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        found = json.loads((project / "found.json").read_text(encoding="utf-8"))
        short = [[*item[:3], item[3].partition(":")[0]] for item in found]
        assert short == (expected or [[6, 21, 4, "missing-projection"]])


# Emacs

_EMACS = """
(with-temp-buffer
  (require 'compile)
  (insert-file-contents "out.txt")
  (compilation-mode)
  (compilation--ensure-parse (point-max))
  (goto-char (point-min))
  (while (not (eobp))
    (let* ((message (get-text-property (point) 'compilation-message))
           (place (and message (compilation--message->loc message))))
      (when place
        (princ (format "%s %d %d %d\\n"
                       (caar (compilation--loc->file-struct place)) (compilation--loc->line place)
                       (compilation--loc->col place) (compilation--message->type message)))))
    (forward-line 1)))
"""


@pytest.mark.skipif(shutil.which("emacs") is None, reason="emacs is not installed")
def test_emacs_knows_the_format(leaktight: Leaktight, project: Path, environment: dict[str, str]) -> None:
    (project / "out.txt").write_text(leaktight("check", "-q", "--output-format", "concise", cwd=project).stdout)
    (project / "read.el").write_text(_EMACS)
    done = subprocess.run(
        ["emacs", "-Q", "--batch", "-l", "read.el"], cwd=project, env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    types = {"e": 2, "w": 1, "n": 0}
    assert done.stdout.splitlines() == [
        f"{path} {line} {column} {types[kind]}" for path, line, column, kind, _ in EXPECTED
    ]


# JetBrains

_MACROS = {
    "$FILE_PATH$": r"(?:^|\W)(?P<file>/[0-9 a-z_A-Z\-\\./]+)",
    "$LINE$": r"(?P<line>[0-9]+)",
    "$COLUMN$": r"(?P<column>[0-9]+)",
}
"""What the IDE makes of the macros of an output filter."""


def test_jetbrains_links(project: Path, environment: dict[str, str]) -> None:
    text = (DOCS / "editors.md").read_text(encoding="utf-8")
    fields = dict(re.findall(r"^\| (Program|Arguments|Output filters)[^|]*\| `(.*)` \|$", text, re.MULTILINE))
    arguments = fields["Arguments"].replace("\\|", "|")
    for macro, value in (("$FilePath$", project / "query.sql"), ("$ProjectFileDir$", project)):
        arguments = arguments.replace(macro, str(value))
    command = [fields["Program"], *shlex.split(arguments)]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    pattern = fields["Output filters"]
    for macro, expression in _MACROS.items():
        pattern = pattern.replace(macro, expression)
    found = [match.groupdict() for match in re.finditer(pattern, done.stdout, re.MULTILINE)]
    assert [(one["file"], int(one["line"]), int(one["column"])) for one in found] == [
        (str(project / path), line, column) for path, line, column, _, _ in EXPECTED[1:]
    ]


# GitLab


def test_code_quality_for_gitlab(leaktight: Leaktight, project: Path) -> None:
    report = leaktight("check", "--output-format", "json", cwd=project).stdout
    converted = jq.compile(block("ci.md", "jq")).input_text(report).first()
    found = sorted(converted, key=lambda item: (item["location"]["path"], item["location"]["lines"]["begin"]))
    assert [(i["location"]["path"], i["location"]["lines"]["begin"], i["check_name"]) for i in found] == [
        (path, line, rule) for path, line, _, _, rule in EXPECTED
    ]
    assert [item["severity"] for item in found] == ["info", "critical", "critical"]
    assert len({item["fingerprint"] for item in found}) == 3
    assert all(item["description"].startswith(f"{item['check_name']}: ") for item in found)
