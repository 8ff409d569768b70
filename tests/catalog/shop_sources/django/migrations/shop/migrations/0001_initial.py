from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Client",
            fields=[
                ("customer_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("mail", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField(db_default=models.functions.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("order_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=20, db_default="open")),
                ("total", models.DecimalField(decimal_places=2, max_digits=12)),
                ("note", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={"db_table": 'shop"."orders'},
        ),
    ]
