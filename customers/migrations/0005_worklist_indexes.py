from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_meet"),
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
