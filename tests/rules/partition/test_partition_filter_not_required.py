"""Where `partition-filter-not-required` writes its option, and where it can but say so."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Applicability
from leaktight.text import Edit, apply_edits
from leaktight_rules.partition.partition_filter_not_required import PartitionFilterNotRequired

TABLE = "create table d.o (id int64, day date) partition by day"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", " options (require_partition_filter = true)"),
        (" options (description = 'x')", " options (require_partition_filter = true, description = 'x')"),
        (" options (require_partition_filter = false)", " options (require_partition_filter = true)"),
        (
            " options (description = 'x', Require_Partition_Filter=FALSE)",
            " options (description = 'x', require_partition_filter = true)",
        ),
        (" as select 1 as id, current_date() as day", " options (require_partition_filter = true) as select 1 as id, current_date() as day"),
    ],
)  # fmt: skip
def test_the_option_is_said_once(check, before: str, after: str) -> None:
    (found,) = check(PartitionFilterNotRequired(), f"{TABLE}{before};", dialect="bigquery")
    assert found.fix is not None
    assert found.fix.applicability is Applicability.UNSAFE
    edits = [Edit(edit.location.span, edit.content) for edit in found.fix.edits]
    assert apply_edits(f"{TABLE}{before};", edits) == f"{TABLE}{after};"
