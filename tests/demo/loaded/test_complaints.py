"""A month of complaints of the demo branch: believable, in every state, and nothing that the rules forbid."""

from datetime import timedelta

import pytest
from django.db.models import Count, F
from django.utils import timezone

from audit.models import Event
from complaints import chronicle, delegating
from complaints.clocks import checking
from complaints.masked import masked_for
from complaints.models import (
    CallbackAnswer,
    Clock,
    Compensation,
    Complaint,
    Escalated,
    Incident,
    RegulatorCase,
    StateChange,
    SubTask,
    Suggestion,
    Survey,
)
from outreach.models import Message
from staff.models import Unit

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def there(branch, db):
    return Complaint.objects.filter(branch=branch)


def test_a_month_has_as_many_as_the_domain_says(there):
    counted = there.exclude(state__in=("draft", "merged"))
    assert dict(counted.values_list("category__area").annotate(Count("pk"))) == {
        "network": 10,
        "charges": 11,
        "service": 8,
    }
    assert counted.filter(is_repeat=True).count() == 2
    assert not there.filter(received_at__lt=timezone.now() - timedelta(days=31)).exists()
    assert not StateChange.objects.filter(complaint__in=there, at__gt=timezone.now()).exists()


def test_the_trail_says_when_each_thing_happened(there):
    """As the log does: a customer's timeline tells the month as it was."""
    moved = Event.objects.filter(verb="complaint.moved", subject_id__in=there.values("pk"))
    told, log = {}, {}
    for event in moved.order_by("pk"):
        told.setdefault(event.subject_id, []).append(event.at)
    for row in StateChange.objects.filter(complaint__in=there).exclude(was=F("then")).exclude(was="").order_by("n"):
        log.setdefault(row.complaint_id, []).append(row.at)
    assert told == log
    accepted = Event.objects.filter(verb="complaint.accepted", subject_id__in=told).values_list("subject_id", "at")
    assert dict(accepted).items() <= dict(there.values_list("pk", "accepted_at")).items()
    for customer in there.exclude(customer=None).values_list("customer", flat=True):
        steps = [(one.verb.split(".")[0], one.at) for one in Event.objects.of_customer(customer).order_by("pk")]
        for name in ("complaint", "follow_up"):
            moments = [at for of, at in steps if of == name]
            assert moments == sorted(moments), "as the timeline reads them"


def test_some_stand_in_every_state_that_lasts(there):
    lasting = set(Complaint.State) - {"resolved", "rejected", "accepted", "reopened"}
    assert set(there.values_list("state", flat=True)) >= lasting - {"waiting_customer", "waiting_department"}
    assert there.filter(reopened=1, ended_at=None).exists()
    assert there.filter(reopened=1, state="closed", satisfied="satisfied").exists()
    assert there.filter(state="closed", on_spot=True).count() == 3
    assert there.filter(customer=None).count() == 2
    assert there.filter(transfers=1).exists()
    assert there.exclude(person=None).exists()


def test_one_is_past_the_thirteenth_day_and_one_past_the_law(there):
    climbed = Escalated.objects.filter(complaint__in=there, clock__kind="legal", complaint__ended_at=None)
    assert set(climbed.values_list("step", flat=True)) >= {"warning", "critical", "over"}
    late = Clock.objects.filter(complaint__in=there, kind="legal", due_at__lt=timezone.now(), met_at=None)
    case = RegulatorCase.objects.get(complaint__in=there)
    assert [one.complaint for one in late.filter(stopped_at=None)] == [case.complaint]
    assert there.filter(escalated_at__isnull=False, ended_at=None).count() >= 2
    told = [step.text for step in chronicle.of(case.complaint, masked_for(case.complaint.owner, case.complaint))]
    assert "Raised because a clock ran out" in told
    assert not any("step" in text for text in told)


def test_departments_callbacks_money_and_surveys_are_there(there):
    of = {"complaint__in": there}
    assert set(SubTask.objects.filter(**of).values_list("state", flat=True)) >= {"done", "open"}
    network = Unit.objects.get(branch=there[0].branch, code="NETWORK")
    assert set(SubTask.objects.filter(unit=network, **of).values_list("state", flat=True)) == {"done", "open"}
    assert len(delegating.at_work(network)) == 2
    assert there.filter(coordinator__isnull=False).exists()
    assert CallbackAnswer.objects.filter(**of).count() > 10
    assert not CallbackAnswer.objects.filter(by=F("complaint__resolved_by"), **of).exists()
    assert set(Compensation.objects.filter(**of).values_list("state", flat=True)) == {"asked", "given"}
    assert Survey.objects.filter(answered_at__isnull=False, **of).exists()
    assert Incident.objects.get(branch=there[0].branch).complaints.count() == 3
    kinds = dict(Suggestion.objects.filter(branch=there[0].branch).values_list("state").annotate(Count("pk")))
    assert kinds == {"answered": 3, "new": 3}


def test_every_customer_was_told_the_number_and_nothing_of_former_days_is_still_to_be_sent(there):
    told = Message.objects.filter(about_type="complaints.complaint", about_id__in=there)
    assert told.filter(key__endswith=":accepted").count() == there.exclude(customer=None).count()
    old = timezone.now() - timedelta(days=1)
    assert not told.filter(created_at__lt=old).exclude(state__in=("delivered", "withheld")).exists()
    assert Event.objects.filter(verb="complaint.accepted", subject_id__in=there).count() == there.count() - 1


def test_the_clocks_are_as_the_log_says(there):
    assert list(checking.check(list(there.values_list("pk", flat=True)))) == []
