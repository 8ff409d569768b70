"""The shop as declarative models of SQLAlchemy 2.0."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import CHAR, BigInteger, DateTime, ForeignKey, Index, Numeric, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

number = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=False)]


class Base(DeclarativeBase):
    pass


class Timed:
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class Customer(Base):
    __tablename__ = "customers"
    __table_args__ = {"schema": "shop"}

    customer_id: Mapped[number]
    email: Mapped[str] = mapped_column(String(255), unique=True, info={"classification": "pii"})
    country: Mapped[str | None] = mapped_column(CHAR(2))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    orders: Mapped[list[Order]] = relationship(back_populates="customer")


class Order(Timed, Base):
    __tablename__ = "orders"

    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.customer_id))
    status: Mapped[str] = mapped_column(String(20), server_default="open")
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    customer: Mapped[Customer] = relationship(back_populates="orders")

    __table_args__ = (
        Index("orders_customer_created", customer_id, "created_at"),
        {"schema": "shop", "comment": "One row for each order.", "info": {"owner": "sales", "retention": "7 years"}},
    )


class Event(Base):
    __tablename__ = "events"
    __table_args__ = {"schema": "shop", "postgresql_partition_by": "RANGE (occurred_at)"}

    event_id: Mapped[number]
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    occurred_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
