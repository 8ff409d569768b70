"""What is known of clients, on another branch."""

import sqlalchemy as sa
from alembic import op

revision = "0a77"
down_revision = "9f01"


def upgrade():
    op.execute("ALTER TABLE shop.clients ADD COLUMN country char(2)")
    op.alter_column(
        "clients", "email", existing_type=sa.String(100), type_=sa.String(255), nullable=False, schema="shop"
    )
    op.create_unique_constraint("clients_email", "clients", ["email"], schema="shop")


def downgrade():
    op.execute("ALTER TABLE shop.clients DROP COLUMN country")
