from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_number_series_and_stages"),
        ("customers", "0003_search_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(followed_up_at=None, next_step="follow_up"),
                fields=["branch", "follow_up_on"],
                name="interaction_overdue",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(fields=["branch", "at"], name="interaction_day"),
        ),
    ]
