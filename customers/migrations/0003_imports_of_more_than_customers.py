from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_words_of_the_back_office"),
        ("staff", "0001_initial"),
    ]

    operations = [
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
