"""`python -m chaos.ready`: texts that may go at any hour to anybody, no caps, addresses of each kind."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
django.setup()

from chaos.cast import CUSTOMERS  # noqa: E402
from chaos.gateway import WAYS  # noqa: E402
from customers.models import Customer  # noqa: E402
from outreach.models import ContactPreference, Rules, Template  # noqa: E402

branch = Customer.objects.order_by("pk").first().branch
text = {"text_zh": "{n}", "text_en": "{n}", "subject_zh": "x", "subject_en": "x"}
for channel in WAYS:
    kind = {"channel": channel, "message_class": "service", "any_time": True}
    Template.objects.create(branch=branch, code=f"chaos-{channel}", name=channel, **kind, **text)
Rules.objects.update_or_create(branch=branch, defaults={"report_minutes": 0})
for customer in Customer.objects.filter(branch=branch, status="active").order_by("pk")[:CUSTOMERS]:
    customer.add_number("contact", f"139{customer.pk:08}", by=None)
    ContactPreference.objects.update_or_create(customer=customer, defaults={"email": f"{customer.pk}@example.com"})
