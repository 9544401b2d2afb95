"""Who is away, who stands in, and who may say so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.models import Event
from jobs import runs
from staff.absences import begin_next, finish_next, stands_in_for
from staff.models import Absence
from tests import make
from tests.race import race, together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
HEARD = []


def hear(absence):
    HEARD.append((absence.pk, absence.in_force, absence.is_over))


@pytest.fixture
def heard(settings):
    """What a follower of absences heard: (whether it is in force, whether it is over)."""
    settings.ABSENCE_FOLLOWERS = ["tests.staff.test_absences.hear"]
    HEARD.clear()
    return HEARD


@pytest.fixture
def team():
    hall = make.unit("hall")
    return [make.user("clerk", hall) for _ in range(4)]


def enter(user, deputy, starts=NOW, ends=NOW + 5 * DAY, **fields):
    fields = {"by": user, "kind": "leave", "at": NOW} | fields
    return Absence.enter(user=user, deputy=deputy, starts=starts, ends=ends, **fields)


def test_a_deputy_stands_in_while_the_person_is_away(team, django_assert_num_queries):
    one, two, three, _ = team
    enter(one, two, starts=NOW + DAY, ends=NOW + 3 * DAY)
    with django_assert_num_queries(1):
        assert stands_in_for(team, NOW + 2 * DAY) == {one.pk: two.pk}
    assert stands_in_for(team, NOW) == {}
    assert stands_in_for(team, NOW + 3 * DAY) == {}
    assert stands_in_for([three], NOW + 2 * DAY) == {}


def test_an_absence_that_has_come_begins_at_once(team, heard):
    absence = enter(team[0], team[1])
    assert absence.begun_at == NOW
    assert heard == [(absence.pk, False, False), (absence.pk, True, False)]


def test_one_that_is_planned_begins_and_ends_once_by_the_clock(team, heard):
    absence = enter(team[0], team[1], starts=NOW + DAY, ends=NOW + 2 * DAY)
    heard.clear()
    assert begin_next(NOW) is None
    assert begin_next(NOW + DAY).pk == absence.pk
    assert begin_next(NOW + DAY) is None
    assert finish_next(NOW + 2 * DAY - timedelta(seconds=1)) is None
    assert finish_next(NOW + 2 * DAY).pk == absence.pk
    assert finish_next(NOW + 3 * DAY) is None
    assert heard == [(absence.pk, True, False), (absence.pk, False, True)]


def test_back_early_ends_now_and_leaves_the_rest_free(team, heard):
    one, two, three, _ = team
    enter(one, two).end(by=one, at=NOW + DAY)
    assert stands_in_for([one], NOW + DAY) == {}
    enter(one, three, starts=NOW + DAY, ends=NOW + 2 * DAY)
    assert finish_next(NOW + DAY) is None
    assert Event.objects.filter(verb="absence.ended", actor=one).count() == 1


def test_one_that_has_not_begun_is_withdrawn(team):
    one, two, *_ = team
    absence = enter(one, two, starts=NOW + DAY)
    absence.end(by=one, at=NOW)
    assert absence.withdrawn_at == NOW
    assert stands_in_for([one], NOW + 2 * DAY) == {}
    assert begin_next(NOW + 2 * DAY) is None
    with pytest.raises(ValidationError, match="is over"):
        absence.end(by=one)


def refused(match, *args, **fields):
    with pytest.raises(ValidationError, match=match):
        enter(*args, **fields)
    return True


def test_a_deputy_has_to_be_able(team):
    one, two, three, gone = team
    assert refused("Somebody else", one, one)
    gone.is_active = False
    gone.save()
    assert refused("does not work here", one, gone)
    assert refused("does not work here", one, make.user("clerk", make.unit("hall")))
    two.postings.update(valid_to="2026-11-25")
    assert refused("does not work here", one, two)
    enter(three, make.user("clerk", three.branch), starts=NOW + 4 * DAY, ends=NOW + 9 * DAY)
    assert refused("away themselves", one, three)


def test_nobody_stands_in_for_a_deputy(team):
    one, two, three, _ = team
    enter(one, two)
    assert refused("stands in for", two, three)
    assert enter(two, three, starts=NOW + 5 * DAY, ends=NOW + 6 * DAY)


def test_nobody_is_away_twice_at_once(team):
    one, two, three, _ = team
    enter(one, two)
    assert refused("already away", one, three, starts=NOW + 4 * DAY, ends=NOW + 6 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.absence(one, three, starts=NOW)


def test_an_absence_that_is_over_before_it_begins_is_refused(team):
    assert refused("over before it begins", team[0], team[1], starts=NOW, ends=NOW)
    assert refused("over before it begins", team[0], team[1], starts=NOW - 3 * DAY, ends=NOW - DAY)


def test_another_deputy_takes_over(team, heard):
    one, two, three, four = team
    absence = enter(one, two)
    absence.hand_to(three, by=four, at=NOW + DAY)
    assert stands_in_for([one], NOW + DAY) == {one.pk: three.pk}
    assert enter(two, four, starts=NOW + DAY, ends=NOW + 2 * DAY)
    with pytest.raises(ValidationError, match="away themselves"):
        absence.hand_to(two, by=one, at=NOW + DAY)


@pytest.mark.django_db(transaction=True)
def test_two_who_make_each_other_their_deputy_at_once_do_not_both(heard):
    hall = make.unit("hall")
    one, two = (make.user("clerk", hall) for _ in range(2))
    results = together([lambda: enter(one, two), lambda: enter(two, one)])
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert Absence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_absence_entered_twice_at_once_is_one(heard):
    hall = make.unit("hall")
    one, two = (make.user("clerk", hall) for _ in range(2))
    results = race(one, lambda: enter(one, two))
    assert sum(isinstance(result, Absence) for result in results) == 1


@pytest.mark.django_db(transaction=True)
def test_an_absence_begins_and_ends_once_however_many_clocks_tick(heard):
    hall = make.unit("hall")
    one, two = (make.user("clerk", hall) for _ in range(2))
    absence = make.absence(one, two, starts=NOW, days=1)
    begun = together(lambda: begin_next(NOW))
    ended = together([lambda: finish_next(NOW + DAY), lambda: Absence.objects.get(pk=absence.pk).end(by=one, at=NOW)])
    assert [one for one in begun if one] == [absence]
    assert [(absence.pk, True, False), (absence.pk, False, True)] == HEARD
    assert any(not isinstance(result, ValidationError) for result in ended)


def test_the_clockwork_begins_and_ends_what_is_due(team, heard):
    past = make.absence(team[0], team[1], starts=NOW - 400 * DAY, days=3)
    runs.ask("staff.absences", key="x")
    runs.work_off()
    past.refresh_from_db()
    assert past.begun_at
    assert past.ended_at


# Pages


def away(**fields):
    return {"kind": "sick", "first": "2099-03-02", "last": "2099-03-04"} | fields


def test_a_person_enters_and_withdraws_an_absence_of_whole_days():
    hall = make.unit("hall")
    desk, colleague = make.sign_in("clerk", hall, language="en"), make.user("clerk", hall)
    assert desk.post("/profile/absence/", away(deputy=colleague.pk)).status_code == 302
    absence = Absence.objects.get()
    assert (absence.user, absence.deputy, absence.entered_by) == (desk.person, colleague, desk.person)
    assert absence.starts_at.isoformat() == "2099-03-01T16:00:00+00:00"
    assert absence.ends_at.isoformat() == "2099-03-04T16:00:00+00:00"
    page = desk.get("/profile/absence/").content.decode()
    assert "2099-03-02 to 2099-03-04" in page
    assert desk.post(f"/absences/{absence.pk}/end/").status_code == 302
    assert Absence.objects.get().withdrawn_at


def test_what_is_refused_is_said_and_nothing_typed_is_lost():
    hall = make.unit("hall")
    desk, colleague = make.sign_in("clerk", hall, language="en"), make.user("clerk", hall)
    answer = desk.post("/profile/absence/", away(deputy=colleague.pk, last="2099-03-01"))
    assert answer.status_code == 422
    assert "It would be over before it begins." in answer.content.decode()
    assert "2099-03-02" in answer.content.decode()
    foreign = make.user("clerk")
    assert desk.post("/profile/absence/", away(deputy=foreign.pk)).status_code == 422


def test_a_leader_enters_it_for_those_they_lead_and_for_nobody_else():
    department = make.unit()
    hall, other = make.unit("hall", department), make.unit("hall", department)
    ill, colleague, elsewhere = (make.user("clerk", at) for at in (hall, hall, other))
    manager = make.sign_in("duty_manager", hall, language="en")
    assert manager.post("/absences/", away(user=ill.pk, deputy=colleague.pk)).status_code == 302
    assert manager.post("/absences/", away(user=elsewhere.pk, deputy=colleague.pk)).status_code == 422
    assert ill.name in manager.get("/absences/").content.decode()
    absence = Absence.objects.get()
    stranger = make.sign_in("duty_manager", other)
    assert stranger.post(f"/absences/{absence.pk}/end/").status_code == 404
    assert manager.post(f"/absences/{absence.pk}/deputy/", {"deputy": elsewhere.pk}).status_code == 302
    absence.refresh_from_db()
    assert absence.deputy == elsewhere


def test_a_deputy_sees_it_and_changes_nothing(client):
    hall = make.unit("hall")
    away_one, deputy = make.user("clerk", hall), make.user("clerk", hall, language="en")
    absence = make.absence(away_one, deputy)
    client.force_login(deputy)
    assert away_one.name in client.get("/profile/absence/").content.decode()
    assert client.post(f"/absences/{absence.pk}/end/").status_code == 403


def test_the_page_costs_the_same_with_one_and_with_many(django_assert_max_num_queries):
    hall = make.unit("hall")
    desk = make.sign_in("duty_manager", hall)
    people = [make.user("clerk", hall) for _ in range(8)]

    def queries():
        with django_assert_max_num_queries(60) as counted:
            desk.get("/absences/")
        return len(counted)

    make.absence(people[0], people[1])
    queries()  # the first request notes when the person was seen
    one = queries()
    for away_one, deputy in zip(people[2:5], people[5:], strict=True):
        make.absence(away_one, deputy)
    assert queries() == one
