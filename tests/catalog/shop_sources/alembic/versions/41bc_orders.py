"""Orders, on one branch."""

import sqlalchemy as sa
from alembic import op

revision: str = "41bc"
down_revision: str | None = "9f01"


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["shop.clients.customer_id"]),
        sa.PrimaryKeyConstraint("order_id"),
        schema="shop",
        info={"owner": "sales", "retention": "7 years"},
    )
    with op.batch_alter_table("orders", schema="shop") as batch_op:
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=False))
        batch_op.create_index("orders_customer_created", ["customer_id", "created_at"])
        batch_op.drop_column("note")


def downgrade() -> None:
    op.drop_table("orders", schema="shop")
