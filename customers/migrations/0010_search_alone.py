from django.db import migrations


class Migration(migrations.Migration):
    """A search is over in a millisecond: starting parallel workers for it, as the planner would where many rows might
    match, costs ten. A statement that names an unsafe function is never run in parallel."""

    dependencies = [("customers", "0009_list_order")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION customers_inner_parts(text, bigint, bigint) PARALLEL UNSAFE",
            "ALTER FUNCTION customers_inner_parts(text, bigint, bigint) PARALLEL SAFE",
        ),
    ]
