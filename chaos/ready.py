"""`python -m chaos.ready`, as the owner: a demo branch, texts that may go at any hour to anybody, no caps, addresses.

Prints what the clients need: a token of a hotline agent and the customers they may write to.
"""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
django.setup()

from django.core.management import call_command  # noqa: E402

from chaos.cast import CUSTOMERS  # noqa: E402
from chaos.gateway import WAYS  # noqa: E402
from crm.embedded.postgres import APPLICATION  # noqa: E402
from customers.models import Customer  # noqa: E402
from outreach.models import ContactPreference, Rules, Template  # noqa: E402
from staff.models import Token, User  # noqa: E402
from staff.rights import Role  # noqa: E402

call_command("upgrade", APPLICATION, verbosity=0)
call_command("demo", customers=1000, stdout=sys.stderr)
branch = Customer.objects.order_by("pk").first().branch
text = {"text_zh": "{ticket}", "text_en": "{ticket}", "subject_zh": "x", "subject_en": "x"}
for channel in WAYS:
    kind = {"channel": channel, "message_class": "service", "any_time": True, "purpose": "complaint_accepted"}
    Template.objects.create(branch=branch, code=f"chaos-{channel}", name=channel, **kind, **text)
Rules.objects.update_or_create(branch=branch, defaults={"report_minutes": 0})
customers = Customer.objects.filter(branch=branch, status="active").order_by("pk")[:CUSTOMERS]
for customer in customers:
    customer.add_number("contact", f"139{customer.pk:08}", by=None)
    ContactPreference.objects.update_or_create(customer=customer, defaults={"email": f"{customer.pk}@example.com"})
agent = User.objects.filter(postings__role=Role.HOTLINE, branch=branch).first()
_token, value = Token.issue(user=agent, name="Chaos", scopes=["messages:write"], days=1, by=agent)
print(json.dumps({"token": value, "customers": [customer.pk for customer in customers]}))
