"""A password or key that stands in the code."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, Document, DocumentRule, Finding, Fix, Good, Severity, credentials


class Credential(DocumentRule):
    """A password or key stands in the code, for everybody who ever reads the repository.

    What is committed is in each clone, each backup and each log of a build, and stays in the history when the line is gone.
    SQL is worse still: the statement with its key stands in the warehouse's query history, which the whole team may search.

    Take it from the environment or a secret store (an Airflow connection, `os.environ`), and let the engine hold it: an
    IAM role for `COPY`, a storage integration for a stage, a secret for a foreign server. A secret that was committed must
    be changed.

    Words that stand in for a secret (`<password>`, `changeme`, `${DB_PASSWORD}`), the users' passwords of local databases
    (`localhost`, a service of docker compose) and test files are left alone, and so is the `password` of a form or a user
    record: only what is given to a connection counts.
    """

    name = "credential"
    category = Category.GOVERNANCE
    severity = Severity.ERROR
    tags = ("security", "external/cwe/cwe-798")
    examples = (
        Bad(
            """
            copy shop.orders from 's3://lake/orders/' credentials 'aws_access_key_id=AKIAQ7LMPT2XKWN4VJRS;aws_secret_access_key=h8Zq0dVt2mX7LpR5sWnYcK3uJb9eGf6aTi1oEr4Q';
                                                                                                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the `aws_secret_access_key` stands in the code
            """,
            dialect="redshift",
        ),
        Bad(
            """
            create user loader with password 'Tr4vel-Nine-Crows';
                                              ^^^^^^^^^^^^^^^^^ the `password` stands in the code
            """,
            dialect="postgres",
        ),
        Bad(
            '''
            import psycopg2

            connection = psycopg2.connect(host="db.shop.io", user="loader", password="Tr4vel-Nine-Crows")
                                                                                      ^^^^^^^^^^^^^^^^^ the `password` for `db.shop.io` stands in the code
            ''',
            language="python",
        ),
        Bad(
            '''
            from sqlalchemy import create_engine

            engine = create_engine("postgresql://loader:Tr4vel-Nine-Crows@db.shop.io/shop")
                                                        ^^^^^^^^^^^^^^^^^ the `password` for `db.shop.io` stands in the code
            ''',
            language="python",
        ),
        Bad(
            """
            import { Pool } from "pg";
            const pool = new Pool({ host: "db.shop.io", user: "loader", password: "Tr4vel-Nine-Crows" });
                                                                                   ^^^^^^^^^^^^^^^^^ the `password` for `db.shop.io`
            """,
            language="typescript",
        ),
        Good(
            "copy shop.orders from 's3://lake/orders/' iam_role 'arn:aws:iam::123456789012:role/loader';",
            dialect="redshift",
        ),
        Good("create user loader with password '<password>';", dialect="postgres"),
        Good("select id from clients where password = 'Tr4vel-Nine-Crows';", note="A value, not a login."),
        Good(
            '''
            import os

            import psycopg2

            connection = psycopg2.connect(host="db.shop.io", user="loader", password=os.environ["PGPASSWORD"])
            local = psycopg2.connect("postgresql://loader:Tr4vel-Nine-Crows@localhost/shop")
            ''',
            language="python",
            note="The second opens a database on the developer's own machine.",
        ),
    )  # fmt: skip

    def check(self, document: Document) -> Iterator[Finding]:
        """Yield each secret that stands as a literal."""
        for found in credentials(document):
            where = f" for `{found.of}`" if "." in found.of else ""
            yield Finding(
                found.span,
                f"the `{found.what}`{where} stands in the code",
                fix=Fix.hint("take it from the environment or a secret store, and change it: it is in the history"),
            )
