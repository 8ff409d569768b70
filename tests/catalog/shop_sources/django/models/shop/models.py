"""The shop as models of Django."""

from django.contrib.postgres.functions import RandomUUID  # noqa: F401
from django.db import models
from django.db.models.functions import Now


class Timed(models.Model):
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class Customer(models.Model):
    customer_id = models.BigIntegerField(primary_key=True)
    email = models.CharField(max_length=255, unique=True)
    country = models.CharField(max_length=2, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = 'shop"."customers'


class Order(Timed):
    order_id = models.BigIntegerField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    status = models.CharField(max_length=20, db_default="open")
    total = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        db_table = 'shop"."orders'
        db_table_comment = "One row for each order."
        indexes = [models.Index(fields=["customer", "created_at"], name="orders_customer_created")]


class Event(models.Model):
    class Kind(models.TextChoices):
        OPENED = "opened"
        PAID = "paid"

    pk = models.CompositePrimaryKey("event_id", "occurred_at")
    event_id = models.BigIntegerField()
    order_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=40, choices=Kind.choices)
    payload = models.JSONField(null=True)
    occurred_at = models.DateTimeField()

    class Meta:
        db_table = 'shop"."events'
        ordering = ["occurred_at"]
