"""What a program may name in a complaint and in its result, as the API lists it."""

import pytest

from tests import complaining, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return make.Program(make.user("clerk", make.unit("hall", parent=make.branch())))


def told(program, path):
    return {row["code"]: row for row in program.get(path).json()["results"]}


def test_a_class_says_whether_a_complaint_may_name_it(program):
    used = complaining.category(program.user.branch, asks_person=True)
    left = complaining.category(program.user.branch, active=False)
    said = told(program, "complaint-classes/")
    assert {code: row["finest"] for code, row in said.items()} == {"2": False, "20": False} | {
        used.code: True,
        left.code: False,
    }
    row = said[used.code]
    assert (row["parent"], row["area"], row["asks_person"], row["name"]) == ("20", "network", True, used.name_en)


def test_causes_say_whose_doing_they_usually_are(program):
    cause = complaining.cause(program.user.branch, liability="partner")
    assert told(program, "complaint-causes/")[cause.code]["liability"] == "partner"


def test_what_suggestions_may_be_about_is_listed_for_them(program):
    topic = complaining.topic(program.user.branch, active=False)
    assert told(program, "suggestion-topics/")[topic.code]["active"] is False
    outside = make.Program(program.user, "complaints:read")
    assert outside.get("suggestion-topics/").status_code == 403


@pytest.mark.parametrize("path", ["complaint-classes/", "complaint-causes/", "suggestion-topics/"])
def test_other_branches_keep_theirs_to_themselves(program, path):
    elsewhere = make.branch()
    complaining.category(elsewhere), complaining.cause(elsewhere), complaining.topic(elsewhere)
    assert told(program, path) == {}
