"""Pages that cannot be shown say so in plain words, in the reader's language, whoever the reader is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import translation

from crm import errors
from staff.rights import Role
from tests import make

pytestmark = pytest.mark.django_db


def words_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "This page is not here"), ("zh-hans", "找不到该页面")])
def test_a_missing_page_is_told_inside_the_frame(language, words):
    answer = make.sign_in(Role.CLERK, language=language).get("/no-such-page/")
    assert answer.status_code == 404
    assert words in words_of(answer)
    assert "<nav" in words_of(answer)


def test_a_stranger_is_told_without_the_frame(client):
    answer = client.get("/no-such-page/", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "This page is not here" in words_of(answer)
    assert "<nav" not in words_of(answer)


def test_a_part_of_a_page_is_told_in_a_fragment():
    answer = make.sign_in(Role.CLERK, language="en").get("/no-such-page/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "<html" not in words_of(answer)


def test_what_a_posting_does_not_include_is_forbidden():
    answer = make.sign_in(Role.CLERK, language="en").get("/jobs/")
    assert answer.status_code == 403
    assert "You may not open this page" in words_of(answer)


def test_a_form_that_is_too_old_is_explained():
    person = make.user(Role.CLERK, language="en")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    answer = browser.post("/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "This form was open for too long" in words_of(answer)


def test_an_address_that_only_takes_a_form_is_explained():
    answer = make.sign_in(Role.CLERK, language="en").get("/preferences/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "only takes a form" in words_of(answer)


def test_a_damaged_request_is_explained():
    answer = make.sign_in(Role.CLERK, language="en").post("/preferences/", {"theme": "pink"})
    assert answer.status_code == 400
    assert "could not be read" in words_of(answer)


class Broken:
    """Whoever touches this finds the database gone."""

    def __getattr__(self, name):
        raise OperationalError("gone")


@pytest.mark.parametrize(("language", "words"), [("en", "Something went wrong"), ("zh-hans", "系统出现故障")])
def test_a_fault_of_ours_is_told_without_the_database(language, words, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user = request.session = Broken()
    with translation.override(language), django_assert_num_queries(0, connection=connection):
        answer = errors.server_error(request)
    assert answer.status_code == 500
    assert words in words_of(answer)


def test_a_body_larger_than_a_form_is_refused_before_it_is_read(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    body = {"username": "x" * 3000, "password": "y"}
    refused = Client().post("/login/", body)
    assert refused.status_code == 413
    clerk = make.sign_in("clerk", language="en")
    assert "too large" in clerk.post("/imports/new/", body).content.decode()
    steward = make.sign_in("data_steward", make.branch())
    taken, refused = (
        steward.post(address, {"file": SimpleUploadedFile("customers.csv", b"x" * 3000)})
        for address in ("/imports/new/", "/profile/")
    )
    assert (taken.status_code, refused.status_code) == (422, 413)
