"""People and where they work; runs, events, and who is told of them."""

import json
from datetime import timedelta

from django.utils import timezone

from audit.models import Event
from jobs.models import Run
from staff.models import FirstView
from tests import make
from tests.leaks.canaries import registry

FACTORIES, of = registry()


@of("jobs.Run")
def run(w):
    texts = {"error": w.hide("run error"), "params": {"text": w.hide("params")}}
    return Run.objects.create(job="jobs.pulse", key=w.hide("key"), branch_id=w.branch.pk, asked_by=w.owner, **texts)


@of("webhooks.Subscription")
def subscription(w):
    """At north; made before the event, so that the event is owed to it."""
    secrets = {"name": w.hide("name"), "url": f"https://receiver.example/{w.hide('path')}"}
    return make.subscription(w.north, created_by=w.owner, **secrets)


@of("audit.Event")
def event(w):
    return Event.objects.create(
        actor=w.owner, verb="customer.changed", subject_type="customers.customer", subject_id=w.customer.pk,
        customer_id=w.customer.pk, branch_id=w.branch.pk, data=json.loads(json.dumps({"text": w.hide("event")})),
    )  # fmt: skip


@of("webhooks.Delivery")
def delivery(w):
    made = w.subscription.deliveries.get(event=w.event)
    made.made.create(n=1, status=500, answer=w.hide("answer"), ended_at=w.event.at)
    return made


@of("staff.Unit")
def unit(w):
    return make.unit("hall", w.north, name=w.tell("hall"), code=w.tell("code"))


@of("staff.User")
def user(w):
    return make.user("clerk", w.unit, name=w.tell("person"), username=w.tell("login"))


@of("staff.Absence")
def absence(w):
    """The owner is away from tomorrow on; somebody of the unit stands in."""
    return make.absence(w.owner, make.user("clerk", w.north), starts=timezone.now() + timedelta(days=1))


@of("staff.Token")
def token(w):
    make.token(w.owner)
    made = w.owner.tokens.get()
    made.name = w.hide("name")
    made.save()
    return made


@of("staff.WorkCalendar")
def workcalendar(w):
    return make.calendar(w.branch, name=w.tell("calendar"), name_en=w.tell("calendar"))


@of("staff.CalendarDay")
def calendarday(w):
    return make.special_day(w.workcalendar, "2027-01-04", name=w.tell("special day"))


@of("staff.Posting")
def posting(w):
    return w.user.postings.get()


@of("staff.SavedView")
def savedview(w):
    """The owner's own."""
    return make.saved_view(w.owner, name=w.hide("own view"))


@of("staff.FirstView")
def firstview(w):
    """With which the list begins for somebody who does not knock; it is the unit's."""
    w.sharedview = make.saved_view(w.owner, w.north, name=w.hide("view of a unit"))
    return FirstView.objects.create(user=w.user, list=w.sharedview.list, view=w.sharedview)
