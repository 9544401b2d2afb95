"""The state of a line, and with it how long it holds its plan."""

from datetime import date

from customers.models import Line


def put(line: Line, status: str, *, on: date):
    """Give a line (locked by the caller) the status it has from `on`.

    One that ends has its plan until then; one that comes back has its last plan again.
    """
    was, line.status = line.status, status
    ends, ended = status == Line.Status.OFF_NET, was == Line.Status.OFF_NET
    if ends and not ended:
        line.ended_on = on
        line.plans.filter(valid_to=None, valid_from__lt=on).update(valid_to=on)
    if ended and not ends:
        line.ended_on = None
        _resume_plan(line, on)
    line.save(update_fields=["status", "ended_on"])


def _resume_plan(line, on):
    last = line.plans.order_by("-valid_from").first()
    if last is None or last.valid_to is None:
        return
    if last.valid_to >= on:
        last.valid_to = None
        last.save(update_fields=["valid_to"])
    else:
        line.plans.create(plan_id=last.plan_id, valid_from=on)
