"""`leaktight catalog pull`: what is written and printed, what never is, and what stays when it breaks off."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest
import yaml
from preparing import Run, driven, execute

SECRET = "s3cr3t-w0rd"


@pytest.fixture
def store(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    execute(url, "CREATE TABLE orders (id BIGINT NOT NULL PRIMARY KEY, total NUMERIC(12, 2))")
    return url


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project"


def test_a_pull_is_written_read_and_pulled_again(leaktight: Run, project: Path, store: str) -> None:
    first = leaktight("catalog", "pull", store)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "catalog/store.yaml: 1 table, 2 columns.\n")
    written = project / "catalog" / "store.yaml"
    assert written.read_text() == (
        "leaktight-catalog: 1\n"
        "engine: sqlite\n"
        "database: store\n"
        "tables:\n"
        "  orders:\n"
        "    columns:\n"
        "      id: {type: BIGINT, nullable: false}\n"
        '      total: {type: "NUMERIC(12, 2)", nullable: true}\n'
        "    keys:\n"
        "      - {kind: primary, columns: [id]}\n"
    )
    shown = leaktight("catalog", "show", "orders").stdout
    assert "catalog/store.yaml:7" in shown
    before = written.read_bytes()
    assert leaktight("catalog", "pull", store).stderr == "catalog/store.yaml: 1 table, 2 columns; as before.\n"
    assert written.read_bytes() == before
    execute(store, "ALTER TABLE orders ADD COLUMN note TEXT; CREATE TABLE refunds (id INT)")
    assert "2 tables, 4 columns; 1 new, 1 changed." in leaktight("catalog", "pull", store).stderr
    execute(store, "DROP TABLE refunds")
    assert "1 gone" in leaktight("catalog", "pull", store).stderr


def test_what_people_wrote_stays(leaktight: Run, project: Path, store: str) -> None:
    leaktight("catalog", "pull", store)
    written = project / "catalog" / "store.yaml"
    text = written.read_text().replace("  orders:\n", "  orders:\n    owner: sales\n    retention: 7 years\n")
    written.write_text(text.replace("nullable: true}", "nullable: true, classification: finance}"))
    before = yaml.safe_load(written.read_text())
    assert leaktight("catalog", "pull", store).returncode == 0
    assert yaml.safe_load(written.read_text()) == before
    assert before["tables"]["orders"]["retention"] == "7 years"


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (("$SHOP_URL",), {"SHOP_URL": "{url}"}),
        (("${{SHOP_URL}}",), {"SHOP_URL": "{url}"}),
        (("--url-from-env", "SHOP_URL"), {"SHOP_URL": "{url}"}),
        ((), {"LEAKTIGHT_DATABASE_URL": "{url}"}),
    ],
)
def test_the_url_stands_in_the_environment(
    leaktight: Run, project: Path, store: str, arguments: tuple[str, ...], env: dict[str, str]
) -> None:
    given = [item.format(url=store) for item in arguments]
    done = leaktight(
        "catalog", "pull", *given, "-o", "shop.yaml", env={key: v.format(url=store) for key, v in env.items()}
    )
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load((project / "shop.yaml").read_text())["tables"].keys() == {"orders"}
    missing = leaktight("catalog", "pull", *given)
    assert missing.returncode == 2
    assert f"the environment variable {next(iter(env))} is not set." in missing.stderr


def test_to_stdout(leaktight: Run, project: Path, store: str) -> None:
    done = leaktight("catalog", "pull", store, "-o", "-")
    assert yaml.safe_load(done.stdout)["engine"] == "sqlite"
    assert done.stderr == ""
    assert not (project / "catalog").exists()


def test_schemas(leaktight: Run, postgres: str) -> None:
    execute(driven(postgres), "CREATE SCHEMA shop; CREATE TABLE shop.a (i INT); CREATE TABLE b (i INT)")
    assert yaml.safe_load(leaktight("catalog", "pull", postgres, "--schema", "shop", "-o", "-").stdout)[
        "tables"
    ].keys() == {"shop.a"}
    wrong = leaktight("catalog", "pull", postgres, "--schema", "shpo", "-o", "-")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean `shop`?" in wrong.stderr


# What is never printed or written


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@pytest.mark.parametrize("traceback", ["", "1"])
@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://reader:{SECRET}@127.0.0.1:{{port}}/shop",
        f"postgresql://127.0.0.1:{{port}}/shop?password={SECRET}&user=reader",
        f"postgresql://reader:{SECRET}@127.0.0.1:{{port}}/shop?{SECRET}=1",
        f"postgresql://reader:a?{SECRET}@127.0.0.1:{{port}}/shop",
        f"postgresql://reader:{SECRET}?a@127.0.0.1:{{port}}/shop?connect_timeout=1",
        f"postgresql://reader:a@{SECRET}@127.0.0.1:{{port}}/shop",
        f"postgresql://127.0.0.1:{{port}}/shop?password=a@{SECRET}",
        f"postgresql://reader:{SECRET}@[broken/shop",
        f"postgresql://reader:{SECRET}@127.0.0.1:no-port/shop",
        f"mysql://reader:{SECRET}@127.0.0.1:{{port}}/shop",
        f"mariadb://reader:{SECRET}@127.0.0.1:{{port}}/shop?charset=none&ssl_key={SECRET}",
        f"reader:{SECRET}@127.0.0.1/shop",
        f"oracle://reader:{SECRET}@127.0.0.1/shop",
        f"://reader:{SECRET}@127.0.0.1/shop",
        f"sqlite://reader:{SECRET}@127.0.0.1/shop",
    ],
)
def test_no_password_is_printed(leaktight: Run, project: Path, url: str, traceback: str) -> None:
    env = {"SHOP_URL": url.format(port=_closed_port()), "LEAKTIGHT_TRACEBACK": traceback}
    done = leaktight("catalog", "pull", "$SHOP_URL", env=env)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.rstrip("\n").rpartition("\n")[2].startswith("error: ")
    assert "?." not in done.stderr
    assert SECRET not in done.stderr
    assert not (project / "catalog").exists()


def test_no_password_is_printed_when_the_server_refuses_it(leaktight: Run, postgres: str) -> None:
    name = postgres.partition("?")[0].rpartition("/")[2]
    url = postgres.replace(f"/{name}?", "/no_such_shop?").replace(
        "postgresql://postgres:@", f"postgresql://postgres:{SECRET}@"
    )
    assert SECRET in url
    for trace in ("", "1"):
        done = leaktight("catalog", "pull", "$SHOP_URL", env={"SHOP_URL": url, "LEAKTIGHT_TRACEBACK": trace})
        assert done.returncode == 2
        assert "no_such_shop" in done.stderr
        assert "could not be opened" in done.stderr
        assert ("Traceback" in done.stderr) is bool(trace)
        assert SECRET not in done.stderr


def test_no_password_is_written(leaktight: Run, project: Path, postgres: str) -> None:
    execute(driven(postgres), "CREATE TABLE a (i INT)")
    url = postgres.replace("postgresql://postgres:@", f"postgresql://postgres:{SECRET}@")
    done = leaktight("catalog", "pull", "$SHOP_URL", "-o", "shop.yaml", env={"SHOP_URL": url})
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stderr + (project / "shop.yaml").read_text()


# What breaks off


def test_a_pull_that_breaks_off_leaves_the_snapshot(leaktight: Run, project: Path, tmp_path: Path, store: str) -> None:
    assert leaktight("catalog", "pull", store).returncode == 0
    written = project / "catalog" / "store.yaml"
    before = written.read_bytes()
    file = tmp_path / "store.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    done = leaktight("catalog", "pull", store)
    assert done.returncode == 2
    assert done.stderr.endswith("catalog/store.yaml is as it was.\n"), done.stderr
    file.unlink()
    done = leaktight("catalog", "pull", store)
    assert f"There is no file {file} to read a SQLite database from." in done.stderr
    assert not file.exists()
    assert written.read_bytes() == before
    assert os.listdir(written.parent) == ["store.yaml"]


def test_a_server_that_goes_away_in_the_middle(leaktight: Run, project: Path) -> None:
    """A server that takes the connection and then says nothing that a client could understand."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def answer() -> None:
            for _ in range(4):
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                client.recv(100)
                client.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        (project / "shop.yaml").write_text("leaktight-catalog: 1\ntables: {}\n")
        done = leaktight("catalog", "pull", f"postgresql://r:{SECRET}@127.0.0.1:{port}/shop", "-o", "shop.yaml")
    assert done.returncode == 2
    assert SECRET not in done.stderr
    assert done.stderr.endswith("shop.yaml is as it was.\n")
    assert (project / "shop.yaml").read_text() == "leaktight-catalog: 1\ntables: {}\n"


def test_a_pull_that_is_stopped_leaves_the_snapshot(project: Path, leaktight: Run, postgres: str) -> None:
    execute(driven(postgres), "CREATE TABLE held (i INT)")
    (project / "shop.yaml").write_text("leaktight-catalog: 1\ntables: {}\n")
    import sqlalchemy

    engine = sqlalchemy.create_engine(driven(postgres))
    with engine.connect() as holding:
        holding.exec_driver_sql("LOCK TABLE pg_catalog.pg_index IN ACCESS EXCLUSIVE MODE")
        stopped = subprocess.Popen(
            leaktight.command("catalog", "pull", postgres, "-o", "shop.yaml"),
            cwd=project, env=leaktight.env, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        with pytest.raises(subprocess.TimeoutExpired):
            stopped.wait(4)
        stopped.send_signal(signal.SIGINT)
        _, said = stopped.communicate(timeout=20)
        holding.rollback()
    engine.dispose()
    assert stopped.returncode not in (0, 1)
    assert "Traceback" not in said
    assert (project / "shop.yaml").read_text() == "leaktight-catalog: 1\ntables: {}\n"
    assert sorted(path.name for path in project.iterdir()) == [".git", "shop.yaml"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select: [all]\n", "shop.yaml is no snapshot of a database and is left alone; name another file."),
        ("leaktight-catalog: 1\ntables: [\n", "Mend it or delete it."),
        ("leaktight-catalog: 2\ntables: {}\n", "format 2"),
    ],
)
def test_what_is_no_snapshot_is_not_written_over(
    leaktight: Run, project: Path, store: str, text: str, words: str
) -> None:
    (project / "shop.yaml").write_text(text)
    done = leaktight("catalog", "pull", store, "-o", "shop.yaml")
    assert done.returncode == 2
    assert words in done.stderr
    assert (project / "shop.yaml").read_text() == text


def test_an_empty_database_is_no_news_of_no_tables(leaktight: Run, project: Path, tmp_path: Path) -> None:
    execute(f"sqlite:///{tmp_path / 'store.db'}", "CREATE TABLE t (i); DROP TABLE t")
    done = leaktight("catalog", "pull", f"sqlite:///{tmp_path / 'store.db'}")
    assert done.returncode == 2
    assert "No table is to be seen in sqlite:///" in done.stderr


@pytest.mark.parametrize(
    ("url", "module", "package"),
    [
        ("sqlite:///store.db", "sqlalchemy", "sqlalchemy"),
        ("postgresql://h/shop", "psycopg", "psycopg[binary]"),
        ("mysql://h/shop", "pymysql", "pymysql"),
        ("duckdb:///store.db", "duckdb_engine", "duckdb-engine"),
        ("postgresql://h/shop", "sqlalchemy", "sqlalchemy"),
    ],
)
def test_a_missing_package_is_named(leaktight: Run, project: Path, url: str, module: str, package: str) -> None:
    (project / "store.db").write_bytes(b"")
    stub = project / "stub"
    stub.mkdir()
    (stub / f"{module}.py").write_text(f"raise ModuleNotFoundError(\"No module named '{module}'\", name='{module}')\n")
    done = leaktight("catalog", "pull", url, before=str(stub))
    assert done.returncode == 2
    assert f"`{package}`" in done.stderr
    assert "`pip install 'leaktight[db]'`" in done.stderr
    assert done.stderr.count("\n") == 1
