from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_events"), ("shop", "0003_orders_of_customers")]

    operations = []
