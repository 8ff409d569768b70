"""A dimension that keeps versions under the key of its source."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Bad, Category, Finding, Fix, Good, KeyKind, Severity, TableDeclaration, TableRule, listed, star


class DimensionWithoutSurrogate(TableRule):
    """A dimension that keeps versions of its rows has no key for a version.

    Where the client's own number is the primary key, there can be one row of a client and no more: the second version is
    refused, or takes the place of the first, and the history that the columns promise is never there. Where the number and
    the start of the version are the key together, a fact must name both, and each join that forgets the second one counts a
    sale once for each version.

    Give each row a key that means nothing (`client_key BIGINT GENERATED ALWAYS AS IDENTITY`), let facts refer to that, and
    keep the number of the source beside it, with the start, as a unique key.

    Told of dimensions with columns such as `valid_from`, `valid_to`, `is_current`, whose primary or unique key is declared.
    """

    name = "dimension-without-surrogate"
    category = Category.STAR
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table dim_client (
                client_id bigint primary key,
                                 ^^^^^^^ `dim_client` keeps versions (`valid_from` and `valid_to`), but its key `client_id` allows one row of each
                city text, valid_from date not null, valid_to date
            );
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table dim_client (
                client_id bigint, city text, valid_from date, valid_to date,
                primary key (client_id, valid_from)
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `dim_client` keeps versions, and none has a key of its own
            );
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table dim_client (
                client_key bigint generated always as identity primary key,
                client_id bigint not null, city text, valid_from date not null, valid_to date, unique (client_id, valid_from)
            );
            """,
            dialect="postgres",
        ),
        Good(
            "create table dim_client (client_id bigint primary key, city text);",
            dialect="postgres",
            note="One row each.",
        ),
        Good(
            "create table dim_campaign (campaign_id bigint primary key, name text, start_date date, end_date date);",
            dialect="postgres",
            note="The campaign itself starts and ends.",
        ),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield the key of a dimension whose versions have none of their own."""
        table, names = declared.table, declared.catalog.star
        if declared.path.fixture or table.kind == "partition" or not star.is_dimension(table, names):
            return
        versions = star.keeps_history(table, names)
        key = table.primary_key or next((one for one in table.keys if one.kind is KeyKind.UNIQUE), None)
        if versions is None or key is None or star.surrogate(table, names) is not None:
            return
        columns = [name.lower() for name in key.columns]
        if any(star.is_surrogate_name(name) for name in (*columns, *table.columns)):
            return
        kept = listed(name for name in (versions.start, versions.end, versions.current) if name)
        if versions.columns & set(columns):
            message = (
                f"`{table.name}` keeps versions, and none has a key of its own: a fact must name {listed(key.columns)}"
            )
            severity = Severity.NOTE
        elif len(columns) == 1 and columns[0] != "id":
            message = f"`{table.name}` keeps versions ({kept}), but its key `{key.columns[0]}` allows one row of each"
            severity = None
        else:
            return
        yield Finding(
            declared.at(key.location),
            message,
            fix=Fix.hint("give each row a generated key, and make the natural key unique together with the start"),
            severity=severity,
        )
