"""Which columns are personal: by name and type, and by the table around."""

from __future__ import annotations

import pytest

from leaktight.catalog.personal import PersonalKind, is_classified, personal_kind
from leaktight.catalog.table import Column, Table, TableName


def kind(column: str, type_: str | None = "TEXT", table: str = "accounts", *others: str) -> PersonalKind | None:
    columns = {name.lower(): Column(name, "TEXT") for name in others}
    known = Table(TableName((table,)), {**columns, column.lower(): Column(column, type_)}, dialect="postgres")
    return personal_kind(known.columns[column.lower()], known)


@pytest.mark.parametrize(
    ("column", "type_", "expected"),
    [
        ("email", "VARCHAR(255)", PersonalKind.EMAIL),
        ("client_email", "TEXT", PersonalKind.EMAIL),
        ("emailAddress", "TEXT", PersonalKind.EMAIL),
        ("email2", "TEXT", PersonalKind.EMAIL),
        ("emails", "TEXT[]", PersonalKind.EMAIL),
        ("emails", "ARRAY<STRING>", PersonalKind.EMAIL),
        ("email", None, PersonalKind.EMAIL),
        ("first_name", "TEXT", PersonalKind.NAME),
        ("LASTNAME", "VARCHAR2(40)", PersonalKind.NAME),
        ("patient_name", "TEXT", PersonalKind.NAME),
        ("date_of_birth", "DATE", PersonalKind.BIRTH),
        ("dob", "TEXT", PersonalKind.BIRTH),
        ("bene_brth_dt", "DATE", PersonalKind.BIRTH),
        ("ssn", "CHAR(11)", PersonalKind.NATIONAL_ID),
        ("passport_number", "TEXT", PersonalKind.NATIONAL_ID),
        ("home_address", "TEXT", PersonalKind.ADDRESS),
        ("client_ip", "INET", PersonalKind.NETWORK),
        ("last_login_ip", "TEXT", PersonalKind.NETWORK),
        ("audit_client_ip_address", "TEXT", None),
        ("iban", "VARCHAR(34)", PersonalKind.BANK),
        ("credit_card_number", "BIGINT", PersonalKind.BANK),
        ("mrn", "TEXT", PersonalKind.HEALTH),
    ],
)
def test_personal_by_name_and_type(column: str, type_: str | None, expected: PersonalKind) -> None:
    assert kind(column, type_) is expected


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("email_verified", "BOOLEAN"), ("email", "BOOLEAN"), ("email_count", "INT"), ("email_status", "TEXT"),
        ("email_template", "TEXT"), ("email_domain", "TEXT"), ("email_hash", "BYTEA"), ("email_sha256", "TEXT"),
        ("hashed_email", "TEXT"), ("email_encrypted", "TEXT"), ("email", "BYTEA"), ("email_token", "TEXT"),
        ("masked_email", "TEXT"), ("from_email", "TEXT"), ("support_email", "TEXT"), ("company_email", "TEXT"),
        ("establishment_email", "TEXT"),
        ("file_name", "TEXT"), ("product_name", "TEXT"), ("host_name", "TEXT"), ("user_name", "TEXT"), ("name", "TEXT"),
        ("ip_count", "INT"), ("ip", "INT"), ("server_ip", "INET"), ("private_ip", "TEXT"), ("zip", "TEXT"), ("ship", "TEXT"),
        ("address", "TEXT"), ("wallet_address", "TEXT"), ("mac_address", "TEXT"), ("shipping_address_id", "BIGINT"),
        ("date_of_birth", "BOOLEAN"), ("birth_country", "TEXT"), ("phone", "BOOLEAN"), ("phone_type", "TEXT"),
        ("mobile", "TEXT"), ("account_number", "TEXT"), ("record_id_dob", "TEXT"), ("dod_ssn", "TEXT"), ("race", "TEXT"), ("email", "CHAR(1)"),
    ],
)  # fmt: skip
def test_not_personal(column: str, type_: str) -> None:
    assert kind(column, type_) is None


@pytest.mark.parametrize(
    ("column", "people", "others"),
    [
        ("name", "users", "countries"),
        ("name", "dim_customer", "customer_types"),
        ("address", "patients", "stores"),
        ("phone", "employees", "shippers"),
        ("mobile", "members", "devices"),
        ("ip", "visits", "servers"),
    ],
)
def test_the_table_decides_where_the_name_does_not(column: str, people: str, others: str) -> None:
    assert kind(column, "TEXT", people) is not None
    assert kind(column, "TEXT", others) is None


def test_a_sibling_that_only_people_have_tells_whose_telephone_it_is() -> None:
    assert kind("phone", "TEXT", "entries") is None
    assert kind("phone", "TEXT", "entries", "first_name") is PersonalKind.PHONE
    assert kind("address", "TEXT", "entries", "first_name") is None
    assert kind("address", "TEXT", "entries", "first_name", "city") is PersonalKind.ADDRESS


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (Column("email", classification="restricted"), True),
        (Column("email", tags=("governance.pii = 'email'",)), True),
        (Column("email", tags=("masking",)), True),
        (Column("email", tags=("daily",)), False),
        (Column("email", comment="PII: the login"), True),
        (Column("email", comment="The login"), False),
    ],
)
def test_classified(column: Column, said: bool) -> None:
    assert is_classified(column, Table(TableName(("users",)))) is said


def test_what_is_said_of_the_table_counts_for_its_columns() -> None:
    assert is_classified(Column("email"), Table(TableName(("users",)), tags=("contains_pii",)))
    assert not is_classified(Column("email"), Table(TableName(("users",)), comment="One row for each user."))


@pytest.mark.parametrize(
    ("table", "others", "expected"),
    [
        ("repositories", ("file_name", "is_directory"), None),
        ("mainlanes", ("lane",), None),
        ("users", (), PersonalKind.NAME),
        ("profiles", ("email",), PersonalKind.NAME),
        ("admissions", ("birthdate",), PersonalKind.NAME),
    ],
)
def test_streets_and_files_have_full_names_as_well(
    table: str, others: tuple[str, ...], expected: PersonalKind | None
) -> None:
    assert kind("full_name", "TEXT", table, *others) is expected


@pytest.mark.parametrize(
    ("table", "expected"), [("oauthClient", None), ("registered_clients", None), ("clients", PersonalKind.NAME)]
)
def test_programs_are_clients_as_well(table: str, expected: PersonalKind | None) -> None:
    assert kind("name", "TEXT", table) is expected


@pytest.mark.parametrize(
    ("table", "others", "expected"),
    [
        ("document_settings", ("document_id",), None),
        ("customers", (), PersonalKind.EMAIL),
        ("orders", ("phone",), PersonalKind.EMAIL),
    ],
)
def test_an_email_id_may_be_the_key_of_an_email(
    table: str, others: tuple[str, ...], expected: PersonalKind | None
) -> None:
    assert kind("email_id", "TEXT", table, *others) is expected
