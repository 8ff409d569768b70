"""Write a dbt project with a manifest of about a given size, and measure what the catalog costs with it.

Run as `python tests/bench/manifests.py FOLDER [MEGABYTES]`. It prints wall seconds and the peak memory of the largest
process, once without and once with the manifest.
"""

import hashlib
import json
import os
import random
import sys
from pathlib import Path

from measure import Command, run

_MB = 1_000_000
_A_MODEL = 11_300
"""About how many bytes of the manifest a model takes, with its tests."""
_COLUMNS = 16
_WORDS = (
    "order customer amount status created updated country channel price total discount region source segment".split()
)


def main(folder: Path, megabytes: int) -> None:
    """Write the project into `folder` and measure it."""
    folder.mkdir(parents=True, exist_ok=True)
    count = megabytes * _MB // _A_MODEL
    random.seed(7)
    models = [_model(number) for number in range(count)]
    (folder / "dbt_project.yml").write_text("name: big\nversion: '1'\nmodel-paths: [models]\n")
    (folder / "models").mkdir(exist_ok=True)
    for name, code, _ in models:
        (folder / "models" / f"{name}.sql").write_text(code)
    target = folder / "target"
    target.mkdir(exist_ok=True)
    manifest = target / "manifest.json"
    manifest.unlink(missing_ok=True)
    _report("without", folder)
    manifest.write_text(json.dumps(_manifest(models)))
    print(f"{manifest.stat().st_size / _MB:.0f} MB, {count} models")
    _report("with", folder)


def _report(label: str, folder: Path) -> None:
    argv = (sys.executable, "-m", "leaktight", "catalog", "show", "--isolated", "model_000007")
    sample = run(Command(label, argv, folder, dict(os.environ)), folder / "log.txt", timeout=600)
    print(f"{label} the manifest: {sample.wall:.1f} s, {sample.cpu:.1f} s of CPU, {sample.peak:.0f} MB")
    print(sample.tail)


def _model(number: int) -> tuple[str, str, list[str]]:
    columns = [f"{random.choice(_WORDS)}_{random.choice(_WORDS)}_{place}" for place in range(_COLUMNS)]
    upstream = f"model_{random.randrange(number):06}" if number else ""
    source = f"{{{{ ref('{upstream}') }}}}" if upstream else "raw.orders"
    listed = ",\n    ".join(columns)
    return f"model_{number:06}", f"select\n    {listed}\nfrom {source}\n", columns


def _manifest(models: list[tuple[str, str, list[str]]]) -> dict[str, object]:
    nodes: dict[str, object] = {}
    for name, code, columns in models:
        identity = f"model.big.{name}"
        nodes[identity] = {
            "database": "shop", "schema": "analytics", "name": name, "resource_type": "model", "package_name": "big",
            "path": f"{name}.sql", "original_file_path": f"models/{name}.sql", "unique_id": identity,
            "fqn": ["big", name], "alias": name,
            "checksum": {"name": "sha256", "checksum": hashlib.sha256(code.strip().encode()).hexdigest()},
            "config": {
                "enabled": True, "alias": None, "schema": None, "tags": ["daily"], "meta": {"owner": "sales"},
                "materialized": "incremental", "unique_key": columns[0], "contract": {"enforced": False},
                "cluster_by": columns[:2], "partition_by": {"field": columns[3], "data_type": "date"},
            },
            "tags": ["daily"], "description": f"One row for each {name}. " * 4,
            "columns": {column: _column(column) for column in columns},
            "meta": {"owner": "sales"}, "group": None, "raw_code": code.strip(), "language": "sql",
            "depends_on": {"macros": [], "nodes": []}, "compiled_code": code * 6,
            "contract": {"enforced": False, "checksum": None}, "constraints": [], "version": None,
        }  # fmt: skip
        for kind in ("unique", "not_null"):
            test = f"test.big.{kind}_{name}_{columns[0]}.{random.getrandbits(40):010x}"
            nodes[test] = _test(test, kind, name, columns[0])
    return {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "invocation_id": "run-1",
            "project_name": "big", "adapter_type": "bigquery",
        },
        "nodes": nodes, "sources": {}, "macros": {}, "groups": {}, "disabled": {},
        "parent_map": {identity: [] for identity in nodes}, "child_map": {identity: [] for identity in nodes},
    }  # fmt: skip


def _column(name: str) -> dict[str, object]:
    return {
        "name": name, "description": f"The {name} of the row, as the shop has it.", "meta": {}, "data_type": "int64",
        "constraints": [], "quote": None, "config": {"meta": {}, "tags": []}, "tags": [], "granularity": None,
        "doc_blocks": [],
    }  # fmt: skip


def _test(identity: str, kind: str, model: str, column: str) -> dict[str, object]:
    return {
        "database": "shop", "schema": "dbt_test__audit", "name": identity.split(".")[2], "resource_type": "test",
        "package_name": "big", "path": f"{identity}.sql", "original_file_path": "models/schema.yml",
        "unique_id": identity, "config": {"enabled": True, "severity": "ERROR", "where": None, "limit": None,
        "error_if": "!= 0", "warn_if": "!= 0", "fail_calc": "count(*)", "materialized": "test"},
        "raw_code": f"{{{{ test_{kind}(**_dbt_generic_test_kwargs) }}}}", "compiled_code": f"select {column} " * 12,
        "depends_on": {"macros": [f"macro.dbt.test_{kind}"], "nodes": [f"model.big.{model}"]},
        "column_name": column, "attached_node": f"model.big.{model}", "tags": [], "description": "", "columns": {},
        "test_metadata": {"name": kind, "kwargs": {"column_name": column, "model": f"{{{{ ref('{model}') }}}}"},
        "namespace": None},
    }  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100)
