"""The kill switch: sending of a branch, or a part of it, is stopped at once and resumed by hand."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.trail import record
from jobs import bell
from outreach.models import Halt, Message
from outreach.queueing import LOOK

# In a query: whether sending of a row `m` is stopped.
STOPPED = """
    EXISTS (SELECT FROM outreach_halt h WHERE h.branch_id = m.branch_id AND h.lifted_at IS NULL
            AND h.channel IN ('', m.channel) AND h.message_class IN ('', m.message_class)
            AND (h.template_id IS NULL OR h.template_id = m.template_id))
"""
AT_ONCE = 500  # messages that need not wait for the end of their pause


@transaction.atomic
def halt(branch, *, by, why, channel="", message_class="", template=None) -> Halt:
    """From this commit on nothing that fits is claimed. What senders have in hand goes back (`outreach.claims.held`),
    but for what goes out within the next moments.

    ValidationError without a reason, or where the same is stopped already.
    """
    if not why.strip():
        raise ValidationError({"why": _("Say why.")})
    fits = {"branch": branch, "channel": channel, "message_class": message_class, "template": template}
    try:
        with transaction.atomic():
            made = Halt.objects.create(**fits, why=why.strip(), by=by)
    except IntegrityError as error:
        raise ValidationError(_("This is stopped already.")) from error
    record(made, "sending.halted", by=by, why=made.why, channel=channel, message_class=message_class, template=template)
    return made


@transaction.atomic
def lift(halt: Halt, *, by):
    """What it held back is due again: the first of it at once, the rest when its pause ends (`judging.HALT_PAUSE`).

    Other halts and rules still count. Twice is once.
    """
    if not Halt.objects.filter(pk=halt.pk, lifted_at=None).update(lifted_at=Now(), lifted_by=by):
        return
    halt.refresh_from_db()
    record(halt, "sending.resumed", by=by)
    first = _held_back(halt).select_for_update(no_key=True, skip_locked=True, of=["self"]).order_by("pk")
    Message.objects.filter(pk__in=list(first.values_list("pk", flat=True)[:AT_ONCE])).update(next_at=Now())
    bell.ring_on_commit(LOOK)


def _held_back(halt):
    fits = Q(branch=halt.branch_id, reason="halted", state=Message.State.PLANNED)
    fits &= Q(channel=halt.channel) if halt.channel else Q()
    fits &= Q(message_class=halt.message_class) if halt.message_class else Q()
    fits &= Q(template=halt.template_id) if halt.template_id else Q()
    return Message.objects.filter(fits)
