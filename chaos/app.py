"""The product's Celery application with the load beside its own jobs: `celery -A chaos.app`."""

import django

from crm.celery import app

django.setup()

from chaos import load  # noqa: E402 - declares its jobs, which needs the apps
from webhooks import calling, claims  # noqa: E402

# What a dead sender held is soon taken up, and nobody is paused for the faults we make.
claims.LEASE, calling.WHOLE, claims.QUICK = load.LEASE, 1, 10_000
claims.FIRST_PAUSE = claims.LONGEST_PAUSE = claims.LONGEST_REST = 0.5
claims.MOST_TRIES = claims.MOST_FAILURES = 1_000_000

__all__ = ["app", "load"]
