"""Who asks, and what they ask for: people of each reach, and texts that find customers within it."""

from dataclasses import dataclass
from random import Random

from django.db import connection
from django.test import Client

from customers.models import Customer, Identifier
from staff.models import Posting, Unit, User

ASKED = 40  # different texts of each kind
RANDOM = Random(4)  # the same texts in every run


@dataclass
class Person:
    reach: str
    user: User
    cookies: dict


def people():
    """As branch, department, hall, community and account manager."""
    clerk = User.objects.get(username="clerk")
    logins = {
        "branch": clerk,
        "department": User.objects.get(username="department_head"),
        "hall": head_of(unit_of_size(clerk.branch_id, 10_000)),
        "community": User.objects.get(username="community_leader"),
        "manager": User.objects.get(username="vip_manager"),
    }
    return [Person(reach, user, signed_in(user)) for reach, user in logins.items()]


def unit_of_size(branch, customers):
    """The unit, of any kind, that serves about so many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id FROM customers_customer WHERE branch_id = %s GROUP BY unit_id"
            " ORDER BY abs(count(*) - %s) LIMIT 1",
            [branch, customers],
        )
        return Unit.objects.get(pk=cursor.fetchone()[0])


def head_of(unit):
    """Somebody who sees one unit and what is below it."""
    fields = {"name": "bench", "branch_id": unit.branch_id}
    user, _ = User.objects.get_or_create(username=f"bench-{unit.pk}", defaults=fields)
    Posting.objects.get_or_create(
        user=user, role="department_head", unit=unit, defaults={"valid_from": unit.valid_from}
    )
    return user


def signed_in(user):
    """A session and a token as the sign-in page gives them."""
    browser = Client()
    browser.force_login(user, backend="staff.login.Backend")
    browser.get("/profile/")
    return {name: morsel.value for name, morsel in browser.cookies.items()}


def texts(user):
    """{what is typed: [texts]} out of customers this person reaches, spread over all of them."""
    rows = Customer.objects.visible_to(user)
    keys = list(rows.order_by().values_list("pk", flat=True)[:400_000])
    some = rows.filter(pk__in=RANDOM.sample(keys, min(len(keys), ASKED * 20)))
    named = list(some.filter(kind="personal").exclude(name="").values_list("name", "initials", "pinyin")[:ASKED])
    owners = list(some.filter(kind="personal").values_list("pk", flat=True)[: ASKED * 2])
    held = Identifier.objects.filter(customer__in=owners, kind="service", value__startswith="1")
    lines = list(
        held.order_by("customer").distinct("customer").values_list("value", "customer__name", "customer__initials")
    )
    phones = [phone for phone, *_ in lines if len(phone) == 11][:ASKED]
    return (
        _by_number(phones)
        | _by_name(named)
        | {
            "company part": [name[2:6] for name in some.filter(kind="group").values_list("name", flat=True)[:ASKED]],
            "name and digits": [f"{name[:2]} {phone[-4:]}" for phone, name, _ in lines if name],
            "initials and digits": [f"{initials} {phone[:3]}" for phone, _, initials in lines if initials],
        }
    )


def _by_number(phones):
    return {
        "full phone": phones,
        "last 4": [phone[-4:] for phone in phones],
        "last 6": [phone[-6:] for phone in phones],
        "first 7": [phone[:7] for phone in phones],
        "inner 4": [phone[4:8] for phone in phones],
        "inner 5": [phone[3:8] for phone in phones],
        "3 digits": [phone[4:7] for phone in phones],
        "no such phone": [f"199{phone[-8:]}" for phone in phones],
    }


def _by_name(named):
    return {
        "full name": [name for name, *_ in named],
        "1 character": [name[0] for name, *_ in named],
        "2 characters": [name[:2] for name, *_ in named],
        "given name": [name[1:] for name, *_ in named],
        "initials": [initials for _, initials, _ in named],
        "pinyin": [pinyin for *_, pinyin in named],
        "pinyin, begun": [pinyin[:4] for *_, pinyin in named],
    }
