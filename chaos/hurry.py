"""Dunning's jobs in the time that the chaos has: as the product declares them, but every few seconds."""

from dataclasses import fields

from chaos.load import LEASE
from jobs import registry
from jobs.schedule import Every

OFTEN = {"billing.dun": 5, "billing.dunning_steps": 2, "billing.dunning_reminders": 2}  # seconds


def hurry(name, seconds):
    """Declare the job again with another schedule, and a lease that a dead worker does not hold for minutes."""
    known = registry.get(name)
    said = {one.name: getattr(known, one.name) for one in fields(known) if one.name != "step"}
    registry.job(**said | {"schedule": Every(seconds=seconds), "lease": LEASE})(known.step)


for name, seconds in OFTEN.items():
    hurry(name, seconds)
