"""Cases of the jobs that do something with many complaints: news of an incident, classes."""

from complaints.classing import tasks
from complaints.incidents import passing_on, running
from complaints.models import Complaint, KeywordRule
from jobs.models import Run
from outreach.models import Message
from tests import complaining, make
from tests.jobs.case import case


def of_one_branch(n):
    unit = make.unit()
    return [make.reachable(unit) for _ in range(n)], make.user("data_steward", unit.home)


@case(passing_on.TELLS)
def told_anew():
    """More than a batch of complaints under an incident whose customers were sent their number, two of them of one
    customer; one was sent nothing, one is closed.
    """
    customers, by = of_one_branch(23)
    branch, clerk = customers[0].branch, make.user("clerk", customers[0].unit)
    one, kind = complaining.incident(branch, by=by), complaining.category(branch)
    for n, customer in enumerate([*customers, customers[0]]):
        over = complaining.complaint_with("closed") | {"state": "closed"} if n == 1 else {}
        made = complaining.complaint(customer, clerk, category=kind, incident=one, **over)
        if n != 2:
            make.message(customer, about_type="complaints.complaint", about_id=made.pk)
    running.tell(one, by=by, say="光缆已找到断点")
    Run.objects.filter(job=passing_on.TELLS).delete()  # the one that was asked for at once

    def state():
        rows = Message.objects.filter(key__startswith="incident:")
        return rows.count(), rows.values("customer").distinct().count()

    return {"params": {"incident": one.pk, "n": 1}}, state


def unclassed(words):
    """Complaints that files brought, and who brought them."""
    [customer], by = of_one_branch(1)
    for text in words:
        complaining.complaint(customer, words=text, imported=True)
    Complaint.objects.update(category=None)
    return complaining.category(customer.branch), by


def classes():
    rows = Complaint.objects.values_list("words", "category", "edition")
    return sorted((words, bool(category), edition) for words, category, edition in rows)


@case(tasks.BY_WORDS)
def by_words():
    """Seven that hold the word, and one that does not."""
    category, by = unclassed([*("慢" * n for n in range(1, 8)), "断"])
    return {"params": {"words": ["慢"], "category": category.pk}, "by": by}, classes


@case(tasks.BY_RULES)
def by_rules():
    category, by = unclassed([*("慢" * n for n in range(1, 8)), "断"])
    KeywordRule.objects.create(branch=by.branch, order=1, words=["慢"], category=category)
    return {"by": by}, classes
