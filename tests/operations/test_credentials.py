"""Which literals are secrets, and which only stand in for one."""

from __future__ import annotations

import pytest

from leaktight.operations.credentials import credentials
from leaktight.operations.credentials.secret import in_url, is_secret
from leaktight.operations.file import FileView, worth_reading
from leaktight.operations.project import Project
from leaktight.source import Language, Source

SECRET = "Tr4vel-Nine-Crows"


def found(text: str, language: Language, path: str) -> list[tuple[str, str]]:
    view = FileView(Source(path, text, language), Project(), dialect="postgres")
    documents = [*view.sql, *view.hosts]
    return [(item.what, document.slice(item.span)) for document in documents for item in credentials(document)]


@pytest.mark.parametrize(
    "value",
    ["invalid_key", "hk_live_prod_key_123", "", "abc", "<password>", "${PW}", "{password}", "changeme", "my_secret_key", "xxxxxxxx", "********", "your-password-here",
     "DUMMY0SECRET0ACCESS0KEY", "AKIAIOSFODNN7EXAMPLE", "arn:aws:secretsmanager:eu:1:secret:db", "%s", "env:PGPASSWORD",
     "shopcs_", "live-"],
)  # fmt: skip
def test_stand_ins_are_no_secrets(value: str) -> None:
    assert not is_secret(value)


@pytest.mark.parametrize(
    "value", [SECRET, "h8Zq0dVt2mX7LpR5sWnYcK3uJb9eGf6aTi1oEr4Q", "correcthorse9", "shopcs_9f2Kq7"]
)
def test_secrets(value: str) -> None:
    assert is_secret(value)
    assert is_secret(value, host="db.shop.io")
    assert not is_secret(value, host="localhost")
    assert not is_secret(value, host="postgres")


@pytest.mark.parametrize(
    ("url", "password"),
    [
        (f"postgresql://loader:{SECRET}@db.shop.io/shop", SECRET),
        (f"snowflake://loader:{SECRET}@xy123.eu/shop?warehouse=w", SECRET),
        (f"postgresql://loader:{SECRET}@localhost:5432/shop", None),
        (f"postgresql://loader:{SECRET}@db:5432/shop", None),
        ("postgresql://loader:loader@db.shop.io/shop", None),
        ("postgresql://loader@db.shop.io/shop", None),
        ("postgresql://loader:${PW}@db.shop.io/shop", None),
        ("https://shop.io/@someone:else", None),
        ("mailto:someone@shop.io", None),
        (f"postgresql://loader:{SECRET}@[db.shop.io/shop", None),
    ],
)
def test_passwords_in_urls(url: str, password: str | None) -> None:
    placed = in_url(url)
    assert (url[placed[0] : placed[1]] if placed else None) == password


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"alter role loader password '{SECRET}'", "password"),
        (f"create user 'loader'@'%' identified by '{SECRET}'", "password"),
        (f"alter user loader identified with caching_sha2_password by '{SECRET}'", "password"),
        (f"create user mapping for a server s options (user 'a', password '{SECRET}')", "password"),
        (
            f"create stage s url = 's3://b/' credentials = (aws_key_id = 'a' aws_secret_key = '{SECRET}')",
            "aws_secret_key",
        ),
        (f"copy t from 's3://b/' access_key_id 'a' secret_access_key '{SECRET}'", "secret_access_key"),
        (f"select * from dblink('host=db.shop.io password={SECRET}', 'select 1') as t(a int)", "password"),
    ],
)
def test_in_sql(text: str, what: str) -> None:
    assert found(text, Language.SQL, "ops/a.sql") == [(what, SECRET)]
    assert found(text.replace(SECRET, "<secret>"), Language.SQL, "ops/a.sql") == []
    assert found(text, Language.SQL, "tests/a.sql") == []


@pytest.mark.parametrize("password", ["shopper", "Shopper"])
def test_the_name_of_the_user_stands_in_for_its_password(password: str) -> None:
    text = f"create user shopper with password '{password}'"
    assert found(text, Language.SQL, "ops/a.sql") == []
    assert found(text.replace("user shopper", "user loader"), Language.SQL, "ops/a.sql") == [("password", password)]
    text = f"create role shopper with createdb login password '{password}'"
    assert found(text, Language.SQL, "ops/a.sql") == []


@pytest.mark.parametrize(
    ("beside", "count"), [("indexName: 'shop'", 0), ("authDomain: 'a.shop.io'", 0), ("region: 'eu'", 1)]
)
def test_keys_that_each_visitor_of_a_site_is_sent(beside: str, count: int) -> None:
    text = f"import pg from 'pg';\nexport const search = {{ apiKey: '8c41f0e27ab95d36', {beside} }};\n"
    assert len(found(text, Language.TYPESCRIPT, "site/config.ts")) == count


@pytest.mark.parametrize(
    "text",
    [
        f"select 1 from users where password = '{SECRET}'",
        f"attach 'shop' as lake (type iceberg, endpoint 'http://lake.shop.io/api', secret '{SECRET}')",
        f"insert into users (name, password) values ('a', '{SECRET}')",
        f"update users set password = '{SECRET}' where id = 1",
        "copy t from 's3://b/' iam_role 'arn:aws:iam::1:role/loader'",
    ],
)
def test_values_of_a_table_are_no_login(text: str) -> None:
    assert found(text, Language.SQL, "ops/a.sql") == []


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (f"connect(host='db.shop.io', password='{SECRET}')", "password"),
        (f"connect(account='xy123', user='a', password='{SECRET}')", "password"),
        (f"client('s3', aws_secret_access_key='{SECRET}')", "aws_secret_access_key"),
        ("client('s3', aws_access_key_id='AKIAQ7LMPT2XKWN4VJRS')", "aws_access_key_id"),
    ],
)
def test_in_python(call: str, what: str) -> None:
    assert [item[0] for item in found(f"import psycopg2\npsycopg2.{call}\n", Language.PYTHON, "jobs/a.py")] == [what]


@pytest.mark.parametrize(
    "call",
    [
        f"User(username='a', password='{SECRET}')",
        f"connect(host='localhost', password='{SECRET}')",
        "connect(host='db.shop.io', password=get('PGPASSWORD'))",
        "client('s3', aws_access_key_id='not-a-key-id')",
    ],
)
def test_not_in_python(call: str) -> None:
    assert found(f"import psycopg2\n{call}\n", Language.PYTHON, "jobs/a.py") == []


@pytest.mark.parametrize(
    ("properties", "fires"),
    [
        (f"host: 'db.shop.io', password: '{SECRET}'", True),
        (f"database: 'shop', password: '{SECRET}'", True),
        (f"username: 'a', email: 'b', password: '{SECRET}'", False),
        (f"host: 'localhost', password: '{SECRET}'", False),
        ("host: 'db.shop.io', password: process.env.PW", False),
    ],
)
def test_in_javascript(properties: str, fires: bool) -> None:
    text = f"import {{ Pool }} from 'pg';\nconst pool = new Pool({{ {properties} }});\n"
    assert bool(found(text, Language.TYPESCRIPT, "src/a.ts")) is fires


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *(
            (text, Language.PYTHON)
            for text in (
                f'connect(host="db.shop.io", password="{SECRET}")',
                f'connect(host="db.shop.io", pwd = r"{SECRET}")',
                f'PASSWORD: str = "{SECRET}"\nconnect(host="db.shop.io", password=PASSWORD)',
                f'create_engine("postgresql://loader:{SECRET}@db.shop.io/shop")',
                'boto3.client("s3", aws_access_key_id="AKIAQ7ZB4MXPL2RWKD5T")',
            )
        ),
        (f"new Pool({{ host: 'db.shop.io', 'password': '{SECRET}' }})", Language.JAVASCRIPT),
        (f"const url = `postgres://loader:{SECRET}@db.shop.io/shop`", Language.JAVASCRIPT),
        ("new S3({ credentials: { accessKeyId: 'AKIAQ7ZB4MXPL2RWKD5T' } })", Language.JAVASCRIPT),
    ],
)
def test_files_with_secrets_are_read_for_them_alone(text: str, language: Language) -> None:
    assert worth_reading(text.encode(), language)
    assert found(text, language, "load." + ("py" if language is Language.PYTHON else "js"))


@pytest.mark.parametrize(
    "text",
    [
        "connect(password=settings.password)",
        "url = 'https://shop.io/a:b'",
        "form = PasswordField(label='Password')",
        "if password == other: pass",
        "monkey = 'banana'",
    ],
)
def test_files_without_are_not(text: str) -> None:
    assert not worth_reading(text.encode(), Language.PYTHON)


@pytest.mark.parametrize(("password", "count"), [("id_minter9", 0), (SECRET, 1)])
def test_the_name_of_the_user_stands_in_for_its_password_in_code(password: str, count: int) -> None:
    code = f'config = connect(primary_host="db.shop.io", port=3306, username="id_minter9", password="{password}")\n'
    assert len(found(code, Language.PYTHON, "jobs/a.py")) == count
