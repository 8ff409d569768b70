from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.RenameModel(old_name="Client", new_name="Customer"),
        migrations.AlterModelTable(name="customer", table='shop"."customers'),
        migrations.RenameField(model_name="customer", old_name="mail", new_name="email"),
        migrations.AlterField(model_name="customer", name="email", field=models.CharField(max_length=255, unique=True)),
    ]
