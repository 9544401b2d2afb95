"""The numbers of a customer."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import numbers


class Numbered(models.Model):
    """What may be done with the numbers that find a customer."""

    class Meta:
        abstract = True

    @transaction.atomic
    def add_number(self, kind, written, *, by, today=None):
        """Write down one more number that finds the customer; an old one counts again.

        An ID document is kept as a keyed hash and a masked form only.
        """
        current = self._locked()
        found, fresh = current._put_number(kind, written, today=today)
        if fresh:
            current._keep("customer.number_added", by=by, kind=kind, written=found.written)
        self.refresh_from_db()
        return found

    def _put_number(self, kind, written, today=None):
        """The identifier, and whether it was not there or no longer held."""
        document = kind == "id_document"
        value = numbers.document_hash(written) if document else numbers.normalise(written)
        if not numbers.normalise(written):
            raise ValidationError({"written": _("A number needs a letter or a digit.")})
        shown = numbers.mask_document(numbers.normalise(written)) if document else written.strip()
        today = today or timezone.localdate()
        found, made = self.identifiers.get_or_create(
            kind=kind,
            value=value,
            defaults={"written": shown, "valid_from": today, "branch_id": self.branch_id, "unit_id": self.unit_id},
        )
        ended = found.valid_to is not None
        if ended:
            found.valid_to = None
            found.save(update_fields=["valid_to"])
        return found, made or ended

    @transaction.atomic
    def end_number(self, identifier, *, by, on=None):
        """From `on` (default today) the number is an old one: it still finds, marked as old."""
        current = self._locked()
        held = current.identifiers.select_for_update().get(pk=identifier.pk)
        if held.kind == "customer":
            raise ValidationError(_("The customer number stays as long as the customer."))
        if held.valid_to is None:
            held.valid_to = on or timezone.localdate()
            held.save(update_fields=["valid_to"])
            current._keep("customer.number_ended", by=by, kind=held.kind, written=held.written)
        self.refresh_from_db()
