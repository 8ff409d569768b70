"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9f01"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS shop")
    op.create_table(
        "clients",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.String(length=100), nullable=True, info={"classification": "pii"}),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_clients")),
        schema="shop",
    )
    op.create_table(
        "events",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, primary_key=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), primary_key=True),
        schema="shop",
        postgresql_partition_by="RANGE (occurred_at)",
    )


def downgrade() -> None:
    op.drop_table("events", schema="shop")
    op.drop_table("clients", schema="shop")
