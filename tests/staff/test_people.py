from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from staff.models import Posting, User
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def verbs():
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def codes(refusal):
    error = refusal.value
    found = (
        [one for many in error.error_dict.values() for one in many]
        if hasattr(error, "error_dict")
        else error.error_list
    )
    return {one.code for one in found}


def hire(branch=None, **fields):
    fields = {"username": "zhang.wei", "name": "张伟", "password": PASSWORD, "by": make.user()} | fields
    return User.hire(branch=branch or make.branch(), **fields)


def test_a_person_is_hired_and_posted():
    branch, by = make.branch(), make.user()
    hall = make.unit("hall", parent=branch)
    person = hire(branch, by=by, username="Zhang.Wei")
    assert person.username == "zhang.wei"
    assert not person.has_perm("customers.view")
    person.post("clerk", hall, by=by)
    assert User.objects.get(pk=person.pk).has_perm("customers.view")
    assert verbs() == ["person.hired", "person.posted"]
    event = Event.objects.last()
    assert (event.actor, event.branch_id) == (by, branch.pk)
    assert event.data == {"user": person.pk, "role": "clerk", "unit": hall.pk, "starts": str(branch.today())}


def test_no_event_holds_a_password_or_a_name():
    person = hire()
    person.change_password("another horse altogether", by=person)
    for event in Event.objects.all():
        assert "horse" not in str(event.data)
        assert "张伟" not in str(event.data)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one", "password_too_short"),
        ("x" * 129, "too_long"),
        ("password123", "password_too_common"),
        ("zhang.wei.1", "own_words"),
        ("Telecom2026", "own_words"),
        ("ZhangWei-ZhangWei", "own_words"),
        ("wei wei wei zhang", "own_words"),
        ("一二三四五六七八九十", None),
        ("zhang.wei rides a kangaroo", None),
        ("    spaces   count   ", None),
        ("x" * 64 + "correct horse", None),
    ],
)
def test_a_password_is_long_and_not_the_obvious_one(password, code):
    if code is None:
        assert hire(password=password).check_password(password)
        return
    with pytest.raises(ValidationError) as refusal:
        hire(password=password)
    assert code in codes(refusal)
    assert not User.objects.filter(username="zhang.wei").exists()
    assert verbs() == []


def test_two_people_never_share_a_name_however_written():
    hire()
    with pytest.raises(ValidationError):
        hire(username="ＺＨＡＮＧ.wei")


def test_a_posting_stays_within_branch_and_life_of_its_unit():
    branch, by = make.branch(), make.user()
    person = hire(branch)
    hall = make.unit("hall", parent=branch, valid_from=date(2026, 1, 1))
    for unit, days, code in [
        (make.unit("hall"), {}, "branch"),
        (hall, {"starts": date(2025, 12, 31)}, "unit_not_open"),
        (hall, {"starts": date(2026, 2, 1), "ends": date(2026, 2, 1)}, None),
    ]:
        with pytest.raises(ValidationError) as refusal:
            person.post("clerk", unit, by=by, **days)
        if code:
            assert code in codes(refusal)
    hall.close(by=by)
    with pytest.raises(ValidationError) as refusal:
        person.post("clerk", hall, by=by)
    assert "unit_closed" in codes(refusal)
    person.post("clerk", hall, by=by, starts=date(2026, 2, 1), ends=date(2026, 3, 1))
    with pytest.raises(ValidationError):
        person.post("chief", branch, by=by)


def test_a_posting_ends_once_and_one_that_has_not_begun_is_taken_back():
    branch, by = make.branch(), make.user()
    person, today = hire(branch), branch.today()
    running = person.post("clerk", branch, by=by, starts=today - timedelta(9))
    planned = person.post("guide", branch, by=by, starts=today + timedelta(9))
    running.end(by=by)
    planned.end(by=by)
    assert list(Posting.objects.filter(user=person).values_list("pk", "valid_to")) == [(running.pk, today)]
    assert verbs()[-2:] == ["person.posting_ended", "person.posting_withdrawn"]
    with pytest.raises(ValidationError) as refusal:
        running.end(by=by)
    assert "ended" in codes(refusal)


def test_disabling_and_enabling_are_done_once_and_recorded_once():
    person, by = hire(), make.user()
    person.disable(by=by)
    User.objects.get(pk=person.pk).disable(by=by)
    person.enable(by=by)
    person.enable(by=by)
    assert verbs()[1:] == ["person.disabled", "person.enabled"]
    with pytest.raises(ValidationError) as refusal:
        person.disable(by=person)
    assert "self" in codes(refusal)
    assert User.objects.get(pk=person.pk).is_active
