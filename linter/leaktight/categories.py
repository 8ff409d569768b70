"""What rules are about, and how far along they are."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """What a rule is about; each name selects its rules."""

    QUERY = "query"
    NUMBERS = "numbers"
    RERUN = "rerun"
    LOSS = "loss"
    SCHEMA = "schema"
    PARTITION = "partition"
    INDEX = "index"
    STAR = "star"
    MIGRATION = "migration"
    CONTRACT = "contract"
    GOVERNANCE = "governance"
    SECURITY = "security"
    AIRFLOW = "airflow"
    FRAMES = "frames"
    DBT = "dbt"
    DYNAMODB = "dynamodb"
    ENGINE = "engine"


class Stage(StrEnum):
    """A rule's time of life."""

    PREVIEW = "preview"
    """Off unless asked for by name."""
    STABLE = "stable"
    DEPRECATED = "deprecated"
