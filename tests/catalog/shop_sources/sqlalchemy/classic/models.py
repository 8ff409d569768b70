"""The shop as declarative models of SQLAlchemy 1.x, with a mixin and an abstract base."""

from sqlalchemy import CHAR, BigInteger, Column, DateTime, ForeignKey, Index, MetaData, Numeric, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import relationship

SCHEMA = "shop"
Base = declarative_base(metadata=MetaData(schema=SCHEMA))


class Timed:
    created_at = Column(DateTime(timezone=True), nullable=False)


class Entity(Base):
    __abstract__ = True

    def label(self):
        return str(self)


class Customer(Entity):
    __tablename__ = "customers"

    customer_id = Column(BigInteger, primary_key=True, autoincrement=False)
    email = Column(String(255), nullable=False, unique=True, info={"classification": "pii"})
    country = Column(CHAR(2))
    created_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    orders = relationship("Order", back_populates="customer")


class Order(Timed, Entity):
    __tablename__ = "orders"
    __table_args__ = (
        Index("orders_customer_created", "customer_id", "created_at"),
        {"comment": "One row for each order.", "info": {"owner": "sales", "retention": "7 years"}},
    )

    id = Column("order_id", BigInteger, primary_key=True, autoincrement=False)
    customer_id = Column(ForeignKey("shop.customers.customer_id"), nullable=False)
    status = Column(String(20), nullable=False, server_default="open")
    total = Column(Numeric(12, 2), nullable=False)
    customer = relationship(Customer, back_populates="orders")


class Event(Entity):
    __tablename__ = "events"
    __table_args__ = {"postgresql_partition_by": "RANGE (occurred_at)"}

    event_id = Column(BigInteger, primary_key=True, autoincrement=False)
    order_id = Column(BigInteger)
    kind = Column(String(40), nullable=False)
    payload = Column(JSONB)
    occurred_at = Column(DateTime(timezone=True), primary_key=True)
