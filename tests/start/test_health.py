"""The two questions a load balancer and a watcher ask."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from crm import health
from crm.celery import app
from tests import make
from tests.conftest import superuser


@pytest.fixture
def unmigrated():
    """One migration of this version has not run yet; asked of a process that does not know better."""
    health.known_migrated = False
    link = superuser(connection.settings_dict["NAME"])
    with link.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name = '0001_initial' RETURNING applied")
        (applied,) = cursor.fetchone()
        yield
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0001_initial', %s)", [applied]
        )
    link.close()
    health.known_migrated = False


@pytest.fixture
def broker_is_away():
    given = app.conf.broker_url
    app.conf.broker_url = "redis+socket:///nowhere/valkey.sock?virtual_host=0"
    yield
    app.conf.broker_url = given


def test_alive_without_a_word_to_the_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_every_part_is(client):
    answer = client.get("/readyz")
    parts = {name: True for name in ("ready", "database", "migrations", "chinese_search", "broker")}
    assert answer.status_code == 200
    assert answer.json() == parts | {"seconds_since_last_work": None}
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client, unmigrated):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"], answer.json()["database"]) == (503, False, True)


@pytest.mark.django_db
def test_not_ready_without_the_broker(client, broker_is_away):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"], answer.json()["ready"]) == (503, False, False)
    assert "nowhere" not in answer.content.decode()


@pytest.mark.django_db
def test_the_age_of_the_last_work_is_told(client):
    make.run("jobs.pulse", state="done", finished_at=Now() - timedelta(seconds=70))
    assert client.get("/readyz").json()["seconds_since_last_work"] == 70
