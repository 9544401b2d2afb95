"""The stage: two branches full of canaries, and everybody who knocks."""

from dataclasses import dataclass

import pytest
from django.conf import settings
from django.db import transaction

from tests.leaks import cast
from tests.leaks.watch import Ask
from tests.leaks.world import World


@dataclass
class Stage:
    world: World
    foreign: World
    people: list
    outside: list  # anonymous and disabled
    ask: Ask

    def home_of(self, knocker):
        """The world the person works in, and the one they must never hear of."""
        return (self.foreign, self.world) if knocker.place == "abroad" else (self.world, self.foreign)


@pytest.fixture(autouse=True)
def simulator(settings):
    """Nobody answers there: what is asked for is refused at once."""
    settings.GATEWAYS = {"sms": "http://127.0.0.1:9?name=simulator", "email": ""}
    settings.BILLING_SIMULATOR = "http://:key@127.0.0.1:9"


@pytest.fixture(scope="package")
def stage(django_db_setup, django_db_blocker, tmp_path_factory):
    media, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        world, foreign = World(1), World(2)
        people = list(cast.everybody(world, foreign))
        yield Stage(world, foreign, people, [cast.anonymous(), cast.disabled(world)], Ask())
        transaction.set_rollback(True)
    settings.MEDIA_ROOT = media
