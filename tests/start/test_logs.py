"""The log names what happened and to which record, and never what a person is called or typed."""

import io
import json
import logging

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError, connection

from tests import make

CANARY = "13812345678"


@pytest.fixture
def written():
    """What the product's log writes, as its JSON objects."""
    stream = io.StringIO()
    handler = logging.getLogger().handlers
    ours = logging.StreamHandler(stream)
    shared = settings.LOGGING["formatters"]["structured"]
    renderer = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()]
    ours.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared["foreign_pre_chain"], processors=renderer)
    )
    logging.getLogger().addHandler(ours)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(ours)
    assert ours not in handler


@pytest.mark.django_db
def test_a_request_is_one_line_without_query_string_or_agent(client, written):
    person = make.user("clerk", username="zhang.wei")
    client.force_login(person, backend="staff.login.Backend")
    answer = client.get(f"/?q={CANARY}", headers={"user-agent": "Agent-7"})
    (line,) = [line for line in written() if line["event"] == "request"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["route"], line["status"], line["user_id"]) == (
        "GET",
        "/",
        answer.status_code,
        person.pk,
    )
    said = json.dumps(written(), ensure_ascii=False)
    assert not [word for word in (CANARY, "Agent-7", "zhang.wei", person.name, "127.0.0.1") if word in said]


@pytest.mark.django_db
def test_an_address_typed_in_by_mistake_is_not_logged(client, written):
    client.get(f"/{CANARY}/")
    assert CANARY not in json.dumps(written())


@pytest.mark.django_db
def test_a_database_error_is_logged_by_class_constraint_and_place(written):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE seen (number text CONSTRAINT seen_once UNIQUE)")
        cursor.execute("INSERT INTO seen VALUES (%s)", [CANARY])
        try:
            cursor.execute("INSERT INTO seen VALUES (%s)", [CANARY])
        except IntegrityError:
            logging.getLogger("crm.test").exception("failed")
    (line,) = written()
    assert any("UniqueViolation (seen_once)" in part for part in line["exception"])
    assert any("test_logs.py" in part for part in line["exception"])
    assert CANARY not in json.dumps(line)


def test_what_a_task_returned_or_raised_is_not_quoted(written):
    """As Celery logs it: the text and its parts stand in the record's `data`."""
    failed = {"name": "jobs.tick", "description": "raised unexpected", "exc": f"ValueError('{CANARY}')"}
    logging.getLogger("celery.app.trace").error("%(exc)s", failed, extra={"data": failed})
    (line,) = written()
    assert line["event"] == "jobs.tick raised unexpected"


@pytest.mark.django_db
def test_refused_sign_ins_are_logged_alike_for_names_that_exist_and_others(client, written):
    person = make.user("clerk", username="zhang.wei")
    for name in (person.username, "nobody.here", person.username):
        client.post("/login/", {"username": name, "password": "not the password"})
    lines = [line for line in written() if line["event"] == "sign_in.refused"]
    assert [line["name"] == lines[0]["name"] for line in lines] == [True, False, True]
    assert len({line["address"] for line in lines}) == 1
    assert set(lines[0]) == set(lines[1])
    said = json.dumps(written(), ensure_ascii=False)
    assert not [word for word in ("zhang.wei", "nobody.here", "not the password", "127.0.0.1") if word in said]
