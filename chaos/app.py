"""The product's Celery application with the load beside its own jobs: `celery -A chaos.app`."""

import os

import django

from crm.celery import app

django.setup()

from django.conf import settings  # noqa: E402

from chaos import hurry, load  # noqa: E402 - declare jobs, which needs the apps
from chaos.gateway import WAYS  # noqa: E402
from jobs import claims as runs  # noqa: E402
from outreach import breakers, fates  # noqa: E402
from outreach import claims as messages  # noqa: E402
from outreach.gateways import registry  # noqa: E402
from webhooks import calling, claims  # noqa: E402

# What a dead sender held is soon taken up, and nobody is paused for the faults we make.
claims.LEASE, calling.WHOLE, claims.QUICK = load.LEASE, 1, 10_000
runs.FIRST_PAUSE, runs.LONGEST_PAUSE = 0.5, 2
claims.FIRST_PAUSE = claims.LONGEST_PAUSE = claims.LONGEST_REST = 0.5
claims.MOST_TRIES = claims.MOST_FAILURES = 1_000_000
# A lease outlasts the longest freeze: a sender that wakes up later than that sends what is not its own any more.
messages.SLACK = 2 * load.LEASE
fates.FIRST_PAUSE, fates.LONGEST_PAUSE, fates.MOST_TRIES = 0.5, 1, 1_000_000
breakers.FIRST_REST = breakers.LONGEST_REST = 0.5

OFTEN = 2.0  # seconds between two looks, so that little time goes by with nobody looking
# A third channel, so that all three kinds of gateway are under fire at once.
settings.GATEWAYS = {channel: os.environ[f"CHAOS_{kind.upper()}"] for channel, kind in WAYS.items()}
registry.KINDS["blind"] = registry.HTTP
settings.WORKER_TURNS = [(turn, min(pause, OFTEN)) for turn, pause in settings.WORKER_TURNS]
settings.WORKER_TURNS.append(("chaos.sending.blind", OFTEN))

__all__ = ["app", "hurry", "load"]
