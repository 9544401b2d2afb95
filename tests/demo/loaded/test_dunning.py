"""What dunning did in the demo branch: believable, and nothing that the rules forbid."""

from datetime import timedelta

import pytest
from django.db.models import Count, F
from django.utils import timezone

from billing.dunning import planning
from billing.models import (
    CaseStep,
    DunningCase,
    Exemption,
    FrozenNumber,
    Hold,
    PaymentPromise,
    Reminder,
    ServiceRequest,
    Stage,
    Waiver,
)
from customers.models import Line
from outreach.models import Message

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def cases(branch, db):
    return DunningCase.objects.filter(branch=branch)


def test_cycles_ended_with_a_payment_and_others_stand_on_several_rungs(cases):
    assert cases.filter(state=Stage.CLOSED, ended_for="paid").count() > 20
    assert len(set(cases.open().values_list("state", flat=True))) >= 3
    assert not cases.filter(opened_at__gt=timezone.now()).exists()
    assert not CaseStep.objects.filter(done_at__gt=timezone.now()).exists()


def test_each_notice_was_delivered_and_is_on_record(cases):
    told = CaseStep.objects.filter(case__in=cases, step__action="message")
    assert told.count() == Reminder.objects.filter(step__in=told, how="delivered").count() > 20
    assert not Message.objects.filter(pk__in=told.values("message")).exclude(state="delivered").exists()
    latest = [one for one in told if one.case.state != Stage.CLOSED]
    assert all(one.bills for one in told)
    assert set(Reminder.objects.naming(F("step__case__since")).filter(step__in=latest)) == {
        one.reminder for one in latest
    }


def test_every_line_that_was_stopped_had_been_reminded_a_day_before(cases):
    stops = ServiceRequest.objects.filter(case__in=cases)
    assert stops.exists()
    assert not stops.filter(reminder__at__gt=F("asked_at") - timedelta(hours=24)).exists()
    suspended = Line.objects.filter(status__startswith="suspended", branch=cases.first().branch)
    assert set(stops.values_list("line", flat=True)) <= set(suspended.values_list("pk", flat=True))


def test_the_next_night_opens_cases_that_are_not_there_yet(cases):
    after, opened = 0, 0
    while after is not None:
        planned = planning.plan_some(after, timezone.now())
        after, opened = planned.accounts_upto, opened + planned.opened
    assert opened > 5


def test_something_is_agreed_of_every_kind(branch, db):
    here = {"branch": branch}
    promises = PaymentPromise.objects.filter(**here)
    assert set(promises.values_list("state", flat=True)) >= {"open", "broken"}
    assert promises.annotate(n=Count("parts")).filter(state="open", n=3).count() == 1
    assert set(Hold.objects.filter(ended_at=None, **here).values_list("kind", flat=True)) == {"dispute", "manual"}
    assert set(Exemption.objects.filter(**here).values_list("state", flat=True)) == {"asked", "approved"}
    assert set(Waiver.objects.filter(**here).values_list("state", flat=True)) == {"asked", "given"}


def test_a_number_is_kept_and_a_request_was_refused(branch, db):
    kept = FrozenNumber.objects.kept().get(branch=branch)
    assert (kept.line.status, kept.until > timezone.localdate()) == ("off_net", True)
    assert ServiceRequest.objects.get(branch=branch, state="refused").refused_for
