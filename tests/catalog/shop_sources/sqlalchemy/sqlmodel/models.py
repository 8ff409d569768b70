"""The shop as models of SQLModel."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CHAR, BigInteger, Column, DateTime, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class CustomerBase(SQLModel):
    email: str = Field(max_length=255, unique=True, sa_column_kwargs={"info": {"classification": "pii"}})
    country: str | None = Field(default=None, sa_type=CHAR(2))


class Customer(CustomerBase, table=True):
    __tablename__ = "customers"
    __table_args__ = {"schema": "shop"}

    customer_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now()),
    )


class CustomerRead(CustomerBase):
    customer_id: int


class Order(SQLModel, table=True):
    __tablename__ = "orders"
    __table_args__ = (
        Index("orders_customer_created", "customer_id", "created_at"),
        {"schema": "shop", "comment": "One row for each order.", "info": {"owner": "sales", "retention": "7 years"}},
    )

    order_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    customer_id: int = Field(sa_type=BigInteger, foreign_key="shop.customers.customer_id")
    status: str = Field(max_length=20, sa_column_kwargs={"server_default": "open"})
    total: Decimal = Field(max_digits=12, decimal_places=2)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class Event(SQLModel, table=True):
    __tablename__ = "events"
    __table_args__ = {"schema": "shop", "postgresql_partition_by": "RANGE (occurred_at)"}

    event_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    order_id: int | None = Field(default=None, sa_type=BigInteger)
    kind: str = Field(max_length=40)
    payload: dict | None = Field(default=None, sa_type=JSONB)
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True), primary_key=True)
