"""What configuration files mean, and what is said of those that mean nothing."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from leaktight.config import ConfigurationError, Settings, find_configuration, read_configuration


def load(root: Path, text: str, name: str = "leaktight.yaml") -> Settings:
    (root / ".git").mkdir(exist_ok=True)
    (root / name).write_text(textwrap.dedent(text))
    return find_configuration(str(root)).settings()


def problems(root: Path, text: str, monkeypatch: pytest.MonkeyPatch, name: str = "leaktight.yaml") -> list[str]:
    monkeypatch.chdir(root)
    with pytest.raises(ConfigurationError) as raised:
        load(root, text, name)
    assert str(raised.value) == "\n".join(map(str, raised.value.problems))
    return [str(problem) for problem in raised.value.problems]


def test_everything_at_once(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        dialect:
          "migrations/**": postgres
          "migrations/legacy/**": mysql
          "auto/**": auto
          default: bigquery
        select: [rerun, some-rule]
        extend-select: strict
        ignore: [other-rule]
        per-path:
          "notebooks/**": {ignore: [some-rule]}
          "*.py": {select: [loss], extend-select: [x]}
        rules:
          some-rule: {limit: 3, names: [a, b]}
        exclude: ["fixtures/", "!vendor/"]
        catalog: {ddl: ["dumps/*.sql"], exclude: ["tests/**"]}
        dynamodb: {tenant_keys: [channel_id], shared_tables: [Plans]}
        star: {facts: ["umsatz_*"], valid_to: gueltig_bis}
        migrations: {start-after: [db/migrate/0042_totals.sql, "20240131"]}
        airflow: "2.10"
        not-analysed: error
        fail-level: note
        """,
    )
    assert settings.root == str(tmp_path)
    assert settings.dialect_for("migrations/legacy/1.sql") == "postgres"
    assert settings.dialect_for("auto/a.sql") is None
    assert settings.dialect_for("src/a.sql") == "bigquery"
    assert (settings.select, settings.extend_select, settings.ignore) == (
        ("rerun", "some-rule"), ("strict",), ("other-rule",),
    )  # fmt: skip
    assert [item.glob for item in settings.selections_for("notebooks/a.py")] == ["notebooks/**", "*.py"]
    assert settings.selections_for("a.py")[0].select == ("loss",)
    assert settings.selections_for("a.sql") == ()
    assert settings.rules == {"some-rule": {"limit": 3, "names": ["a", "b"]}}
    assert settings.exclude == ("fixtures/", "!vendor/")
    assert (settings.catalog_ddl, settings.catalog_exclude) == (("dumps/*.sql",), ("tests/**",))
    assert (settings.tenant_keys, settings.shared_tables) == (("channel_id",), ("Plans",))
    assert settings.start_after == ("db/migrate/0042_totals.sql", "20240131")
    assert settings.star == {"facts": ("umsatz_*",), "valid_to": ("gueltig_bis",)}
    assert settings.airflow == (2, 10)
    assert (settings.not_analysed, settings.fail_level) == ("error", "note")


def test_what_tables_hold_and_what_reading_costs(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        catalog:
          statistics:
            shop.events: {rows: 2000000000, bytes: 736 GB, partitions: 365}
            shop.days: {bytes: 1.5 KiB}
        price-per-tb: {bigquery: 6.25, default: 0}
        """,
    )
    assert settings.statistics == (
        ("shop.events", {"rows": 2_000_000_000, "bytes": 736_000_000_000, "partitions": 365}),
        ("shop.days", {"bytes": 1536}),
    )
    assert settings.prices == (("bigquery", 6.25), ("default", 0))
    assert load(tmp_path, "price-per-tb: 5").prices == (("default", 5),)


def test_figures_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = problems(
        tmp_path,
        """\
        catalog:
          statistics:
            a: {rows: -1}
            b: {bytes: 3 gigs, rows: 2.5}
            c: {rows: true, byte: 3}
            d: 7
            e: {bytes: nan GB, partitions: .inf}
        price-per-tb:
          bigqery: 6
          snowflake: free
        """,
        monkeypatch,
    )
    number, size = "must be a whole number, not", "must be a number of bytes such as 5000000 or `736 GB`, not"
    assert said == [
        f"leaktight.yaml:3: `catalog.statistics.a.rows` {number} the number -1.",
        f"leaktight.yaml:4: `catalog.statistics.b.bytes` {size} `3 gigs`.",
        f"leaktight.yaml:4: `catalog.statistics.b.rows` {number} the number 2.5.",
        "leaktight.yaml:5: `byte` is not a figure of a table. Did you mean `bytes`?",
        f"leaktight.yaml:5: `catalog.statistics.c.rows` {number} `true`.",
        "leaktight.yaml:6: `catalog.statistics.d` must be a mapping, not the number 7.",
        f"leaktight.yaml:7: `catalog.statistics.e.bytes` {size} `nan GB`.",
        f"leaktight.yaml:7: `catalog.statistics.e.partitions` {number} the number inf.",
        "leaktight.yaml:9: `price-per-tb`: There is no dialect `bigqery`. Did you mean `bigquery`?",
        "leaktight.yaml:10: `price-per-tb.snowflake` must be a price: a number that is not below zero, not `free`.",
    ]


def test_nothing_configured(tmp_path: Path) -> None:
    settings = load(tmp_path, "# nothing but words\n")
    assert settings == Settings(root=str(tmp_path), source=settings.source)
    assert settings.select is None
    assert settings.dialect_for("a.sql") is None


def test_pyproject(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        [project]
        name = "x"
        [tool.leaktight]
        dialect = "snowflake"
        extend-select = ["strict"]
        [tool.leaktight.rules.some-rule]
        limit = 3
        """,
        "pyproject.toml",
    )
    assert settings.dialect == "snowflake"
    assert settings.rules == {"some-rule": {"limit": 3}}


def test_pyproject_without_our_table_is_none_of_ours(tmp_path: Path) -> None:
    assert load(tmp_path, '[project]\ndependencies = ["leaktight"]\n', "pyproject.toml").source == ""


def test_found_upwards_and_no_further_than_the_git_root(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "deep" / "er"
    inner.mkdir(parents=True)
    (tmp_path / "leaktight.yaml").write_text("dialect: mysql\n")
    (tmp_path / "repository" / ".git").mkdir()
    found = find_configuration(str(inner))
    assert (found.root, found.settings().dialect) == (str(tmp_path / "repository"), None)
    (tmp_path / "repository" / "deep" / ".leaktight.yaml").write_text("dialect: trino\n")
    found = find_configuration(str(inner))
    assert (found.root, found.settings().dialect) == (str(tmp_path / "repository" / "deep"), "trino")


def test_a_named_file_keeps_the_root_of_the_project(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "strict.yaml").write_text("fail-level: note\n")
    elsewhere = read_configuration(str(tmp_path / "ci" / "strict.yaml"), str(tmp_path))
    assert elsewhere.root == str(tmp_path)
    within = read_configuration(str(tmp_path / "ci" / "strict.yaml"), str(tmp_path / "ci"))
    assert within.root == str(tmp_path / "ci")


def test_all_problems_are_listed_with_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = problems(
        tmp_path,
        """\
        dialect: {"a/**": postgres, "b": bigqery, default: auto}
        selct: [x]
        select: [a, 3]
        per-path:
          "x/**": {ignroe: [x]}
          "../y": {ignore: q}
        airflow: 2.10
        fail-level: warn
        catalog: [x]
        dynamodb:
          tenant_keys: {a: b}
        not-analysed:
        rules: {some-rule: 3}
        exclude: ["# not a glob"]
        star: {fact: [x]}
        migrations:
          start_after: "0042"
          start-after: ["0042_*", " "]
        """,
        monkeypatch,
    )
    assert said == [
        "leaktight.yaml:1: `dialect.b`: There is no dialect `bigqery`. Did you mean `bigquery`?",
        "leaktight.yaml:2: `selct` is not a setting. Did you mean `select`?",
        "leaktight.yaml:3: `select` must be a list of names of rules or groups, not one with the number 3.",
        "leaktight.yaml:5: `ignroe` is not a setting of `per-path`. Did you mean `ignore`?",
        "leaktight.yaml:6: `per-path`: The glob `../y` leaves the project.",
        'leaktight.yaml:7: `airflow` must be a version such as "2.9", not the number 2.1. Write it in quotes.',
        "leaktight.yaml:8: `fail-level` must be `error`, `warning` or `note`, not `warn`. Did you mean `warning`?",
        "leaktight.yaml:9: `catalog` must be a mapping, not a list.",
        "leaktight.yaml:11: `dynamodb.tenant_keys` must be a list of strings, not a mapping.",
        "leaktight.yaml:12: `not-analysed` is empty; give it a value or take the key out.",
        "leaktight.yaml:13: `rules.some-rule` must be a mapping of options, not the number 3.",
        "leaktight.yaml:14: `exclude`: The glob `# not a glob` matches nothing.",
        "leaktight.yaml:15: `fact` is not a setting of `star`. Did you mean `facts`?",
        "leaktight.yaml:17: `start_after` is not a setting of `migrations`. Did you mean `start-after`?",
        "leaktight.yaml:18: `migrations.start-after`: The name of a migration is empty; write its file name, its number, or its revision.",
        "leaktight.yaml:18: `migrations.start-after`: `0042_*` is a glob; write the file name, the number or the revision of the last migration that has run.",
    ]


def test_toml_problems_have_lines_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = problems(
        tmp_path,
        """\
        [tool.other]
        dialect = 3
        [tool.leaktight]
        catalog.dll = ["x"]
        fail-level = "eror"
        [tool.leaktight.dialect]  # by path
        "a/**" = "postgresql"
        """,
        monkeypatch,
        "pyproject.toml",
    )
    assert said == [
        "pyproject.toml:4: `dll` is not a setting of `catalog`. Did you mean `ddl`?",
        "pyproject.toml:5: `fail-level` must be `error`, `warning` or `note`, not `eror`. Did you mean `error`?",
        "pyproject.toml:7: `dialect.a/**`: There is no dialect `postgresql`. Did you mean `postgres`?",
    ]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "leaktight.yaml:1: This is not YAML: expected the node content, but found '<stream end>'."),
        ("- a\n", "leaktight.yaml:1: The file must be a mapping of settings, not a list."),
        ("select: a\nselect: b\n", "leaktight.yaml:2: The key `select` stands here for the second time; line 1 has it too."),
        ("? [a]\n: b\n", "leaktight.yaml:1: A key must be a string."),
        ("select: !!python/object/apply:os.system [echo]\n",
         "leaktight.yaml:1: The tag `tag:yaml.org,2002:python/object/apply:os.system` is not understood here; write a"),
        (BOMB, "leaktight.yaml:1: There are more than 10,000 values."),
        ("a: &a [*a]\n", "leaktight.yaml:1: The values are nested deeper than 20 levels."),
        ("a: " + "[" * 5000, "leaktight.yaml: The values are nested too deeply."),
        ("a: 1\n---\nb: 2\n", "leaktight.yaml:2: This is not YAML: but found another document."),
        ("a: \x00", "leaktight.yaml: This is not YAML: "),
    ],
)  # fmt: skip
def test_hostile_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    assert problems(tmp_path, text, monkeypatch)[0].startswith(said)


def test_not_utf8_and_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaktight.yaml").write_bytes(b"select: [\xff]")
    with pytest.raises(ConfigurationError, match="not UTF-8 at byte 9"):
        find_configuration(str(tmp_path))
    (tmp_path / "leaktight.yaml").unlink()
    (tmp_path / "leaktight.yaml").mkdir()
    with pytest.raises(ConfigurationError, match="The file is not readable: "):
        find_configuration(str(tmp_path))


def test_two_files_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.leaktight]\n")
    said = problems(tmp_path, "", monkeypatch)
    assert said == [".: There are both leaktight.yaml and pyproject.toml with [tool.leaktight] here; keep one of them."]


def test_malformed_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = problems(tmp_path, "[tool.leaktight]\nselect = [\n", monkeypatch, "pyproject.toml")
    assert len(said) == 1
    assert said[0].startswith("pyproject.toml")
    assert "This is not TOML: " in said[0]
