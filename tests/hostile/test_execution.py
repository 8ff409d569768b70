"""A repository that wants its code run, its configuration believed too much, or a path followed out of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BAD = "select a from t where b = NULL;\n"


class Trap:
    """A repository whose every file leaves a mark when it is run."""

    def __init__(self, place: Path) -> None:
        self.marks = place / "marks"
        self.marks.mkdir()
        self.root = place / "checked"
        self.root.mkdir()
        self.home = place / "home"
        self.home.mkdir()

    def python(self, name: str) -> str:
        return f"open({str(self.marks / name)!r}, 'w').close()\n"

    def shell(self, name: str) -> str:
        return f"touch '{self.marks / name}'"

    def put(self, path: str, text: str, *, executable: bool = False) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if executable:
            file.chmod(0o755)
        return file

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "SYSTEMROOT", "VIRTUAL_ENV")}
        environment = {
            **kept,
            "HOME": str(self.home),
            "LEAKTIGHT_CACHE_DIR": str(self.home / "cache"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "rules")]),
        }
        command = Path(sys.executable).with_name("leaktight")
        start = [str(command)] if command.exists() else [sys.executable, "-P", "-m", "leaktight"]
        return subprocess.run(
            [*start, *arguments],
            cwd=cwd or self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def sprung(self) -> list[str]:
        return sorted(path.name for path in self.marks.iterdir())


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


def commands() -> list[tuple[str, ...]]:
    return [
        ("check", "--output-format", "concise"), ("check", "--no-cache", "--jobs", "2"), ("check", "--diff", "--unsafe-fixes"),
        ("catalog", "show"), ("rules",), ("init",),
    ]  # fmt: skip


def test_code_of_the_repository_is_never_run(trap: Trap) -> None:
    names = (
        "sitecustomize.py", "usercustomize.py", "conftest.py", "setup.py", "leaktight.py", "leaktight_rules.py", "sqlglot.py",
        "click.py", "yaml.py", "json.py", "tokenize.py", "ast.py", "__init__.py", "__main__.py", "noxfile.py", "manage.py",
        "leaktight_rules/__init__.py", "leaktight_rules/query/evil.py", "rules/__init__.py", "rules/leaktight_rules/__init__.py",
        "rules/leaktight_rules/query/evil.py", "linter/leaktight/__init__.py", "linter/leaktight/cli/__init__.py",
        "leaktight/__init__.py", ".leaktight/plugin.py", "dbt_packages/x/__init__.py", "dags/dag.py", "migrations/env.py",
    )  # fmt: skip
    for name in names:
        trap.put(
            name, trap.python(name.replace("/", "-")) + "import psycopg2, boto3, airflow\ncursor.execute('select 1')\n"
        )
    trap.put("leaktight-1.0.dist-info/entry_points.txt", "[leaktight.rules]\nevil = leaktight_rules.query.evil\n")
    trap.put("leaktight-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    trap.put("evil.egg-info/entry_points.txt", "[leaktight.rules]\nevil = leaktight_rules.query.evil\n")
    trap.put("evil.pth", f"import os; {trap.python('pth')}")
    trap.put("package.json", f'{{"scripts": {{"preinstall": "{trap.shell("npm")}"}}}}')
    trap.put("a.sql", BAD)
    for command in commands():
        result = trap.run(*command)
        assert "Traceback" not in result.stderr
        assert result.returncode in (0, 1), result.stderr
    assert "a.sql:1:" in trap.run("check", "--output-format", "concise").stdout
    assert "evil" not in trap.run("rules").stdout
    assert trap.sprung() == []


def test_templates_are_never_rendered(trap: Trap) -> None:
    call = f"cycler.__init__.__globals__.os.system({trap.shell('jinja')!r})"
    trap.put("models/a.sql", f"select {{{{ {call} }}}} from t where b = NULL\n")
    trap.put("macros/m.sql", f"{{% macro m() %}}{{{{ {call} }}}}{{% endmacro %}}\n")
    trap.put(
        "models/b.sql",
        f"{{% set x = {call} %}}{{{{ config(pre_hook={call}) }}}} select {{{{ m() }}}} from {{{{ ref('a') }}}}\n",
    )
    trap.put(
        "models/c.sql",
        f"{{% do run_query({call!r}) %}}{{% import 'x' as y %}}{{% include '../../../etc/passwd' %}} select 1\n",
    )
    trap.put(
        "dbt_project.yml",
        f'name: x\nmodel-paths: [models]\non-run-start: "{{{{ {call} }}}}"\nvars: {{x: "{{{{ {call} }}}}"}}\n',
    )
    for command in commands():
        assert "Traceback" not in trap.run(*command).stderr
    assert "models/a.sql:1:" in trap.run("check", "--output-format", "concise").stdout
    assert trap.sprung() == []


def test_git_runs_nothing_that_the_repository_configures(trap: Trap) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x"]
    subprocess.run([*git, "init", "-q"], cwd=trap.root, check=True)
    trap.put("a.sql", BAD)
    subprocess.run([*git, "add", "-A"], cwd=trap.root, check=True)
    subprocess.run([*git, "commit", "-qm", "x"], cwd=trap.root, check=True)
    trap.put(".gitattributes", "*.sql filter=evil diff=evil\n* text=auto\n")
    hooks = trap.put("hooks/post-checkout", f"#!/bin/sh\n{trap.shell('hook')}\n", executable=True).parent
    for hook in ("pre-commit", "post-index-change", "fsmonitor-watchman"):
        trap.put(f"hooks/{hook}", f"#!/bin/sh\n{trap.shell(hook)}\n", executable=True)
    run = trap.put("run.sh", f"#!/bin/sh\n{trap.shell('filter')}\ncat\n", executable=True)
    for key in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "diff.evil.command",
                "diff.external", "core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "alias.diff"):  # fmt: skip
        subprocess.run([*git, "config", key, str(run)], cwd=trap.root, check=True)
    subprocess.run([*git, "config", "core.hooksPath", str(hooks)], cwd=trap.root, check=True)
    trap.put("a.sql", BAD + BAD)
    for mark in trap.marks.iterdir():
        mark.unlink()
    for command in commands():
        result = trap.run(*command)
        assert "Traceback" not in result.stderr
    assert trap.sprung() == []


@pytest.mark.parametrize(
    "text",
    [
        "select: !!python/object/apply:os.system ['{}']\n",
        "rules: !!python/object/new:subprocess.Popen [['sh', '-c', '{}']]\n",
        "!!python/object/apply:subprocess.check_output [['sh', '-c', '{}']]\n",
        "dialect: !!python/name:os.system\n",
        "plugins: [evil]\nselect: [all]\n",
        "extends: ../../evil.yaml\n",
        "exclude: &a [*a]\n",
    ],
)
def test_configuration_is_data(trap: Trap, text: str) -> None:
    trap.put("leaktight.yaml", text.replace("{}", trap.shell("yaml")))
    trap.put("evil.py", trap.python("plugin"))
    trap.put("a.sql", BAD)
    result = trap.run("check")
    assert result.returncode == 2
    assert result.stderr.startswith("error: leaktight.yaml")
    assert "Traceback" not in result.stderr
    assert trap.sprung() == []


def test_configuration_that_expands_without_end_is_refused(trap: Trap) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    trap.put("leaktight.yaml", bomb + "exclude: *a59\n")
    trap.put("a.sql", BAD)
    result = trap.run("check")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert len(result.stderr) < 20_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[project]\ndescription = """\n' + "-" * 60 + "\n A pipeline\n" + "-" * 60 + '\n"""\n', 1),
        ("x = 1  #" + " ." * 3_000 + "\n[" + " " * 3_000 + "y]\n", 1),
        ("a" + " . a" * 40 + " " * 5_000 + "= 1\n", 1),
        (".".join("a" * 40_000) + " = 1\n", 2),
        ("[" + ".".join(["'a'", '"b\\""'] * 20_000) + "]\n", 2),
    ],
)
def test_a_pyproject_is_read_in_no_time(trap: Trap, text: str, code: int) -> None:
    trap.put("pyproject.toml", f'{text}[tool.leaktight]\nselect = ["equals-null"]\n')
    trap.put("a.sql", BAD)
    result = trap.run("check", "--no-cache", "--output-format", "concise")
    assert result.returncode == code
    assert ("a.sql:1:" in result.stdout) == (code == 1)
    assert code == 1 or result.stderr == "error: pyproject.toml:1: This key has more than 50 parts.\n"


def test_infrastructure_is_data(trap: Trap) -> None:
    command = trap.shell("infrastructure")
    trap.put(
        "template.yaml",
        f"Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: !!python/object/apply:os.system ['{command}']\n",
    )
    trap.put("requirements.txt", f"apache-airflow==2.9\n-e $({command})\n--index-url `{command}`\n")
    trap.put("a.sql", BAD)
    for command_line in commands():
        assert "Traceback" not in trap.run(*command_line).stderr
    assert trap.sprung() == []


def test_paths_do_not_leave_the_project(trap: Trap) -> None:
    outside = trap.root.parent / "outside.sql"
    outside.write_text(BAD)
    (trap.root / "link.sql").symlink_to(outside)
    (trap.root / "folder").symlink_to(trap.root.parent)
    (trap.root / "ring").symlink_to(trap.root)
    trap.put("a.sql", BAD)
    for glob in ("../*.sql", "**/../../*.sql", "~/*.sql"):
        trap.put("leaktight.yaml", f"catalog: {{ddl: ['{glob}']}}\n")
        result = trap.run("check", "--output-format", "concise")
        assert result.returncode == 2
        assert "leaves the project" in result.stderr
    outside.write_text(f"create table kept_outside (id int);\n{BAD}")
    inside = trap.put("inside.sql", "create table kept_inside (id int);\n")
    for glob in ("folder/*.sql", "/folder/**", "*/outside.sql", "**", "/etc/**", "ring/folder/*.sql"):
        trap.put("leaktight.yaml", f"catalog: {{ddl: ['{glob}']}}\n")
        known = trap.run("catalog", "show").stdout
        assert "kept_inside" in known
        assert "kept_outside" not in known
    outside.write_text(BAD)
    inside.unlink()
    trap.put("leaktight.yaml", "exclude: []\n")
    result = trap.run("check", "--output-format", "concise")
    assert [line.split(":")[0] for line in result.stdout.splitlines() if ".sql:" in line] == ["a.sql"]
    trap.run("check", "--fix", "--unsafe-fixes")
    assert outside.read_text() == BAD


def test_names_of_files_are_no_commands_and_no_escapes(trap: Trap) -> None:
    for name in (
        "-rf.sql",
        "--fix.sql",
        "$(touch x).sql",
        "`touch x`.sql",
        "a;b.sql",
        "new\nline.sql",
        "\x1b[31mred.sql",
        "%s%n.sql",
        "{x}.sql",
    ):
        trap.put(name, BAD)
    for form in ("text", "concise", "json", "sarif"):
        result = trap.run("check", "--output-format", form)
        assert result.returncode == 1
        assert "Traceback" not in result.stderr
        assert "\x1b[31m" not in result.stdout
    assert sorted(path.name for path in trap.root.iterdir() if path.name == "x") == []


def test_special_files_do_not_hang(trap: Trap) -> None:
    os.mkfifo(trap.root / "pipe.sql")
    (trap.root / "null.sql").symlink_to("/dev/zero")
    (trap.root / "gone.sql").symlink_to("nowhere")
    (trap.root / "folder.sql").mkdir()
    trap.put("a.sql", BAD)
    time.sleep(0.1)  # what changed just now is not remembered for a second run
    for _ in range(2):
        result = trap.run("check", "--output-format", "concise")
        assert result.returncode == 1
        assert "a.sql:1:" in result.stdout
    named = trap.run("check", "pipe.sql", "null.sql", "gone.sql", "--show-unanalysed")
    assert "Traceback" not in named.stderr
    assert named.returncode == 0
    assert "3 not analysed (3 not readable)" in named.stdout
    assert "pipe.sql not analysed: cannot be read: not a regular file" in named.stdout
