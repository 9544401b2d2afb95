"""Conditions judge one record in memory and many in the database, and both say the same."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.clocks.fields import ASKABLE
from complaints.models import Complaint
from staff.condition_forms import ConditionsForm
from tests import complaining, make

pytestmark = pytest.mark.django_db
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def rows(db):
    """Complaints that differ in all that may be asked; of a caller without a customer, too."""
    branch = make.branch()
    north, south = make.unit(parent=branch), make.unit(parent=branch)
    gold = make.tier(branch, code="gold", name="金")
    one = complaining.complaint(make.reachable(north), channel="hotline", level=2, is_repeat=True, area_unit=north)
    complaining.complaint(make.reachable(south, tier=gold, kind="group"), major=True, product="mobile", level=3)
    by = make.user("clerk", south)
    caller = {"customer": None, "caller_number": "13800001111", "tier": None, "category": one.category}
    Complaint.objects.create(
        branch=branch, number="C1", key="c1", channel="hall", words="x", accepted_at=one.accepted_at, owner=by,
        accepted_unit=south, unit=south, first_owner=by, **caller,
    )  # fmt: skip
    return Complaint.objects.filter(branch=branch).order_by("pk")


def conditions_of(branch):
    def of(field):
        if field.kind == "bool":
            return st.booleans().map(lambda said: {"field": field.name, "is": "one_of", "values": [said]})
        offered = [value for value, words in field.choices(branch)]
        return st.builds(
            lambda how, values: {"field": field.name, "is": how, "values": values},
            st.sampled_from(["one_of", "none_of"]),
            st.lists(st.sampled_from(offered), min_size=1, max_size=3, unique=True),
        )

    fields = st.lists(st.sampled_from(ASKABLE.fields), max_size=3, unique_by=lambda one: one.name)
    return fields.flatmap(lambda chosen: st.tuples(*(of(field) for field in chosen)).map(list))


def test_memory_and_database_agree(rows):
    branch = rows[0].branch

    @SLOW
    @given(conditions_of(branch))
    def agree(conditions):
        checked = ASKABLE.check(conditions, branch)
        in_memory = [one.pk for one in rows if ASKABLE.fits(checked, one)]
        assert in_memory == list(rows.filter(ASKABLE.query(checked)).values_list("pk", flat=True))

    agree()


def test_a_unit_stands_for_what_is_below_it(rows):
    asked = [{"field": "unit", "is": "one_of", "values": [rows[0].branch_id]}]
    assert rows.filter(ASKABLE.query(asked)).count() == 3


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "weather", "is": "one_of", "values": ["rain"]},
        {"field": "level", "is": "at_least", "values": [2]},
        {"field": "level", "is": "one_of", "values": []},
        {"field": "level", "is": "one_of", "values": [9]},
        {"field": "repeat", "is": "one_of", "values": ["yes"]},
        "level",
        {"field": "level", "is": "one_of", "values": [[2]]},
        {"field": "level", "is": "one_of", "values": [{"a": 1}]},
        {"field": "level", "is": "one_of", "values": [True]},
        {"field": "level", "is": ["one_of"], "values": [2]},
        {"field": ["level"], "is": "one_of", "values": [2]},
        {"field": "level", "is": "one_of", "values": {"2": 2}},
    ],
)
def test_what_says_nothing_is_refused(condition):
    with pytest.raises(ValidationError):
        ASKABLE.check([condition], make.branch())


def test_another_branchs_unit_cannot_be_asked():
    asked = [{"field": "unit", "is": "one_of", "values": [make.unit().pk]}]
    with pytest.raises(ValidationError):
        ASKABLE.check(asked, make.branch())


def test_a_form_says_what_it_was_given():
    branch = make.branch()
    asked = [
        {"field": "level", "is": "none_of", "values": [1, 2]},
        {"field": "repeat", "is": "one_of", "values": [True]},
    ]
    shown = ConditionsForm(askable=ASKABLE, branch=branch, conditions=asked)
    sent = {f"if-{name}": value for name, value in shown.initial.items()}
    form = ConditionsForm(sent, askable=ASKABLE, branch=branch)
    assert form.is_valid(), form.errors
    assert form.asked == asked


def test_conditions_are_read_as_sentences():
    asked = [{"field": "level", "is": "none_of", "values": [1]}, {"field": "repeat", "is": "one_of", "values": [True]}]
    assert ASKABLE.words(asked, make.branch()) == ["level: none of General", "repeated: yes"]
