"""The clockwork of billing."""

from billing.counter import tasks as counter  # noqa: F401  declares its jobs
