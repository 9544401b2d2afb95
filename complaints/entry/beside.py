"""What a clerk sees beside the form while typing: repeats, open complaints, outages, answers (4.1, peers E).

Current outages and answer cards let them answer before complaining starts.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from complaints.accepting import RIGHT
from complaints.entry.subject import Subject
from complaints.models import AnswerCard, Category, Complaint, ComplaintRules, Incident, RegulatorCase
from complaints.models.states import IN_HAND
from complaints.weighing import earlier
from customers.callers import Caller, callers
from customers.masking import reaches
from customers.numbers import normalise
from staff.models import User

MOST_OPEN, MOST_INCIDENTS, MOST_CARDS, MOST_KNOWN = 5, 5, 4, 3
SHORTEST = 6  # digits of a number that is looked for
OWN_MARKS = "complaints.standing.marks"  # said here at length


@dataclass
class Beside:
    """For a person, a subject, the class and incident chosen by now, and what is asked of the answer cards."""

    user: User
    subject: Subject
    category: Category | None = None
    ask: str = ""
    under: str = ""  # id of the incident that was ticked
    number: str = ""  # of the caller, as far as it is typed

    @cached_property
    def marks(self):
        if not self.subject.customer:
            return []
        paths = [path for path in settings.CUSTOMER_MARKS if path != OWN_MARKS]
        return [mark for path in paths for mark in import_string(path)(self.subject.customer, self.user)]

    @cached_property
    def known(self) -> list[Caller]:
        """Of a stranger, the customers who have this whole number today and of whom the person may accept."""
        if self.subject.customer or len(normalise(self.number)) < SHORTEST:
            return []
        found = (one for one in callers(self.number, self.user) if not one.old)
        return [one for one in found if reaches(self.user, RIGHT, one.customer)][:MOST_KNOWN]

    @cached_property
    def appeals(self) -> int:
        """How often the customer went to the regulator before."""
        customer = self.subject.customer
        return RegulatorCase.objects.filter(complaint__customer=customer).count() if customer else 0

    @cached_property
    def open(self) -> list[Complaint]:
        if not self.subject.customer:
            return []
        rows = Complaint.objects.known_to(self.user).filter(customer=self.subject.customer).open()
        return list(rows.select_related("category").order_by("-pk")[:MOST_OPEN])

    @cached_property
    def repeated(self) -> Complaint | None:
        """What a complaint of the chosen class would repeat."""
        found = earlier(self.subject.customer, self.category, timezone.now())
        return None if found and found.person_id == self.user.pk else found

    @cached_property
    def incidents(self) -> list[Incident]:
        """Going on where the customer is, with what they have; of an unknown caller all of the branch."""
        rows = Incident.objects.visible_to(self.user).filter(branch=self.user.branch, state=Incident.State.OPEN)
        if customer := self.subject.customer:
            here = [unit.path for unit in (customer.unit, customer.community) if unit]
            ids = {int(key) for path in here for key in path.strip("/").split("/")}
            kinds = set(customer.lines.filter(ended_on=None).values_list("kind", flat=True))
            rows = rows.filter(Q(product="") | Q(product__in=kinds), area__in=ids)
        return list(rows.select_related("area").order_by("-began_at")[:MOST_INCIDENTS])

    @cached_property
    def many(self) -> int:
        """Where the customer lives, so many complaints came lately that it looks like an incident; else 0."""
        place = self.subject.customer and self.subject.customer.community
        if not place or self.incidents:
            return 0
        rules = ComplaintRules.of(place.home_id)
        since = timezone.now() - timedelta(hours=rules.batch_hours)
        rows = Complaint.objects.filter(branch=place.home_id, received_at__gte=since, area_unit=place, imported=False)
        n = rows.filter(state__in=IN_HAND, incident=None).order_by()[: rules.batch].count()
        return n if n >= rules.batch else 0

    @cached_property
    def cards(self) -> list[AnswerCard]:
        """Those that hold what is asked for, else those of the class."""
        rows = AnswerCard.objects.visible_to(self.user).filter(branch=self.user.branch)
        if self.ask.strip():
            return list(rows.saying(self.ask)[:MOST_CARDS])
        return list(rows.on(self.category)[:MOST_CARDS]) if self.category else []
