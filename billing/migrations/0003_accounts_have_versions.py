from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_counter")]

    operations = [
        migrations.AddField("account", "version", models.PositiveIntegerField(default=1, editable=False)),
    ]
