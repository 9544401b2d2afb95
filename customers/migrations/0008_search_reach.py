from importlib import import_module

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from customers.models.identifiers import InnerParts

first = import_module("customers.migrations.0003_search_indexes")
INNER_PARTS = first.INNER_PARTS.replace("unit bigint)", "unit bigint, manager bigint)").replace(
    "('u' || unit) ||", "array_remove(ARRAY['u' || unit, 'm' || manager], NULL) ||"
)


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_meet_once_more")]

    operations = [
        migrations.RemoveIndex("identifier", "identifier_inner_parts"),
        migrations.RunSQL(INNER_PARTS, "DROP FUNCTION customers_inner_parts(text, bigint, bigint)"),
        migrations.RunSQL("DROP FUNCTION customers_inner_parts(text, bigint)", first.INNER_PARTS),
        migrations.AddIndex(
            "identifier",
            GinIndex(
                InnerParts("value", "unit", "manager"),
                condition=models.Q(("kind", "id_document"), _negated=True),
                gin_pending_list_limit=256,
                name="identifier_inner_parts",
            ),
        ),
    ]
