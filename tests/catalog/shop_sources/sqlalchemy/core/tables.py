"""The shop as tables of SQLAlchemy's Core."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData(schema="shop")

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("customer_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("email", sa.String(length=255), nullable=False, info={"classification": "pii"}),
    sa.Column("country", sa.CHAR(2)),
    sa.Column("created_at", sa.DateTime(True), nullable=False, server_default=sa.text("now()")),
    sa.UniqueConstraint("email"),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("order_id", sa.BigInteger, autoincrement=False, nullable=False),
    sa.Column("customer_id", sa.BigInteger, sa.ForeignKey(customers.c.customer_id), nullable=False),
    sa.Column("status", sa.String(20), nullable=False, server_default="open"),
    sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
    sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("order_id"),
    sa.Index("orders_customer_created", "customer_id", "created_at"),
    comment="One row for each order.",
    info={"owner": "sales", "retention": "7 years"},
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("event_id", sa.BigInteger, autoincrement=False),
    sa.Column("order_id", sa.BigInteger),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("payload", pg.JSONB),
    sa.Column("occurred_at", pg.TIMESTAMP(timezone=True)),
    sa.PrimaryKeyConstraint("event_id", "occurred_at"),
    postgresql_partition_by="RANGE (occurred_at)",
)
