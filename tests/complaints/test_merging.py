"""Two complaints of one matter become one, and two again (amendment 1)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from complaints import assigning, handling, merging
from complaints.models import Complaint, SubTask
from tests import complaining, make
from tests.complaints.test_handling import at_work

pytestmark = pytest.mark.django_db


def pair():
    """One, and an earlier one of the same customer."""
    one = at_work("assigned")
    return one, complaining.complaint(one.customer, one.owner, received_at=earlier())


def earlier():
    return timezone.now() - timedelta(days=2)


def test_merged_and_taken_apart_it_is_what_it_was():
    one, survivor = pair()
    merging.merge(one, survivor, by=one.owner)
    one.refresh_from_db()
    assert (one.state, one.merged_into, one.merged_from) == ("merged", survivor, "assigned")
    merging.unmerge(one, by=one.owner, reason="两件事")
    one.refresh_from_db()
    assert (one.state, one.merged_into, one.ended_at) == ("assigned", None, None)


def test_what_was_merged_into_it_goes_with_it():
    one, survivor = pair()
    third = complaining.complaint(one.customer, one.owner)
    merging.merge(third, one, by=one.owner)
    merging.merge(one, survivor, by=one.owner)
    third.refresh_from_db()
    assert third.merged_into == survivor
    merging.unmerge(third, by=one.owner, reason="两件事")


def test_only_into_an_earlier_one_in_hand_of_the_same_customer():
    """Neither is the law's clock exchanged for a later one, nor a customer's answer given to another."""
    one, survivor = pair()
    of_another = complaining.complaint(make.customer(one.unit), one.owner, received_at=earlier())
    told = complaining.complaint_with("callback_due")
    answered = complaining.complaint(one.customer, one.owner, received_at=earlier(), state="callback_due", **told)
    for which, into in ((one, of_another), (one, answered), (survivor, one)):
        with pytest.raises(ValidationError) as refusal:
            merging.merge(which, into, by=one.owner)
        assert "into" in refusal.value.message_dict


def test_one_whose_tasks_ended_while_it_was_merged_goes_on_when_it_is_taken_apart():
    one, survivor = pair()
    task = complaining.task(one, state="open")
    Complaint.objects.filter(pk=one.pk).update(state="in_progress")
    Complaint.objects.filter(pk=one.pk).update(state="waiting_department")
    merging.merge(one, survivor, by=one.owner)
    SubTask.objects.filter(pk=task.pk).update(state="cancelled", ended_at=timezone.now())
    merging.unmerge(one, by=one.owner, reason="两件事")
    one.refresh_from_db()
    assert one.state == "in_progress"


def test_nothing_is_merged_into_what_is_over_or_merged():
    one, survivor = pair()
    merging.merge(one, survivor, by=one.owner)
    third = complaining.complaint(one.customer, one.owner)
    over = complaining.complaint(one.customer, one.owner, state="closed", **complaining.complaint_with("closed"))
    for into in (one, over, third):
        with pytest.raises(ValidationError):
            merging.merge(third, into, by=one.owner)
    with pytest.raises(ValidationError):
        merging.merge(over, third, by=one.owner)


def test_taken_apart_in_time_and_with_a_reason():
    one, survivor = pair()
    merging.merge(one, survivor, by=one.owner)
    late = timezone.now() + timedelta(days=31)
    for reason, at in (("", None), ("两件事", late)):
        with pytest.raises(ValidationError):
            merging.unmerge(one, by=one.owner, reason=reason, at=at)
    with pytest.raises(ValidationError):
        merging.unmerge(survivor, by=one.owner, reason="两件事")


def test_candidates_are_open_ones_of_the_customer():
    one, survivor = pair()
    complaining.complaint(make.customer(one.unit), one.owner)
    complaining.complaint(one.customer, one.owner, state="closed", **complaining.complaint_with("closed"))
    assert list(merging.candidates(one)) == [survivor]


def test_what_is_merged_is_not_worked_on():
    one, survivor = pair()
    merging.merge(one, survivor, by=one.owner)
    for do in (
        lambda: assigning.assign(one, one.owner, by=one.owner),
        lambda: handling.go_on(one, by=one.owner),
        lambda: handling.contact(one, by=one.owner, key="c"),
        lambda: handling.withdraw(one, by=one.owner, reason="好了"),
    ):
        with pytest.raises(ValidationError) as refusal:
            do()
        assert refusal.value.code == "move"
