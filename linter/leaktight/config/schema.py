"""The JSON schema of `leaktight.yaml`, made of the keys and of the installed rules."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from leaktight.config.keys import Rules, top
from leaktight.config.shapes import Json
from leaktight.registry import rules_in

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


def shipped_schema(package: str = "leaktight_rules") -> str:
    """Give the text of the schema that is shipped: that of the built-in rules."""
    rules = {rule.name: rule for rule in rules_in(importlib.import_module(package))}
    return json.dumps(schema(dict(sorted(rules.items()))), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the shipped schema anew: `python -m leaktight.config.schema`."""
    PATH.write_text(shipped_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
