from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_clients_are_customers")]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "event_id", "occurred_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=40)),
                ("payload", models.JSONField(null=True)),
                ("occurred_at", models.DateTimeField()),
            ],
            options={"db_table": 'shop"."events'},
        ),
    ]
