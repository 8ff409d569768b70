"""What a URL names, and what of it is for the driver alone."""

from __future__ import annotations

import pytest

from leaktight.database.address import DatabaseUnread, address_of


@pytest.mark.parametrize(
    ("url", "engine", "shown", "database"),
    [
        ("postgresql://reader:s3cret@db.example/shop", "postgres", "postgresql://reader@db.example/shop", "shop"),
        ("postgres://reader@db.example:5433/shop?sslmode=require", "postgres", "postgres://reader@db.example:5433/shop", "shop"),
        ("postgresql+psycopg2://r:s3cret@h/shop", "postgres", "postgresql://r@h/shop", "shop"),
        ("postgresql:///shop?host=/run/pg&password=s3cret", "postgres", "postgresql:///shop", "shop"),
        ("mariadb://r:s3cret%2Fx@h:3307/shop", "mysql", "mariadb://r@h:3307/shop", "shop"),
        ("mysql://r:s3cret@h", "mysql", "mysql://r@h", ""),
        ("postgresql://r:s3cret?a@h/shop", "postgres", "postgresql://r@h/shop", "shop"),
        ("postgresql://r:a?s3cret@h/shop?sslmode=require", "postgres", "postgresql://r@h/shop", "shop"),
        ("postgresql://r:a@b?s3cret@h/shop", "postgres", "postgresql://r@h/shop", "shop"),
        ("postgresql://r:a?s3cret@c@h:5433/shop?", "postgres", "postgresql://r@h:5433/shop", "shop"),
        ("postgresql://h/shop?user=a@b&password=s3cret@", "postgres", "postgresql://h/shop", "shop"),
        ("duckdb:////data/shop.v2.duckdb", "duckdb", "duckdb:////data/shop.v2.duckdb", "shop.v2"),
        ("sqlite:///shop.db", "sqlite", "sqlite:///shop.db", "shop"),
    ],
)  # fmt: skip
def test_a_url(url: str, engine: str, shown: str, database: str) -> None:
    address = address_of(url)
    assert (address.engine, address.shown, address.database) == (engine, shown, database)
    assert "s3cret" not in repr(address)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("postgresql://r:p%40ss@h/shop", "password p@ss, written p%40ss, refused"),
        ("postgresql://r:p@ss@h/shop", "password 'p@ss' refused"),
        ("mysql://r:it%27s@h/shop", "it's, 'it''s', \"it\\'s\""),
        ("postgresql://h/shop?password=p%2Bss", "p+ss p%2Bss"),
        ("postgresql://h/shop?sslpassword=p%20ss&sslkey=/k", "p ss p+ss p%20ss"),
    ],
)
def test_a_password_is_taken_out_however_it_is_written(url: str, text: str) -> None:
    address = address_of(url)
    assert "ss" not in address.scrubbed(text).replace("password", "")
    assert "it" not in address.scrubbed(text).replace("written", "")
    assert url not in address.scrubbed(f"cannot connect to {url}")


@pytest.mark.parametrize(
    ("password", "host"),
    [("p@ss", "h"), ("p?ss", "h"), ("p/s#s", "h:5433"), ("p%40ss", "h"), ("p%ss:", "h")],
)
def test_the_driver_is_given_the_whole_password(password: str, host: str) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy.engine")
    url = sqlalchemy.make_url(address_of(f"postgresql://r:{password}@{host}/shop?sslmode=require").url)
    assert (url.username, url.password) == ("r", password.replace("%40", "@"))
    assert (url.host, url.database, dict(url.query)) == ("h", "shop", {"sslmode": "require"})


@pytest.mark.parametrize(
    "url",
    ["postgresql://h:5432/shop?password=s3c@ret", "mysql://h?password=s3c@ret", "mysql://r:a?b=s3c@ret/shop"],
)
def test_a_password_that_may_end_in_two_places(url: str) -> None:
    with pytest.raises(DatabaseUnread) as caught:
        address_of(url)
    assert "write `%40` for `@`" in str(caught.value)
    assert "ret" not in str(caught.value)


def test_a_password_of_the_environment_is_taken_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "open sesame")
    assert address_of("postgresql://r@h/shop").scrubbed("refused: open sesame") == "refused: ***"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("shop.db", ["no `://`", "`sqlite:///shop.db`"]),
        ("postgress://h/shop", ["did you mean `postgres"]),
        ("oracle://h/shop", ["names no database that is read", "`postgresql`"]),
        ("bigquery://project/shop", ["`leaktight catalog query bigquery`", "`leaktight catalog import FILE…`"]),
        ("sqlite://shop.db", ["three slashes", "`sqlite:///shop.db`"]),
    ],
)
def test_what_is_no_such_url(url: str, words: list[str]) -> None:
    with pytest.raises(DatabaseUnread) as caught:
        address_of(url)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_no_part_of_what_has_no_scheme_is_printed() -> None:
    with pytest.raises(DatabaseUnread) as caught:
        address_of("reader:s3cret@db.example/shop")
    assert "s3cret" not in str(caught.value)
