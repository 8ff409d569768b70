"""What is a fact, a dimension, a version column, a surrogate key, a measure: by names, columns and configuration."""

from __future__ import annotations

import pytest

from leaktight.catalog import star
from leaktight.catalog.star import StarNames, Versions
from leaktight.catalog.table import Column, Key, KeyKind, Table, TableName


def table(name: str, *columns: str, key: str = "", role: str | None = None) -> Table:
    """Make a table of columns as `name TYPE`, the type BIGINT where none is given."""
    made = {}
    for column in columns:
        word, _, type_ = column.partition(" ")
        made[word.lower()] = Column(word, type_ or "BIGINT")
    keys = (Key(KeyKind.PRIMARY, tuple(key.split(","))),) if key else ()
    return Table(TableName(tuple(name.split("."))), made, keys, role=role, dialect="postgres")


SALES = ("client_key", "product_key", "amount NUMERIC(12,2)")


@pytest.mark.parametrize(
    "name",
    [
        "fact_sales",
        "fct_sales",
        "FactInternetSales",
        "sales_fact",
        "dw.fact_sales",
        "orders_fct",
        "acme_DWH_FACT_sales",
    ],
)
def test_plain_names_of_facts(name: str) -> None:
    assert star.is_fact(table(name))
    assert not star.is_dimension(table(name))


@pytest.mark.parametrize("name", ["f_sales", "facts_sales", "company_facts", "facts.sales"])
def test_doubtful_names_of_facts_need_keys_and_measures(name: str) -> None:
    assert star.is_fact(table(name, *SALES))
    assert not star.is_fact(table(name, "id", "title TEXT"))


@pytest.mark.parametrize(
    "name",
    [
        "sales",
        "factory",
        "stg_fact_sales",
        "fact_sales_tmp",
        "satisfaction",
        "artifact",
        "sales_fact_check",
        "dwh_sales",
    ],
)
def test_no_facts(name: str) -> None:
    assert not star.is_fact(table(name, *SALES))


@pytest.mark.parametrize(
    "name", ["dim_client", "DimClient", "client_dim", "dimension_client", "dw.dim_client", "acme_dwh_dim_client_hist"]
)
def test_plain_names_of_dimensions(name: str) -> None:
    assert star.is_dimension(table(name))
    assert not star.is_fact(table(name))


@pytest.mark.parametrize("name", ["d_client", "client_dimension", "dim.client"])
def test_doubtful_names_of_dimensions_need_a_key_of_their_own_or_versions(name: str) -> None:
    assert not star.is_dimension(table(name, "itemid", "label TEXT"))
    assert star.is_dimension(table(name, "client_key", "label TEXT", key="client_key"))
    assert star.is_dimension(table(name, "client_id", "valid_from DATE", "valid_to DATE"))


def test_a_name_alone_is_no_dimension() -> None:
    assert not star.is_dimension(table("d_items", "itemid", "label TEXT", key="itemid"))
    assert not star.is_dimension(table("product_dimensions", "width", "height"))
    assert not star.is_dimension(table("stg_dim_client", "client_key", key="client_key"))
    assert not star.is_dimension(table("dim_client", "client_key", role="staging"))


def test_the_configuration_names_facts_and_dimensions() -> None:
    names = StarNames(facts=("sales_*",), dimensions=("crm.people",))
    assert star.is_fact(table("sales_lines"), names)
    assert not star.is_fact(table("sales_lines"))
    assert star.is_dimension(table("crm.people"), names)
    assert not star.is_dimension(table("people"), names)
    assert not star.is_dimension(table("dim_x"), StarNames(facts=("dim_x",)))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("valid_from valid_to is_current", ("valid_from", "valid_to", "is_current")),
        ("valid_from valid_to", ("valid_from", "valid_to", None)),
        ("ValidFrom ValidTo", ("validfrom", "validto", None)),
        ("effective_date expiration_date current_flag", ("effective_date", "expiration_date", "current_flag")),
        ("effective_start_date effective_end_date", ("effective_start_date", "effective_end_date", None)),
        ("row_effective_date row_expiration_date", ("row_effective_date", "row_expiration_date", None)),
        ("start_date end_date is_current", ("start_date", "end_date", "is_current")),
        ("valid_from is_active", ("valid_from", None, "is_active")),
        ("scd_start scd_end", ("scd_start", "scd_end", None)),
        ("dbt_valid_from dbt_valid_to", ("dbt_valid_from", "dbt_valid_to", None)),
        ("eff_start_dt eff_end_dt curr_flag", ("eff_start_dt", "eff_end_dt", "curr_flag")),
        (
            "EffectiveStartDateTime EffectiveEndDateTime IsCurrent",
            ("effectivestartdatetime", "effectiveenddatetime", "iscurrent"),
        ),
        ("RowStartDate RowEndDate RowIsCurrent", ("rowstartdate", "rowenddate", "rowiscurrent")),
        ("StartDate EndDate CurrentFlag", ("startdate", "enddate", "currentflag")),
        ("effectivefrom effectiveto", ("effectivefrom", "effectiveto", None)),
        ("startdate enddate iscurrent", ("startdate", "enddate", "iscurrent")),
        ("EFFECTIVE_FROM_DT EFFECTIVE_TO_DT CURRENT_FLG", ("effective_from_dt", "effective_to_dt", "current_flg")),
    ],
)
def test_version_columns(columns: str, expected: tuple[str | None, str | None, str | None]) -> None:
    assert star.versions(table("dim_client", *columns.split())) == Versions(*expected)


@pytest.mark.parametrize(
    "columns",
    [
        *("start_date end_date", "is_current", "valid_from", "is_active created_at", "from to", "start_date is_active"),
        *("StartDate EndDate", "IsCurrent", "startdate enddate", "validation tomato iscurrently"),
    ],
)
def test_no_version_columns(columns: str) -> None:
    assert star.versions(table("dim_campaign", *columns.split())) is None


def test_configured_version_columns() -> None:
    names = StarNames(valid_from=("von",), valid_to=("BIS",))
    assert star.versions(table("dim_kunde", "von", "bis"), names) == Versions("von", "bis", None)
    assert star.versions(table("dim_kunde", "von", "bis")) is None
    assert star.versions(table("dim_kunde", "von", "__"), StarNames(valid_from=("von",), current=("__",))) == Versions(
        "von", None, "__"
    )
    assert star.keeps_history(table("dim_kunde", "__", "bis"), StarNames(valid_from=("__",))) is None


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("valid_to effective_from effective_to", ("effective_from", "effective_to", None)),
        ("valid_to valid_from effective_to", ("valid_from", "valid_to", None)),
        ("CurrentFlag ValidFrom ValidTo IsCurrent", ("validfrom", "validto", "iscurrent")),
        ("CurrentFlag ValidFrom ValidTo", ("validfrom", "validto", "currentflag")),
    ],
)
def test_of_several_columns_the_one_that_belongs_to_the_row_counts(
    columns: str, expected: tuple[str | None, str | None, str | None]
) -> None:
    assert star.versions(table("dim_client", *columns.split())) == Versions(*expected)


@pytest.mark.parametrize(
    ("name", "columns", "kept"),
    [
        ("dim_client", "client_key client_id city effective_date expiry_date", True),
        ("client_dim", "ClientSK ClientNo City EffectiveDate ExpirationDate", True),
        ("dim_client", "client_id city effective_date expiry_date", False),
        ("dim_client", "client_key city effective_date expiry_date", False),
        ("dim_policy", "policy_key policy_id holder effective_date expiry_date", False),
        ("clients", "client_key client_id city effective_date expiry_date", False),
        ("dim_client", "client_key client_id city start_date expiry_date", False),
        ("dim_client", "client_key client_id city effective_date end_date", False),
    ],
)
def test_what_is_in_effect_may_be_a_version_of_a_dimension(name: str, columns: str, kept: bool) -> None:
    assert (star.keeps_history(table(name, *columns.split())) is not None) is kept


def test_a_time_of_validity_keeps_history_only_where_more_says_so() -> None:
    columns = ("valid_from", "valid_to")
    assert star.keeps_history(table("coupons", *columns)) is None
    assert star.keeps_history(table("dim_coupon", *columns)) is not None
    assert star.keeps_history(table("coupon_history", *columns)) is not None
    assert star.keeps_history(table("coupons", *columns, "is_current")) is not None
    assert star.keeps_history(table("coupons", *columns, "is_active")) is None


@pytest.mark.parametrize(
    ("columns", "key", "expected"),
    [
        ("client_key client_id", "", "client_key"),
        ("client_sk client_id", "client_sk", "client_sk"),
        ("sk client_id", "", "sk"),
        ("dim_client_id client_id", "dim_client_id", "dim_client_id"),
        ("client_id", "client_id", None),
        ("client_key region_key", "", "client_key"),
        ("region_key city", "", None),
        ("client_natural_key", "", None),
        ("ClientKey ClientID", "", "clientkey"),
        ("ClientSK ClientID", "ClientSK", "clientsk"),
        ("client_key valid_from", "client_key,valid_from", None),
    ],
)
def test_surrogate_keys(columns: str, key: str, expected: str | None) -> None:
    assert star.surrogate(table("dim_client", *columns.split(), key=key)) == expected


def test_a_configured_version_column_is_no_surrogate() -> None:
    version = table("dim_client", "client_key", "city")
    assert star.surrogate(version, StarNames(valid_from=("CLIENT_KEY",))) is None
    assert star.surrogate(version, StarNames(valid_from=("STARTED",))) == "client_key"


def test_a_key_that_the_engine_makes_is_a_surrogate() -> None:
    made = Table(
        TableName(("dim_client",)),
        {"id": Column("id", "BIGINT", generated=True)},
        (Key(KeyKind.PRIMARY, ("id",)),),
    )
    assert star.surrogate(made) == "id"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("client_key client_id", ("client_id",)),
        ("client_key source_client_id", ("source_client_id",)),
        ("client_key client_bk", ("client_bk",)),
        ("ClientKey ClientID", ("clientid",)),
        ("ClientSK SourceClientCode", ("sourceclientcode",)),
        ("client_key clients_number", ("clients_number",)),
        ("client_key region_id", ()),
    ],
)
def test_natural_keys(columns: str, expected: tuple[str, ...]) -> None:
    assert star.natural_keys(table("dim_client", *columns.split())) == expected


@pytest.mark.parametrize("name", ["amount NUMERIC(12,2)", "total_revenue FLOAT", "order_count INT", "quantity INT"])
def test_measures(name: str) -> None:
    word, _, type_ = name.partition(" ")
    assert star.is_measure(Column(word, type_))


@pytest.mark.parametrize(
    "name",
    [
        "amount TEXT",
        "tax_rate NUMERIC(5,4)",
        "cost_center_id INT",
        "list_price NUMERIC(8,2)",
        "total_type INT",
        "views INT",
    ],
)
def test_no_measures(name: str) -> None:
    word, _, type_ = name.partition(" ")
    assert not star.is_measure(Column(word, type_))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("update dim set is_current = false", True),
        ("rows_valid_from", True),
        ("select currency from t", False),
        ("is_valid = true", False),
        ("kunde.bis", False),
    ],
)
def test_words_of_versions_in_a_text(text: str, expected: bool) -> None:
    assert star.speaks_of_versions(text) is expected
    assert star.speaks_of_versions("set bis = now()", StarNames(valid_to=("Bis",)))
