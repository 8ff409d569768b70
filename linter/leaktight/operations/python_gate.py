"""The byte gate before the Python parser: which of the operations that rules read a file may hold.

Each answer is a superset of the truth: what a gate turns away holds none.
"""

from __future__ import annotations

from functools import cached_property

from leaktight.embedding.python import Called, Names, may_hold_sql
from leaktight.lazy import regex
from leaktight.operations.dynamo.vocabulary import PYTHON_METHODS

_DAGS = (
    regex(rb"DAG(?:[\s\\]*\(|[\s\\]+as\b)"), regex(rb"@[ \t\w.\\(]*\bdag\b"), regex(rb"dag[\s\\]+as\b"),
)  # fmt: skip
_REQUESTS = Names((*PYTHON_METHODS, "paginate"), empty=True)
_MODEL_REQUESTS = Names(("scan", "query", "get", "rate_limited_scan", "count", "save"), empty=True)
_SDKS = (b"boto3", b"dynamo", b"pynamo", b"ddb", b"put_item", b"get_item", b"update_item")
WRITERS = Names(
    (
        "to_sql", "to_gbq", "write_database", "write_deltalake", "write_delta", "to_iceberg", "copy_from_files",
        "load_table_from_dataframe", "load_table_from_uri", "load_table_from_file", "load_table_from_json",
        "write_pandas", "insert_rows_json", "insert_rows", "copy_from", "S3ToRedshiftOperator", "writeTo",
    )
)  # fmt: skip
"""Calls that write to a table whatever stands in them."""
WRANGLERS = Names(("to_parquet", "to_csv", "to_json", "copy"))
"""Calls that do so only as awswrangler's."""
SPARK_WRITERS = Names(("saveAsTable", "save", "insertInto", "jdbc", "parquet", "orc", "save_as_table"), empty=True)
"""The last calls of a chain that begins with `.write`."""
_JOBS = Names(("QueryJobConfig", "Operator"))
"""The ends of calls that write where they are told what becomes of the rows that are there."""
_DISPOSITIONS = (b"WRITE_APPEND", b"WRITE_TRUNCATE", b"WRITE_EMPTY")


class PythonGate:
    """What the bytes of a Python file say of it; each question is answered when it is asked."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _called(self) -> Called:
        return Called(self._data)

    @cached_property
    def sql(self) -> bool:
        """Whether there may be SQL."""
        return may_hold_sql(self._data, self._called)

    @cached_property
    def dags(self) -> bool:
        """Whether there may be an Airflow DAG."""
        return b"airflow" in self._data and any(pattern.search(self._data) for pattern in _DAGS)

    @cached_property
    def writes(self) -> bool:
        """Whether there may be a write to a table without SQL."""
        data, called = self._data, self._called
        return (
            called.any_of(WRITERS)
            or (called.any_of(SPARK_WRITERS) and b".write" in data)
            or (called.any_of(WRANGLERS) and b"wrangler" in data)
            or (called.any_ends_with(_JOBS) and any(word in data for word in _DISPOSITIONS))
        )

    @cached_property
    def dynamodb(self) -> bool:
        """Whether there may be a DynamoDB request."""
        called = self._called
        if called.any_of(_REQUESTS):
            folded = self._data.lower()
            return any(word in folded for word in _SDKS)
        return b"pynamodb" in self._data and called.any_of(_MODEL_REQUESTS)

    @property
    def migrates(self) -> bool:
        """Whether there may be operations of Alembic or Django that change the schema."""
        data = self._data
        if b"alembic" in data and b"upgrade" in data:
            return True
        return b"migrations." in data and b"django" in data

    @property
    def anything(self) -> bool:
        """Whether there may be anything that a rule reads."""
        return self.migrates or self.dags or self.sql or self.writes or self.dynamodb
