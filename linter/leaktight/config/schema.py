"""The JSON schema of `leaktight.yaml`, made of the keys and of the installed rules."""

from __future__ import annotations

import json
from pathlib import Path

from leaktight.config.keys import Rules, top
from leaktight.config.shapes import Json

PATH = Path(__file__).parent.parent / "leaktight.schema.json"
"""Where the schema of the built-in rules is shipped."""

SCHEMA_URL = "https://raw.githubusercontent.com/leaktight/leaktight/main/linter/leaktight/leaktight.schema.json"


def schema(rules: Rules) -> Json:
    """Give the schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URL,
        "title": "leaktight.yaml",
        "description": "Settings of leaktight, a linter for SQL and data pipelines.",
        **top(rules).schema(),
    }


def schema_text(rules: Rules) -> str:
    """Give the schema as it is shipped."""
    return json.dumps(schema(rules), indent=2, ensure_ascii=False) + "\n"


def write_schema(rules: Rules) -> None:
    """Write the shipped schema anew."""
    PATH.write_text(schema_text(rules), encoding="utf-8")
