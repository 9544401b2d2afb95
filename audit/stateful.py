"""Records that move through states along a table, and nowhere else."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from audit.trail import record


class Stateful(models.Model):
    """A record with a field `state` and a table of moves: state to the set of states that may follow it."""

    MOVES = {}

    class Meta:
        abstract = True

    def move_to(self, state, *, by, reason=""):
        """Move to `state` and record it; the row stays locked until the caller's transaction ends.

        The row is locked and read afresh first, so what the caller changed on this object before is dropped, and two
        callers never both make the same move. Raises ValidationError for a move that MOVES does not list, and
        TransactionManagementError outside a transaction.
        """
        self.lock()
        was = self.state
        if state not in self.MOVES.get(was, ()):
            raise ValidationError(self._refusal(state), code="move")
        self.state = state
        self.save(update_fields=["state"])
        why = {"reason": reason} if reason else {}
        record(self, f"{self._meta.model_name}.moved", by=by, **{"from": was, "to": state}, **why)

    def lock(self):
        """Lock the row for the rest of the transaction and read it afresh into this object."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(of=("self",)))

    def _refusal(self, wanted):
        labels = dict(self._meta.get_field("state").flatchoices)
        now, then = labels.get(self.state, self.state), labels.get(wanted, wanted)
        if self.state == wanted:
            return _("Nothing was changed: the state is “%(now)s” already.") % {"now": now}
        return _("Nothing was changed: the state is “%(now)s”, and “%(then)s” cannot follow it.") % {
            "now": now,
            "then": then,
        }


def only_listed_moves(model):
    """Let the database itself refuse what MOVES does not list: set-based updates too, whoever sends them."""
    pairs = [(str(was), str(then)) for was in sorted(model.MOVES) for then in sorted(model.MOVES[was])]
    trigger = pgtrigger.FSM(
        name="moves",
        field="state",
        transitions=pairs,
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
    )
    return pgtrigger.register(trigger)(model)
