"""`python -m chaos.ready`: texts that may go at any hour to anybody, no caps, an email address for everybody."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
django.setup()

from chaos.gateway import WAYS  # noqa: E402
from customers.models import Customer  # noqa: E402
from outreach.models import ContactPreference, Rules, Template  # noqa: E402

branch = Customer.objects.order_by("pk").first().branch
text = {"text_zh": "{n}", "text_en": "{n}", "subject_zh": "x", "subject_en": "x"}
for channel in WAYS:
    kind = {"channel": channel, "message_class": "service", "any_time": True}
    Template.objects.create(branch=branch, code=f"chaos-{channel}", name=channel, **kind, **text)
Rules.objects.update_or_create(branch=branch, defaults={"report_minutes": 0})
everybody = Customer.objects.filter(branch=branch).values_list("pk", flat=True)
ContactPreference.objects.bulk_create(
    [ContactPreference(customer_id=pk, email=f"{pk}@example.com") for pk in everybody],
    update_conflicts=True, unique_fields=["customer"], update_fields=["email"],
)  # fmt: skip
