"""Which columns hold data about people, told from their name, their type and the table they stand in: one vocabulary.

A name is read by its last words, for what it ends with is what it holds: `client_email` is an address, `email_status` is
not. Where a word means something else as often (`name`, `address`), the table or a sibling must be about people.
"""

from __future__ import annotations

from enum import StrEnum

from leaktight.catalog.column_types import TypeFamily, family, length
from leaktight.catalog.table import Column, Table
from leaktight.text import words_of


class PersonalKind(StrEnum):
    """What a column tells of a person, in words for a message."""

    EMAIL = "email address"
    PHONE = "phone number"
    NAME = "name of a person"
    BIRTH = "date of birth"
    NATIONAL_ID = "official number of a person"
    ADDRESS = "postal address"
    NETWORK = "IP address"
    BANK = "bank account or card"
    HEALTH = "health"
    BELIEF = "belief or origin"


_HIDDEN = frozenset(
    """hash hashed hashes sha sha1 sha256 sha512 md5 hmac digest encrypted encrypt enc cipher ciphertext crypted masked mask
    redacted token tokens tokenized tokenised anonymized anonymised anonymous anon pseudonym pseudonymized pseudonymised salt
    salted bidx obfuscated scrambled fingerprint""".split()
)
"""Words that say that a value does not show what it was made of."""
_SAID = frozenset(
    """pii phi personal personally sensitive confidential restricted gdpr ccpa hipaa masked masking mask encrypted hashed
    anonymised anonymized pseudonymised pseudonymized tokenised tokenized redacted public secret private protected
    """.split()
)
"""Words of a comment or tag that show that somebody has thought of what a column holds."""
_TEXT = frozenset({TypeFamily.TEXT})
_DAY = frozenset({TypeFamily.DATE, TypeFamily.INSTANT, TypeFamily.TEXT})
_NUMBER = frozenset({TypeFamily.TEXT, TypeFamily.INTEGER, TypeFamily.DECIMAL})
_ENDINGS: tuple[tuple[PersonalKind, frozenset[TypeFamily], str], ...] = (
    (
        PersonalKind.EMAIL,
        _TEXT,
        "email|e mail|email address|e mail address|emailaddress|email addr|mail address|emails|email addresses|email id",
    ),
    (
        PersonalKind.PHONE,
        _NUMBER,
        """phone|telephone|phone number|phonenumber|phone no|phone num|telephone number|mobile number|mobile no|mobile phone|
        cell phone|cellphone|cell number|msisdn|phones|phone numbers|contact number|home phone|work phone""",
    ),
    (
        PersonalKind.NAME,
        _TEXT,
        """first name|firstname|last name|lastname|full name|fullname|surname|given name|family name|middle name|maiden name|
        forename|fname|lname|patient name|customer name|employee name|passenger name|guest name|student name|cardholder name|
        borrower name|applicant name|candidate name|recipient name|person name|cardholder|card holder name|given names""",
    ),
    (
        PersonalKind.BIRTH,
        _DAY,
        "birth date|birthdate|date of birth|dateofbirth|dob|birthday|birth day|date birth|born on|birth dt|brth dt|brth date",
    ),
    (
        PersonalKind.NATIONAL_ID,
        _NUMBER,
        """ssn|social security number|social security no|national id|national id number|national insurance number|nino|
        passport number|passport no|passportnumber|driver license|drivers license|driver license number|
        drivers license number|driving licence number|aadhaar number|aadhaar|cpf|nhs number|personal identification number|
        identity card number|id card number|tax identification number""",
    ),
    (
        PersonalKind.ADDRESS,
        _TEXT,
        """street address|home address|postal address|mailing address|billing address|shipping address|delivery address|
        residential address|billing street|shipping street|mailing street|customer address|patient address|employee address|
        residence address|streetaddress|address line1|address line 1|address line2|address line 2|addressline1|address line""",
    ),
    (
        PersonalKind.NETWORK,
        _TEXT,
        """client ip|remote ip|user ip|client ip address|remote ip address|user ip address|remote addr|login ip|sign in ip|
        visitor ip|customer ip|last ip|registration ip|signup ip|ip address|ipaddress|ip addr|created ip|created from ip|
        source ip address""",
    ),
    (
        PersonalKind.BANK,
        _NUMBER,
        """iban|bank account number|bank account no|bank account|credit card number|credit card|card number|cc number|
        debit card number|cvv|cvc|credit card no|creditcard|creditcardnumber|account iban""",
    ),
    (
        PersonalKind.HEALTH,
        _NUMBER,
        """medical record number|mrn|medical history|medical condition|medical conditions|blood type|blood group|
        hiv status|allergies|disability""",
    ),
    (
        PersonalKind.BELIEF,
        _TEXT,
        "religion|ethnicity|sexual orientation|political affiliation|political opinion|ethnic origin",
    ),
)
_BY_ENDING = {
    tuple(ending.split()): (kind, families) for kind, families, endings in _ENDINGS for ending in endings.split("|")
}
_LONGEST = max(len(ending) for ending in _BY_ENDING)
_PEOPLE = frozenset(
    """user users person persons people customer customers client clients patient patients employee employees student students
    teacher teachers passenger passengers guest guests member members subscriber subscribers contact contacts applicant
    applicants candidate candidates author authors driver drivers staff worker workers visitor visitors donor donors voter
    voters lead leads buyer buyers borrower borrowers resident residents participant participants attendee attendees
    physician physicians doctor doctors nurse nurses dependent dependents beneficiary beneficiaries""".split()
)
"""Words of tables whose rows are people."""
_PRIVATE = frozenset(
    {"home", "mobile", "cell", "cellphone", "private", "emergency", "owner", "recipient", "billing", "shipping"}
)
_BESIDE = frozenset(
    "first firstname surname lastname fname lname forename birthdate dob gender patient person subject employee".split()
)
"""Words of columns that only tables about people have."""
_WITH_NAMES = frozenset("email mail phone username login dob title nickname display".split())
"""Words of columns that stand beside the full name of a person."""
_PROGRAMS = frozenset("oauth oauth2 oidc api http mqtt sso rpc registered".split())
"""Words of tables whose clients are programs."""
_ORGANISATIONS = frozenset(
    """company companies organization organizations organisation organisations org orgs corp corporation business businesses
    store stores shop shops brand brands vendor vendors supplier suppliers merchant merchants agency agencies department
    departments office offices school schools hospital hospitals bank banks branch branches site sites website websites app
    apps facility facilities warehouse warehouses venue venues hotel hotels restaurant restaurants institution institutions
    partner partners tenant tenants support system server servers host hosts node nodes instance instances device devices
    network networks reply noreply from bounce sender product products file files property properties station stations
    contract contracts wallet wallets blockchain blocks config configuration settings template templates provider providers
    clinic clinics pharmacy pharmacies location locations distributor distributors manufacturer manufacturers airport airports
    firewall blocklist blacklist whitelist allowlist denylist proxy proxies gateway router routers cluster clusters endpoint
    endpoints establishment establishments enterprise enterprises employer employers laboratory laboratories lab labs insurer
    insurers carrier carriers""".split()
)
"""Words of columns and tables that are about something else than a person."""
_NETWORKS = frozenset(
    """server host node instance private public range internal device source destination dest src dst cluster vm pod proxy
    local""".split()
)
_PLACE = frozenset("city street zip zipcode postcode postal postalcode".split())


_COUNTING = frozenset({"count", "num", "number", "n", "total", "distinct", "is", "has"})


def personal_kind(column: Column, table: Table) -> PersonalKind | None:
    """Give what a column tells of a person by its name and type; None where it does not, or keeps it from sight."""
    said = [word.rstrip("0123456789") or word for word in words_of(column.name)]
    if not said or not _HIDDEN.isdisjoint(said):
        return None
    kind = _held(column, table.dialect)
    if kind is None and said[0] in _COUNTING:
        return None  # no type tells that it is a number
    about = words_of(table.name.name)
    for size in range(min(_LONGEST, len(said)), 0, -1):
        found = _BY_ENDING.get(tuple(said[-size:]))
        if found is not None:
            fits = _fits(found[0], found[1], column, kind, said[:-size], about)
            return found[0] if fits and _is_beside_people(found[0], said, about, table) else None
    if kind in {TypeFamily.TEXT, None} and said == ["name"] and _about_people(about):
        return PersonalKind.NAME
    if kind is TypeFamily.TEXT and said in (["address"], ["addr"], ["street"]) and _lives_somewhere(table, about):
        return PersonalKind.ADDRESS
    if said[-1] == "ip" and (kind is TypeFamily.TEXT or _is_network(column)) and _NETWORKS.isdisjoint(said):
        return PersonalKind.NETWORK if _ORGANISATIONS.isdisjoint(about) else None
    if said == ["mobile"] and kind is TypeFamily.TEXT and _about_people(about):
        return PersonalKind.PHONE
    return None


def is_classified(column: Column, table: Table) -> bool:
    """Say whether a classification, a tag or a comment shows that somebody has thought of who may see a column."""
    if column.classification or not _says(column.tags).isdisjoint(_SAID):
        return True
    return bool(_SAID & {*words_of(column.comment or ""), *_says(table.tags), *words_of(table.comment or "")})


def _says(tags: tuple[str, ...]) -> set[str]:
    return {word for tag in tags for word in words_of(tag)}


def _held(column: Column, dialect: str) -> TypeFamily | None:
    """Give what a column holds; of an array, what its elements are."""
    kind = column.type
    if kind is None:
        return None
    if kind.endswith("[]"):
        return family(kind[:-2], dialect)
    if kind.startswith("ARRAY<"):
        return family(kind[6:-1], dialect)
    return family(kind, dialect)


def _is_network(column: Column) -> bool:
    return bool(column.type) and (column.type or "").split("(")[0] in {"INET", "CIDR", "IPADDRESS", "IPV4", "IPV6"}


def _fits(
    kind: PersonalKind,
    families: frozenset[TypeFamily],
    column: Column,
    held: TypeFamily | None,
    before: list[str],
    about: list[str],
) -> bool:
    """Say whether type, the words before and the table bear out what the end of a name says."""
    if kind is PersonalKind.NETWORK and _is_network(column):
        held = TypeFamily.TEXT
    if held is not None and held not in families:
        return False
    if (
        held is None
        and column.type is None
        and kind in {PersonalKind.NETWORK, PersonalKind.HEALTH, PersonalKind.BELIEF}
    ):
        return False
    short = length(column.type) if held is TypeFamily.TEXT and column.type else None
    if short is not None and short < 5 and kind is not PersonalKind.BANK:  # a flag, or a code
        return False
    if not _ORGANISATIONS.isdisjoint(before):
        return False
    # An audit trail keeps whence a clerk wrote the row, not whose row it is.
    if kind is PersonalKind.NETWORK and not {*_NETWORKS, "audit"}.isdisjoint(before):
        return False
    if kind is PersonalKind.NATIONAL_ID and not {"dod", "death", "date"}.isdisjoint(
        before
    ):  # a day that some office keeps
        return False
    if kind is PersonalKind.BIRTH and ("dob" in about or "id" in before):  # a department of buildings
        return False
    if kind is PersonalKind.EMAIL and about and about[-1] in _ORGANISATIONS and not before:
        return False  # that of the shop itself: `stores.email`
    if kind in {PersonalKind.EMAIL, PersonalKind.NATIONAL_ID, PersonalKind.BIRTH, PersonalKind.NAME}:
        return True
    return _ORGANISATIONS.isdisjoint(about)


def _is_beside_people(kind: PersonalKind, said: list[str], about: list[str], table: Table) -> bool:
    """Say whether a telephone, an address, a belief or a full name is that of a person: its name, the table or a sibling says so.

    Repositories, streets, files and species have full names as well, and an `email_id` may be the key of an email.
    """
    whole_name = said[-1] == "fullname" or said[-2:] in (["full", "name"], ["email", "id"])
    if kind not in {PersonalKind.PHONE, PersonalKind.ADDRESS, PersonalKind.BELIEF} and not whole_name:
        return True
    words = {*said, *about}
    if words & (_PEOPLE | _PRIVATE):
        return True
    beside = (_BESIDE | _WITH_NAMES).difference(said) if whole_name else _BESIDE
    return any(not beside.isdisjoint(words_of(column.name)) for column in table.columns.values())


def _about_people(about: list[str]) -> bool:
    """Say whether the rows of a table are people: `users`, `dim_customer`; not `customer_orders`."""
    if not about or about[-1] not in _PEOPLE or not _ORGANISATIONS.isdisjoint(about):
        return False
    return about[-1] not in {"client", "clients"} or _PROGRAMS.isdisjoint(about)


def _lives_somewhere(table: Table, about: list[str]) -> bool:
    """Say whether an address is where a person lives: the table is about people, or has a person's name beside a city."""
    if not _ORGANISATIONS.isdisjoint(about):
        return False
    siblings = {word for column in table.columns.values() for word in words_of(column.name)}
    return _about_people(about) or bool(siblings & _PLACE and {"first", "firstname", "surname"} & siblings)
