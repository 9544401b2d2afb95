"""Files of customers with their lines: a subject of its own, with columns of its own for what a row says."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.copying import copy_rows
from customers.models import Customer, Plan, Tier

from . import apply, classify, columns, telco
from .customer_drafts import LINE, ROW, CustomerDraft
from .customer_fields import FIELDS
from .known import RIGHT, known_to
from .recipes import day_of
from .subjects import Subject

KEEP = f"""
    INSERT INTO customers_importrow ({", ".join(ROW)}, outcome, customer_id, same_as, changes, brought_in)
    SELECT {", ".join(f"s.{name}" if name != "problems" else "k.problems" for name in ROW)},
        k.outcome, k.customer_id, k.same_as, k.changes, false
    FROM staged s JOIN classed k USING (n) ORDER BY n
"""  # noqa: S608  names of our own columns
CLEAR = """
    DELETE FROM {table}
    WHERE batch_id = %(batch)s AND n BETWEEN (SELECT min(n) FROM staged) AND (SELECT max(n) FROM staged)
"""  # a second run of the same check reads the same rows again
KEEP_LINES = f"INSERT INTO customers_importline ({', '.join(LINE)}) SELECT {', '.join(LINE)} FROM staged_line"  # noqa: S608
STAGE = f"""
    INSERT INTO staged ({", ".join(ROW)}) SELECT {", ".join(ROW)} FROM customers_importrow
    WHERE batch_id = %(batch)s AND n BETWEEN %(first)s AND %(last)s AND NOT brought_in
      AND outcome IN ('create', 'update', 'unchanged')
"""  # noqa: S608  names of our own columns
STAGE_LINES = f"""
    INSERT INTO staged_line ({", ".join(LINE)}) SELECT {", ".join(LINE)} FROM customers_importline
    WHERE batch_id = %(batch)s AND n IN (SELECT n FROM staged)
"""  # noqa: S608
TRIES = 3


class Customers(Subject):
    name, title, right = "customers", _("Customers"), RIGHT
    fields = FIELDS
    recipes = {telco.NAME: telco}
    shown_with = "customers.view_unmasked"
    open = {"tier", "status", "kind", "language", "joined_on", "left_on", "payment_way", "community", "unit"}
    labels = {"document": _("ID document"), "phones": _("Contact numbers"), "lines": _("Lines")}
    known_as = (_("Customer number"), _("Name"))
    same_as = _("The same customer as row %(row)s.")
    has_day = True

    def label(self, code):
        known = code in self.labels or code in self.fields
        return super().label(code) if known else Customer._meta.get_field(code).verbose_name

    def check(self, used):
        if "number" not in used:
            raise ValidationError(gettext("Say which column holds the customer number."))
        if {"line_kind", "plan", "options", "contract_end"} & set(used) and not set(columns.LINES_OF) & set(used):
            raise ValidationError(gettext("Plans and contracts need a column with the numbers of the lines."))

    def check_branch(self, branch):
        Tier.lowest_of(branch)

    def known(self, batch, mapping):
        return known_to(batch.by, batch.branch, day_of(batch), [code for code, *_ in mapping.plans])

    def draft(self, n):
        return CustomerDraft(n)

    def read(self, draft, cells, fields, known):
        columns.read(draft, cells, fields, known)

    def prepare(self, batch, mapping):
        """The plans a recipe brings along, withdrawn from sale."""
        plans = [
            Plan(branch=batch.branch, code=code, name=name, name_en=english, kind=kind, stage=Plan.Stage.WITHDRAWN)
            for code, name, english, kind in mapping.plans
        ]
        Plan.objects.bulk_create(plans, ignore_conflicts=True)

    def begin(self, cursor):
        cursor.execute(classify.TABLES)

    def stage(self, batch, drafts):
        copy_rows("staged", ROW, (draft.row(batch.pk) for draft in drafts))
        copy_rows("staged_line", LINE, (line for draft in drafts for line in draft.line_rows(batch.pk)))

    def stage_kept(self, cursor, values):
        cursor.execute(STAGE, values)
        cursor.execute(STAGE_LINES, values)

    def judge(self, cursor, values):
        classify.classify(cursor, values)
        return classify.tally(cursor)

    def keep(self, cursor, values):
        for table in ("customers_importline", "customers_importrow"):
            cursor.execute(CLEAR.format(table=table), values)
        cursor.execute(KEEP, values)
        cursor.execute(KEEP_LINES)

    def bring_in(self, cursor, batch, values):
        values = values | {
            "unit": batch.unit_id,
            "tier": Tier.lowest_of(batch.branch).pk,
            "day": day_of(batch),
            "today": timezone.localdate(),
        }
        for _again in range(TRIES):
            classify.classify(cursor, values)
            if not apply.make_customers(cursor, values):
                return apply.write(cursor, values)
        raise apply.LostRace("customers with these numbers keep appearing and vanishing")


CUSTOMERS = Customers()
