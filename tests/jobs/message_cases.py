"""Cases of the jobs about messages to customers."""

from datetime import timedelta

from django.utils import timezone

from outreach.models import Decision, DeliveryReport, Inbound, Message, Wave
from tests import make
from tests.jobs.case import case


@case("outreach.expire")
def expire():
    """Messages whose time has passed, planned and held, and one whose time has not."""
    customer = make.reachable()
    past, later = (timezone.now() + timedelta(hours=hours) for hours in (-1, 1))
    for n in range(45):
        make.message(customer, state="held" if n % 2 else "planned", not_after=past)
    make.message(customer, not_after=later)

    def state():
        return sorted(Message.objects.values_list("state", "reason")), Decision.objects.count()

    return {}, state


@case("outreach.understand")
def understand():
    """Replies that were kept while nobody looked at them: a stop and a question."""
    customer = make.reachable(phone="13900001111")
    for n, text in enumerate(["TD", "?", "你好"]):
        Inbound.objects.create(gateway="sms", gateway_id=str(n), sender="13900001111", text=text)
    Inbound.objects.update(received_at=timezone.now() - timedelta(hours=1))

    def state():
        handled = list(Inbound.objects.order_by("gateway_id").values_list("handled_as", flat=True))
        return handled, list(customer.consents.values_list("purpose", "word")), Message.objects.count()

    return {}, state


@case("outreach.follow")
def follow():
    """A held set, some of whose messages are held for it, some not yet, and one by a person; then it was cancelled."""
    customer = make.reachable()
    template = make.template(customer.branch)
    wave = Wave.objects.create(branch=customer.branch, template=template, key="w", planned=30, state="cancelled")
    for n in range(30):
        state = {"state": "held", "reason": "held" if n == 4 else "volume"} if n % 2 else {}
        make.message(customer, wave=wave, **state)
    make.message(customer)

    def state():
        return sorted(Message.objects.values_list("state", "reason")), Decision.objects.count()

    return {"params": {"wave": wave.pk}}, state


@case("outreach.greet")
def greet():
    """Customers whose birthday is today, one whose is not, and one who wants no greetings."""
    branch = make.branch()
    make.template(branch, code="birthday_greeting", purpose="greeting", message_class="care")
    day = branch.today()
    for n in range(30):
        make.reachable(branch, number=f"G{n:03}", birthday=day.replace(year=1980))
    make.reachable(branch, birthday=day.replace(year=1980) + timedelta(days=1))
    refuses = make.reachable(branch, birthday=day.replace(year=1980))
    refuses.consents.create(purpose="care", word="refused", how="hall")

    def state():
        greeted = Message.objects.order_by("customer__number").values_list("customer__number", "state")
        return list(greeted), list(Wave.objects.values_list("planned", "state"))

    return {}, state


@case("outreach.prune")
def prune_reports():
    """Delivery reports of half a year ago, and young ones."""
    for n in range(50):
        DeliveryReport.objects.create(gateway="sms", gateway_ref=str(n), status="delivered")
    old = DeliveryReport.objects.order_by("pk").values_list("pk", flat=True)[:45]
    DeliveryReport.objects.filter(pk__in=list(old)).update(received_at=timezone.now() - timedelta(days=181))
    return {}, DeliveryReport.objects.count
