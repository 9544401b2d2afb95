"""`python -m chaos.ready`, as the owner: a demo branch, texts that may go at any hour to anybody, addresses, debtors.

Prints what the rest goes by: {token of a hotline agent, customers they may write to, branch: its code, debtors: as
`chaos.debtors.plant` has them, since: when their past ended, lines: {id: status}}.
"""

import json
import logging
import os
import sys
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
os.environ["GATEWAY_SMS"] = os.environ["CHAOS_IDEMPOTENT"]
django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from billing.simulator.access import Access  # noqa: E402
from chaos import debtors  # noqa: E402
from chaos.cast import CUSTOMERS  # noqa: E402
from chaos.gateway import WAYS  # noqa: E402
from crm import billing_access  # noqa: E402
from customers.models import Customer, Line  # noqa: E402
from outreach.models import ContactPreference, Rules, Template  # noqa: E402
from staff.models import Token, User  # noqa: E402
from staff.rights import Role  # noqa: E402


def texts(branch):
    text = {"text_zh": "{ticket}", "text_en": "{ticket}", "subject_zh": "x", "subject_en": "x"}
    for channel in WAYS:
        kind = {"channel": channel, "message_class": "service", "any_time": True, "purpose": "complaint_accepted"}
        Template.objects.create(branch=branch, code=f"chaos-{channel}", name=channel, **kind, **text)
    at_any_hour = {"report_minutes": 0, "service_hours": "00:00-24:00"}
    Rules.objects.update_or_create(branch=branch, defaults=at_any_hour)


def reached(branch):
    """Ids of customers with all addresses."""
    customers = Customer.objects.filter(branch=branch, status="active").order_by("pk")[:CUSTOMERS]
    for customer in customers:
        customer.add_number("contact", f"139{customer.pk:08}", by=None)
        ContactPreference.objects.update_or_create(customer=customer, defaults={"email": f"{customer.pk}@example.com"})
    return [customer.pk for customer in customers]


def token(branch):
    agent = User.objects.filter(postings__role=Role.HOTLINE, branch=branch).first()
    return Token.issue(user=agent, name="Chaos", scopes=["messages:write"], days=1, by=agent)[1]


def main():
    logging.disable(logging.INFO)
    call_command("demo", customers=1000, stdout=sys.stderr)
    first = Customer.objects.order_by("pk").first()
    texts(first.branch)
    said = {"token": token(first.branch), "customers": reached(first.branch), "branch": first.branch.code}
    many, spread = int(os.environ["CHAOS_DEBTORS"]), int(os.environ["CHAOS_SPREAD"])
    said["debtors"] = debtors.plant(first.unit, many, spread)
    said["since"] = timezone.now().isoformat()
    said["lines"] = dict(Line.objects.values_list("pk", "status"))
    access = Path(os.environ["CHAOS_ACCESS"])
    kept: Access = billing_access.make(access, os.environ["CHAOS_BILLING_KEY"], os.environ["CHAOS_BILLING"])
    assert kept.secrets, "the billing system hears of nothing"
    print(json.dumps(said))


main()
