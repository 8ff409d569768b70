"""What a dump holds is told as far as it is about tables: its queries are the database's words."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.query.correlated_subquery import CorrelatedSubquery
from leaktight_rules.schema.no_primary_key import NoPrimaryKey

SQL = """
CREATE TABLE public.orders (id bigint NOT NULL, total numeric(12,2));
CREATE VIEW public.sums AS
 SELECT o.id, ( SELECT count(*) AS count FROM public.lines l WHERE (l.order_id = o.id)) AS lines FROM public.orders o;
"""
PG_DUMP = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n"


@pytest.mark.parametrize(("head", "queries"), [("", 1), (PG_DUMP, 0), ("SET statement_timeout = 0;\n", 0)])
def test_a_dump_is_asked_of_its_tables_alone(head: str, queries: int) -> None:
    files = {"db/structure.sql": head + SQL}
    counts = [
        len(run(rule, files, reported="db/structure.sql", dialect="postgres").diagnostics)
        for rule in (CorrelatedSubquery(), NoPrimaryKey())
    ]
    assert counts == [queries, 1]
