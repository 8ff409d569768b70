"""`leaktight check` as users run it: a process of its own, its exit code, its two streams."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., "subprocess.CompletedProcess[bytes]"]

LEAK, NOTE, TIGHT = "select leak from t\n", "select trifle from t\n", "select tight from t\n"


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_sql", ".sql")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def lines(result: subprocess.CompletedProcess[bytes]) -> list[str]:
    """The findings of a concise report."""
    return [line for line in result.stdout.decode().splitlines() if ".sql:" in line]


def check(cli: Cli, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return cli("check", "--output-format", "concise", *arguments, **options)


def test_exit_codes(cli: Cli, project: Path) -> None:
    put(project, a_sql=TIGHT)
    assert check(cli).returncode == 0
    put(project, a_sql=NOTE)
    assert check(cli).returncode == 0
    assert check(cli, "--fail-level", "note").returncode == 1
    put(project, a_sql=LEAK)
    assert check(cli).returncode == 1
    assert check(cli, "--fail-level", "error").returncode == 0
    assert check(cli, "--exit-zero").returncode == 0
    result = check(cli)
    assert lines(result) == ["a.sql:1:8: warning planted-leak: `leak` leaks"]
    assert result.stderr == b""


def test_what_is_not_analysed_decides_as_configured(cli: Cli, project: Path) -> None:
    (project / "a.sql").write_bytes(b"select '\xe9' -- leak\n")
    for policy, code, said in (("warn", 0, True), ("error", 1, True), ("ignore", 0, False)):
        (project / "leaktight.yaml").write_text(f"select: [planted-leak]\nnot-analysed: {policy}\n")
        result = check(cli)
        assert result.returncode == code
        assert (b"1 not analysed" in result.stdout) == said
    listed = check(cli, "--show-unanalysed", "--isolated", "--select", "planted-leak")
    assert b"not UTF-8 at byte 8" in listed.stdout


def test_a_rule_that_raises_is_an_internal_error(cli: Cli, project: Path) -> None:
    put(project, a_sql="select crash from t\n", b_sql=LEAK)
    result = check(cli, "--select", "planted-crash,planted-leak", "--exit-zero")
    assert result.returncode == 2
    assert len(lines(result)) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nope.sql"], "error: There is no file or directory `nope.sql`.\n"),
        (["check", "--select", "planted-leek"],
         "error: --select: There is no rule or group `planted-leek`; did you mean `planted-leak`?\n"),
        (["check", "--sleect", "x"], "error: No such option"),
        (["check", "--unsafe-fixes"], "error: --unsafe-fixes needs --fix or --diff.\n"),
        (["check", "--stdin-filename", "a.sql"], "error: --stdin-filename needs the path `-`.\n"),
        (["check", "-", "a.sql"], "error: The path `-` stands alone.\n"),
        (["check", "-", "--stdin-filename", "a.png"],
         "error: --stdin-filename: `a.png` is not of a language that is read.\n"),
        (["check", "--config", "nope.yaml"], "error: nope.yaml: The file is not readable: no such file or directory.\n"),
        (["check", "--config", "x.yaml", "--isolated"], "error: --config and --isolated exclude one another.\n"),
        (["check", "--output-file", "no/such/folder"], "error: no/such/folder: The report cannot be written here: "),
        (["chek"], "error: There is no command `chek`. Did you mean `check`?\n"),
        (["models/"], "error: There is no command `models/`. To check it, write `leaktight check models/`.\n"),
        (["explain", "select-star"], "error: There is no command `explain`.\n"),
        ([], "Usage: leaktight"),
    ],
)  # fmt: skip
def test_wrong_usage(cli: Cli, arguments: list[str], said: str) -> None:
    result = cli(*arguments)
    assert result.returncode == 2
    assert result.stdout == b""
    assert result.stderr.decode().startswith(said)


def test_a_wrong_configuration_is_said_whole(cli: Cli, project: Path) -> None:
    (project / "leaktight.yaml").write_text(
        "select: [planted-leek]\nrules:\n  planted-leak:\n    wrod: x\n    most: [1]\nfail-levle: note\n"
    )
    result = check(cli)
    assert result.returncode == 2
    assert result.stdout == b""
    assert result.stderr.decode().splitlines() == [
        "error: leaktight.yaml:1: `select`: There is no rule or group `planted-leek`. Did you mean `planted-leak`?",
        "error: leaktight.yaml:4: Rule `planted-leak` has no option `wrod`. Did you mean `word`?",
        "error: leaktight.yaml:5: Option `most` of rule `planted-leak` must be a whole number, not [1].",
        "error: leaktight.yaml:6: `fail-levle` is not a setting. Did you mean `fail-level`?",
    ]


def test_selection_on_the_command_line(cli: Cli, project: Path) -> None:
    put(project, a_sql="select leak, trifle from t\n")
    (project / "leaktight.yaml").write_text(
        "select: [planted-note]\nrules: {planted-leak: {word: trifle}}\nper-path: {'old/': {ignore: [planted-leak]}}\n"
    )
    put(project, old__a_sql="select trifle from t\n")

    def rules(*arguments: str) -> list[str]:
        return sorted({line.split(": ")[1].split()[1] for line in lines(check(cli, *arguments))})

    assert rules() == ["planted-note"]
    assert rules("--extend-select", "planted-leak") == ["planted-leak", "planted-note"]
    assert rules("--select", "planted-leak") == ["planted-leak"]
    assert rules("--select", "planted-leak,planted-note", "--ignore", "planted-note") == ["planted-leak"]
    assert rules("--select", "planted-leak", "--select", "planted-note") == ["planted-leak", "planted-note"]
    assert rules("--select", "planted-leak", "old") == []
    assert rules("--isolated", "--select", "planted-leak", "a.sql") == ["planted-leak"]
    assert "`leak` leaks" in lines(check(cli, "--isolated", "--select", "planted-leak", "a.sql"))[0]


def test_arguments_and_working_directory(cli: Cli, project: Path, tmp_path: Path) -> None:
    put(project, a_sql=LEAK, sub__b_sql=LEAK, gen__c_sql=LEAK)
    (project / ".gitignore").write_text("gen/\n")
    assert [line.split(":")[0] for line in lines(check(cli))] == ["a.sql", "sub/b.sql"]
    assert [line.split(":")[0] for line in lines(check(cli, "gen/c.sql"))] == ["gen/c.sql"]
    assert lines(check(cli, "gen/c.sql", "--force-exclude")) == []
    assert [line.split(":")[0] for line in lines(check(cli, "--exclude", "sub"))] == ["a.sql"]
    inside = project / "sub"
    assert [line.split(":")[0] for line in lines(check(cli, cwd=inside))] == ["../a.sql", "b.sql"]
    assert [line.split(":")[0] for line in lines(check(cli, ".", cwd=inside))] == ["b.sql"]
    result = check(cli, str(project / "a.sql"), "b.sql", cwd=inside)
    assert [line.split(":")[0] for line in lines(result)] == ["../a.sql", "b.sql"]


def test_a_named_link_to_a_folder_is_that_folder(cli: Cli, project: Path, tmp_path: Path) -> None:
    put(project, real__a_sql=LEAK, real__deep__b_sql=LEAK)
    put(tmp_path, outside__c_sql=LEAK)
    (project / "link").symlink_to("real")
    (project / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "way").symlink_to(project / "real")
    for argument, wanted in (
        ("link", ["real/a.sql", "real/deep/b.sql"]),
        ("link/deep", ["real/deep/b.sql"]),
        ("../way", ["real/a.sql", "real/deep/b.sql"]),
        ("link/a.sql", ["link/a.sql"]),
        ("../outside", ["../outside/c.sql"]),
    ):
        result = check(cli, argument, "--isolated", "--select", "planted-leak")
        assert [line.split(":")[0] for line in lines(result)] == wanted
        assert b"not analysed" not in result.stdout
    refused = check(cli, "out", "--show-unanalysed")
    assert (refused.returncode, lines(refused)) == (0, [])
    assert b"out not analysed: is a link that leads out of the project\n" in refused.stdout
    with (project / "leaktight.yaml").open("a") as file:
        file.write("not-analysed: error\n")
    assert check(cli, "out").returncode == 1


def test_a_project_within_is_asked_once(cli: Cli, project: Path) -> None:
    put(project, a_sql=LEAK, sub__b_sql="select leak, drip\n", sub__c_sql=LEAK)
    (project / "sub" / "leaktight.yaml").write_text("rules: {planted-leak: {word: drip}}\nselect: [planted-leak]\n")
    for arguments in ((".", "sub"), ("sub", "."), ("a.sql", "sub")):
        assert lines(check(cli, *arguments)) == [
            "a.sql:1:8: warning planted-leak: `leak` leaks",
            "sub/b.sql:1:14: warning planted-leak: `drip` leaks",
        ]
    assert [line.split(": ")[0] for line in lines(check(cli, ".", "sub/b.sql"))] == [
        "a.sql:1:8",
        "sub/b.sql:1:14",
        "sub/c.sql:1:8",
    ]
    assert b"checked 3 files" in check(cli, ".", "sub").stdout


def test_arguments_outside_are_their_own_project(cli: Cli, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    put(other, x__b_sql="select drip from t\n")
    put(project, a_sql=LEAK)
    (other / "leaktight.yaml").write_text("select: [planted-leak]\nrules: {planted-leak: {word: drip}}\n")
    result = check(cli, "../other/x")
    assert lines(result) == ["../other/x/b.sql:1:8: warning planted-leak: `drip` leaks"]
    both = check(cli, "../other/x", "a.sql")
    assert [line.split(" ")[-2] for line in lines(both)] == ["`drip`", "`leak`"]
    assert b"2 warnings in 2 files" in both.stdout


def test_unknown_kinds_of_files_are_said_and_left_out(cli: Cli, project: Path) -> None:
    put(project, a_sql=LEAK)
    (project / "notes.md").write_text("leak")
    result = check(cli, "notes.md", "a.sql")
    assert result.returncode == 1
    assert result.stderr == b"warning: notes.md is not of a language that is read; it was left out.\n"
    assert check(cli, "-q", "notes.md").stderr == b""


def test_quiet(cli: Cli, project: Path) -> None:
    put(project, a_sql=LEAK)
    assert check(cli, "-q").stdout == b"a.sql:1:8: warning planted-leak: `leak` leaks\n"
    twice = check(cli, "-qq")
    assert (twice.returncode, twice.stdout, twice.stderr) == (1, b"", b"")
    written = check(cli, "-qq", "--output-file", "out.txt")
    assert (written.returncode, written.stdout, written.stderr) == (1, b"", b"")
    assert (project / "out.txt").read_bytes() == b"a.sql:1:8: warning planted-leak: `leak` leaks\n"


def test_output_file(cli: Cli, project: Path) -> None:
    put(project, a_sql=LEAK)
    result = cli("check", "--output-format", "json", "--output-file", "out.json")
    assert (result.returncode, result.stdout, result.stderr) == (1, b"", b"")
    assert json.loads((project / "out.json").read_bytes())["diagnostics"][0]["rule"] == "planted-leak"
    device = cli("check", "--output-format", "concise", "--output-file", "/dev/stdout")
    assert b"planted-leak" in device.stdout
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


# Standard input


def test_unsaved_text_is_checked_as_the_file_it_is_of(cli: Cli, project: Path) -> None:
    put(project, a_sql=TIGHT, sub__b_sql=LEAK)
    (project / "leaktight.yaml").write_text(
        "select: [planted-leak]\nper-path: {'sub/': {extend-select: [planted-note]}}\n"
    )
    text = b"select leak, trifle\n"
    assert lines(check(cli, "-", "--stdin-filename", "sub/b.sql", stdin=text)) == [
        "sub/b.sql:1:8: warning planted-leak: `leak` leaks",
        "sub/b.sql:1:14: note planted-note: `trifle` is a trifle",
    ]
    assert len(lines(check(cli, "-", "--stdin-filename", "new.sql", stdin=text))) == 1
    assert len(lines(check(cli, "-", stdin=text))) == 1
    assert check(cli, "-", stdin=b"").returncode == 0
    python = b'cursor.execute("select leak from t")\n'
    assert check(cli, "-", "--stdin-filename", "jobs/x.py", stdin=b"import psycopg2\n" + python).returncode == 1
    assert b"1 not analysed" in check(cli, "-", stdin=b"\xff").stdout


def test_fixed_text_goes_to_stdout(cli: Cli, project: Path) -> None:
    put(project, a_sql="select 1\n")
    result = check(cli, "-", "--fix", "--stdin-filename", "a.sql", stdin=b"\xef\xbb\xbfselect leak,\r\n trifle\r\n")
    assert result.stdout == b"\xef\xbb\xbfselect tight,\r\n trifle\r\n"
    assert b"planted-note" in result.stderr
    assert (project / "a.sql").read_text() == "select 1\n"
    untouched = check(cli, "-", "--fix", stdin=b"select 1")
    assert untouched.stdout == b"select 1"


# Fixes


def test_fix_writes_what_is_safe_and_says_what_is_left(cli: Cli, project: Path) -> None:
    put(project, a_sql="select leak, trifle\nfrom ruin\n", b_sql=TIGHT)
    (project / "a.sql").chmod(0o755)
    result = check(cli, "--fix")
    assert (project / "a.sql").read_text() == "select tight, trifle\nfrom ruin\n"
    assert stat.S_IMODE((project / "a.sql").stat().st_mode) == 0o755
    assert result.stderr.decode().splitlines() == [
        "warning: a.sql: the fix of `planted-ruin` at line 2 (Ruin it) was not made: the result would not parse",
        "fixed 1 finding in 1 file",
    ]
    assert [line.split(": ")[1] for line in lines(result)] == ["note planted-note", "warning planted-ruin"]
    assert result.returncode == 1
    result = check(cli, "--fix", "--unsafe-fixes", "--ignore", "planted-ruin")
    assert (project / "a.sql").read_text() == "select tight, nothing_at_all\nfrom ruin\n"
    assert result.returncode == 0
    assert lines(result) == []


def test_diff_changes_nothing(cli: Cli, project: Path) -> None:
    put(project, sub__a_sql=LEAK)
    result = check(cli, "--diff")
    assert (
        result.stdout.decode()
        == "--- sub/a.sql\n+++ sub/a.sql\n@@ -1 +1 @@\n-select leak from t\n+select tight from t\n"
    )
    assert result.stderr == b"would fix 1 finding in 1 file; nothing was written\n"
    assert result.returncode == 1
    assert (project / "sub" / "a.sql").read_text() == LEAK
    put(project, sub__a_sql=TIGHT)
    nothing = check(cli, "--diff")
    assert (nothing.returncode, nothing.stdout) == (0, b"")


def test_diff_does_not_hide_a_rule_that_failed(cli: Cli, project: Path) -> None:
    put(project, a_sql="select crash, leak from t\n")
    for select, code in (("planted-leak", 1), ("planted-leak,planted-crash", 2), ("planted-crash", 2)):
        result = check(cli, "--diff", "--select", select)
        assert result.returncode == code
        assert (b"+select crash, tight from t\n" in result.stdout) == ("leak" in select)


def test_a_read_only_file_is_not_fixed(cli: Cli, project: Path) -> None:
    put(project, a_sql=LEAK, b_sql=LEAK)
    (project / "a.sql").chmod(0o444)
    result = check(cli, "--fix")
    assert result.returncode == 1
    assert result.stderr == b"warning: a.sql: was not fixed: it is read-only\nfixed 1 finding in 1 file\n"
    assert ((project / "a.sql").read_text(), (project / "b.sql").read_text()) == (LEAK, TIGHT)


def test_nothing_is_written_without_fix(cli: Cli, project: Path) -> None:
    put(project, a_sql=LEAK)
    before = sorted(path.name for path in project.iterdir())
    check(cli)
    assert sorted(path.name for path in project.iterdir()) == before
    assert (project / "a.sql").read_text() == LEAK


def test_a_named_link_is_written_through(cli: Cli, project: Path) -> None:
    put(project, real__a_sql=LEAK)
    (project / "link.sql").symlink_to("real/a.sql")
    assert check(cli, "--fix", "link.sql").returncode == 0
    assert (project / "link.sql").is_symlink()
    assert (project / "real" / "a.sql").read_text() == TIGHT


# Streams and signals


def test_a_closed_pipe_is_no_error(cli: Cli, project: Path, plugin: Path) -> None:
    put(project, a_sql="".join(f"select leak from t{number};\n" for number in range(2000)))
    command = f"'{sys.executable}' -m leaktight check | head -c 10; code=${{PIPESTATUS[0]}}; echo; echo $code"
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root / "linter"), str(root / "rules"), str(plugin)])
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=project,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.split()[-1] == b"1"
    assert result.stderr == b""


def test_interrupted(project: Path, plugin: Path) -> None:
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root / "linter"), str(root / "rules"), str(plugin)])
    process = subprocess.Popen(
        [sys.executable, "-m", "leaktight", "check", "-"], cwd=project, env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in error


def test_a_rule_package_that_ends_early_is_no_interrupt(cli: Cli, project: Path, plugin: Path, tmp_path: Path) -> None:
    put(project, a_sql=LEAK)
    info = tmp_path / "ending-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[leaktight.rules]\nending = ending_rules\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ending\nVersion: 1.0\n")
    (tmp_path / "ending_rules.py").write_text("raise EOFError('truncated data file')\n")
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root / "linter"), str(root / "rules"), str(plugin), str(tmp_path)])
    result = check(cli, env={"PYTHONPATH": path})
    assert result.returncode == 2
    assert b"internal error: EOFError: truncated data file (ending_rules.py:1)\n" in result.stderr


def test_colour_and_control_characters(cli: Cli, project: Path) -> None:
    put(project, a_sql=LEAK)
    assert b"\x1b[" not in cli("check").stdout
    assert b"\x1b[" in cli("check", "--color", "always").stdout
    assert b"\x1b[" in cli("check", env={"FORCE_COLOR": "1"}).stdout
    assert b"\x1b[" not in cli("check", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    (project / "evil\x1b[31m.md").write_text("")
    assert b"\x1b" not in check(cli, "evil\x1b[31m.md").stderr


def test_names_that_no_encoding_has(cli: Cli, project: Path) -> None:
    name = os.path.join(os.fsencode(project), b"\xff.sql")
    with open(name, "wb") as file:
        file.write(LEAK.encode())
    for chosen in ("text", "concise", "json", "sarif"):
        result = cli("check", "--output-format", chosen)
        assert result.returncode == 1, result.stderr
        result.stdout.decode("utf-8")


def test_ascii_terminals(cli: Cli, project: Path) -> None:
    put(project, a_sql="select 'é', leak\n")
    result = cli("check", env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert result.returncode == 1
    assert "é" in result.stdout.decode("utf-8")


def test_progress_shows_on_a_terminal_and_is_gone_at_the_end() -> None:
    code = (
        "from leaktight.cli import progress\nprogress._FIRST_AFTER = 0\n"
        "with progress.Progress() as p:\n p(1, 1200)\n"
        "with progress.Progress(quiet=True) as p:\n p(2, 1200)\n"
    )
    leader, follower = pty.openpty()
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], stderr=follower, check=True, env={"PYTHONPATH": str(root / "linter")})
    os.close(follower)
    shown = os.read(leader, 1000).decode()
    os.close(leader)
    assert shown == "\r\x1b[Kchecking file 1 of 1,200\r\x1b[K"
