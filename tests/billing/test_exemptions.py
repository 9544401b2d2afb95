"""Lines that are never stopped for arrears: asked by one, approved by another (domain 4.3, 4.11)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from billing.dunning import exempting, lapsing
from billing.models import Exemption
from billing.service_requests import asking
from customers.models import Line
from tests import dunning, make
from tests.promising import account
from tests.race import race
from work.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture
def head(hall):
    return make.user("department_head", hall.parent)


@pytest.fixture
def owes(hall):
    return account(customer=make.customer(hall))


@pytest.fixture
def line(owes):
    return make.line(owes.customer)


def ask(line, by, **fields):
    return exempting.ask(line, by=by, **{"kind": "hospital", "reason": "急诊科总机"} | fields)


def refused(operate, *args, **fields):
    with pytest.raises(ValidationError) as error:
        operate(*args, **fields)
    return " ".join(error.value.messages)


def test_asked_for_the_head_hears_and_approved_the_asker(line, clerk, head):
    made = ask(line, clerk)
    told = Notice.objects.get(kind="exemption.asked")
    assert (told.user, told.urgency, "hospital" in told.data.values()) == (head, Notice.Urgency.RING, True)
    exempting.approve(made, by=head)
    assert line.exemptions.standing(timezone.localdate()).exists()
    told.refresh_from_db()
    assert told.done_at
    assert Notice.objects.get(kind="exemption.approved").user == clerk
    assert set(Event.objects.filter(verb__startswith="exemption.a").values_list("verb", flat=True)) == {
        "exemption.asked",
        "exemption.approved",
    }


def test_nobody_approves_what_they_asked_for(line, head):
    made = ask(line, head)
    assert "Somebody else" in refused(exempting.approve, made, by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.filter(pk=made.pk).update(decided_by=head)


def test_it_is_decided_once(line, clerk, head):
    made = exempting.refuse(ask(line, clerk), by=head, answer="不在名单")
    assert (made.state, made.answer) == ("refused", "不在名单")
    assert Notice.objects.get(kind="exemption.refused").user == clerk
    assert "decided already" in refused(exempting.approve, made, by=head)
    assert not line.exemptions.standing(timezone.localdate()).exists()


def test_one_at_a_time_with_a_reason_and_a_day_ahead(line, clerk, head):
    assert "Say why" in refused(ask, line, clerk, reason=" ")
    assert "is over" in refused(ask, line, clerk, until=timezone.localdate() - timedelta(1))
    made = ask(line, clerk)
    assert "already" in refused(ask, line, clerk)
    assert "Say why not" in refused(exempting.refuse, made, by=head, answer="")
    exempting.end(made, by=clerk, reason="误报")
    assert ask(line, clerk).pk != made.pk
    assert "Say why" in refused(exempting.end, made, by=clerk, reason="")


@pytest.mark.practice("A25")
def test_approved_a_stop_that_is_only_asked_for_is_withdrawn(owes, line, clerk, head):
    stop = dunning.stop(owes.dunning_cases.get(), line=line)
    other = dunning.stop(owes.dunning_cases.get(), reminder=stop.reminder)
    exempting.approve(ask(line, clerk), by=head)
    stop.refresh_from_db()
    other.refresh_from_db()
    assert (stop.state, other.state) == ("withdrawn", "asked")


def test_approved_a_line_that_was_stopped_for_arrears_is_asked_back(owes, line, clerk, head):
    dunning.stop(owes.dunning_cases.get(), line=line, state="confirmed", ended_at=timezone.now())
    Line.objects.filter(pk=line.pk).update(status="suspended_one_way")
    exempting.approve(ask(line, clerk), by=head)
    assert line.service_requests.get(action="restore").origin == "staff"


@pytest.mark.practice("A25")
@pytest.mark.django_db(transaction=True)
def test_approved_while_a_stop_is_asked_for_the_line_is_not_stopped(owes, line, clerk, head):
    case = owes.dunning_cases.get()
    proof = {"case": case, "reminder": dunning.reminder(case)}
    made = ask(line, clerk)

    def stop():
        return asking.ask(owes, line, "suspend_one_way", origin="arrears", key="stop", **proof)

    race(owes, [lambda: exempting.approve(made, by=head), stop])
    assert not owes.service_requests.filter(state="asked").exists()


@pytest.mark.django_db(transaction=True)
def test_many_askers_and_many_approvers_are_one_each(line, clerk, hall):
    heads = [make.user("department_head", hall.parent) for _ in range(3)]
    asked = [one for one in race(line, [lambda: ask(line, clerk)] * 3) if isinstance(one, Exemption)]
    assert len(asked) == 1
    race(asked[0], [lambda by=by: exempting.approve(Exemption.objects.get(pk=asked[0].pk), by=by) for by in heads])
    assert Event.objects.filter(verb="exemption.approved").count() == 1


def test_it_ends_the_day_after_its_last(line, clerk, head):
    made = exempting.approve(ask(line, clerk, until=timezone.localdate()), by=head)
    assert lapsing.lapse_exemptions(timezone.now()) == 0
    assert lapsing.lapse_exemptions(timezone.now() + timedelta(days=1)) == 1
    made.refresh_from_db()
    assert made.state == "ended"
    assert lapsing.lapse_exemptions(timezone.now() + timedelta(days=1)) == 0


def test_the_branch_head_ends_what_they_may_approve(client, line, clerk, owes):
    one = ask(line, clerk)
    boss = make.user("branch_head", owes.branch)
    client.force_login(boss)
    client.post(reverse("exemption-approve", args=[one.pk]))
    answer = client.post(reverse("exemption-end", args=[one.pk]), {"reason": "不再需要"})
    one.refresh_from_db()
    assert (answer.status_code, one.state) == (302, "ended")
