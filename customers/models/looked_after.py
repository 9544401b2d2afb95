"""The account manager of a customer."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.rights import Role

MANAGING_ROLES = (Role.VIP_MANAGER, Role.GROUP_MANAGER)


class LookedAfter(models.Model):
    """What may be done about who looks after a customer; the days are in ManagerAssignment."""

    class Meta:
        abstract = True

    @transaction.atomic
    def assign_manager(self, manager, *, on, by, today=None):
        """From `on` the customer is `manager`'s; who held them before hands over that day (H25).

        Without a manager the customer is nobody's from then on. Refuses a past day, a person without a manager's
        posting in the branch, and a second manager for a day that has one booked.
        """
        today = today or timezone.localdate()
        current = self._locked()
        if manager is not None:
            _may_manage(manager, current, on)
        if on < today:
            raise ValidationError({"on": _("The hand-over must be today or later.")})
        held = current.assignments.on(on).first()
        if (held and held.manager) == manager:
            return None
        made = current._hand_over(held, manager, on)
        current.manager_id = current._manager_on(today)
        names = {"manager": manager and manager.name, "before": held and held.manager.name}
        verb = "customer.manager_assigned" if manager else "customer.manager_released"
        current._keep(verb, by=by, on=str(on), **names)
        self.refresh_from_db()
        return made

    def _hand_over(self, held, manager, on):
        later = self.assignments.filter(valid_from__gte=on).select_related("manager").order_by("valid_from").first()
        if later:
            said = {"manager": later.manager.name, "day": later.valid_from}
            raise ValidationError({"on": _("%(manager)s is already booked from %(day)s.") % said})
        if held:
            held.valid_to, held.released = on, manager is None
            held.save(update_fields=["valid_to", "released"])
        return self.assignments.create(manager=manager, valid_from=on) if manager else None

    @transaction.atomic
    def withdraw_assignment(self, assignment, *, by, today=None):
        """Take back an assignment that begins today or later; whoever handed the customer over goes on, and nobody
        where the one before was released.
        """
        today = today or timezone.localdate()
        current = self._locked()
        taken = current.assignments.select_related("manager").get(pk=assignment.pk)
        if taken.valid_from < today:
            raise ValidationError(_("This assignment has begun; hand the customer over instead."))
        taken.delete()
        before = current.assignments.filter(valid_to=taken.valid_from, released=False)
        before.update(valid_to=taken.valid_to, released=taken.released)
        current.manager_id = current._manager_on(today)
        current._keep("customer.assignment_withdrawn", by=by, manager=taken.manager.name, on=str(taken.valid_from))
        self.refresh_from_db()

    @transaction.atomic
    def follow_assignments(self, today):
        """Copy the manager of `today` beside the customer, where reach and search read it. Whether that was news."""
        current = self._locked()
        manager_id = current._manager_on(today)
        news = current.manager_id != manager_id
        if news:
            current.manager_id = manager_id
            current.save(update_fields=["manager"])
            current._reindex()
        return news

    def _manager_on(self, day):
        held = self.assignments.on(day).first()
        return held and held.manager_id


def _may_manage(manager, customer, on):
    held = manager.postings.on(on).filter(role__in=MANAGING_ROLES)
    branch = Q(unit=customer.branch_id) | Q(unit__branch=customer.branch_id)
    if not manager.is_active or not held.filter(branch).exists():
        said = {"manager": manager.name, "day": on}
        raise ValidationError({"manager": _("%(manager)s is not an account manager on %(day)s.") % said})
