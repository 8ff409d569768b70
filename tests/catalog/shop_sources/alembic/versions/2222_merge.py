"""Both branches come together, and clients become customers."""

from alembic import op

revision = "2222"
down_revision = ("41bc", "0a77")


def upgrade():
    op.rename_table("clients", "customers", schema="shop")
    op.alter_column("orders", "state", new_column_name="status", server_default="open", schema="shop")
    op.create_table_comment("orders", "One row for each order.", schema="shop")


def downgrade():
    op.rename_table("customers", "clients", schema="shop")
