"""A bill stays disputed as long as any complaint about it lasts (2.1 no. 14)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.dunning import disputing as disputes
from billing.models import Hold
from complaints import disputing, handling, merging
from complaints.accepting import accept
from complaints.models import Complaint
from jobs.runs import ask, work_off
from tests import complaining, make, money
from tests.complaints.test_accepting import told
from tests.race import together

pytestmark = [pytest.mark.django_db, pytest.mark.practice("B03")]
NOW = timezone.now()


def contesting(n=2, state="callback_due"):
    """So many complaints about one bill, which share its dispute."""
    customer = make.reachable()
    bill, by = money.bill(money.account(customer)), make.user("hotline", customer.branch)
    hold = disputes.dispute(bill, by=by, key="d", reason="不认可")
    fields = complaining.complaint_with(state) | {"state": state, "bill": bill, "hold": hold}
    return [complaining.complaint(customer, by, received_at=NOW - timedelta(hours=n - k), **fields) for k in range(n)]


def follow():
    """As often as the job does in one run; how many disputes are open then."""
    reached = {}
    while disputing.follow_one(timezone.now(), reached):
        pass
    return Hold.objects.filter(ended_at=None).count()


def close(one):
    caller = make.user("hotline", one.branch)
    handling.close(one, by=caller, at=timezone.now(), satisfied="satisfied")
    return caller


def test_the_last_of_the_complaints_about_a_bill_ends_its_dispute():
    first, second = contesting()
    close(first)
    assert follow() == 1
    close(second)
    assert follow() == 0
    assert follow() == 0


def test_taken_apart_after_the_other_was_closed_the_bill_is_disputed_again():
    survivor, one = contesting(state="in_progress")
    merging.merge(one, survivor, by=one.owner)
    handling.resolve(
        survivor, by=one.owner, cause=complaining.cause(one.branch), liability="ours", measure="退费", answer="已退费",
        answered_by="phone",
    )  # fmt: skip
    close(survivor)
    assert follow() == 0
    merging.unmerge(one, by=one.owner, reason="两件事")
    assert follow() == 1
    one.refresh_from_db()
    assert one.hold.ended_at is None
    assert follow() == 1
    handling.withdraw(one, by=one.owner, reason="好了")
    assert follow() == 0


def test_what_a_person_settled_is_not_disputed_again_by_itself():
    [one] = contesting(1, "in_progress")
    disputes.settle(one.hold, by=make.user("dunning_clerk", one.branch), outcome="已核对")
    assert follow() == 0


def test_one_that_is_refused_holds_up_no_other():
    refused, fine = contesting(1)[0], contesting(1)[0]
    for one in (refused, fine):
        close(one)
    # The key of its next dispute was used for another bill: refused for ever.
    disputes.settle(refused.hold, by=None, outcome="x")
    disputes.settle(fine.hold, by=None, outcome="x")
    other = money.bill(money.account(refused.customer))
    disputes.dispute(other, by=None, key=f"complaint:{refused.pk}:after {refused.hold_id}", reason="x")
    for one in (refused, fine):
        boss = make.user("branch_head", one.branch)
        handling.reopen(one, by=boss, at=timezone.now(), reason="又多收")
    run = ask("complaints.disputes", key="now")
    work_off()
    run.refresh_from_db()
    assert run.state == "done"
    assert Complaint.objects.get(pk=fine.pk).hold.ended_at is None
    assert Complaint.objects.get(pk=refused.pk).hold.ended_at


@pytest.mark.django_db(transaction=True)
def test_a_complaint_that_comes_as_the_dispute_is_settled_is_covered_in_the_end():
    [one] = contesting(1)
    close(one)
    one.refresh_from_db()
    category = complaining.category(one.branch, disputes=True)
    said = told(one.customer, bill=one.bill, category=category)
    together([lambda: disputing.settle(one, timezone.now()), lambda: accept(**said)])
    assert follow() == 1
