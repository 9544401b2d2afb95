"""The product's Celery application with the load beside its own jobs: `celery -A chaos.app`."""

import django

from crm.celery import app

django.setup()

from chaos import load  # noqa: E402 - declares its jobs, which needs the apps

__all__ = ["app", "load"]
