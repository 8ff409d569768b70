import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_clients_are_customers")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="client",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="shop.customer"
            ),
        ),
        migrations.RenameField(model_name="order", old_name="client", new_name="customer"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["customer", "created_at"], name="orders_customer"),
        ),
        migrations.RenameIndex(model_name="order", new_name="orders_customer_created", old_name="orders_customer"),
        migrations.RemoveField(model_name="order", name="note"),
        migrations.RenameField(model_name="order", old_name="state", new_name="status"),
        migrations.AlterModelTableComment(name="order", table_comment="One row for each order."),
        migrations.RunSQL(
            sql="ALTER TABLE shop.customers ADD COLUMN country char(2)",
            reverse_sql="ALTER TABLE shop.customers DROP COLUMN country",
        ),
    ]
