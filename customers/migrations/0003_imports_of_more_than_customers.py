from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# Each row is written twice, by the check and by the commit: with room for both on a page no index is touched again.
ROOM = "ALTER TABLE customers_importrow SET (fillfactor = 50)"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_words_of_the_back_office"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(ROOM, "ALTER TABLE customers_importrow RESET (fillfactor)"),
        migrations.AddField("import", "subject", models.CharField(default="customers", max_length=20)),
        migrations.AddField("importmapping", "subject", models.CharField(default="customers", max_length=20)),
        migrations.AddField("importrow", "said", ArrayField(models.TextField(null=True), null=True)),
        migrations.AlterField("importrow", "number", models.CharField(max_length=200)),
        migrations.RemoveConstraint("importmapping", "mapping_name"),
        migrations.AddConstraint(
            "importmapping",
            models.UniqueConstraint(fields=["branch", "subject", "name"], name="mapping_name", nulls_distinct=False),
        ),
    ]
