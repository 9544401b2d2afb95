"""Complaints of files that no rule knows: one, some, or all that hold a word get their class, in sets.

However many there are, one transaction classes at most MOST; the rest is done by a job (`classing.tasks`).
"""

from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record_all
from complaints import moving, owners, weighing
from complaints.classing import rules
from complaints.models import Category, Complaint, KeywordRule
from staff.models import Unit, User
from staff.scope import scope_of, within_reach

RIGHT = "complaints.import"
MOST = 500  # classed in one transaction
CLASSED = """
    UPDATE complaints_complaint SET category_id = %(category)s, edition = edition + 1,
        level = CASE WHEN ended_at IS NULL THEN greatest(level, %(level)s) ELSE level END
    WHERE id = ANY (%(held)s)
"""
RAISED = """
    INSERT INTO complaints_statechange (complaint_id, n, was, "then", at, by_id, owner_id, level, reason)
    SELECT c.id, last.n + 1, c.state, c.state, greatest(%(at)s, last.at), %(by)s, c.owner_id, c.level, ''
    FROM complaints_complaint c JOIN LATERAL (
        SELECT o.* FROM complaints_statechange o WHERE o.complaint_id = c.id ORDER BY o.n DESC LIMIT 1
    ) last ON last.level <> c.level
    WHERE c.id = ANY (%(held)s)
"""  # a change of level alone stands in the log


def rules_within(user: User):
    """Keyword rules of the branches for which the person brings complaints in."""
    return KeywordRule.objects.filter(branch__in=scope_of(user, RIGHT).branches).select_related("category")


def branch_of(user: User) -> Unit:
    """Where a new rule of the person's belongs: their own branch, if they bring complaints in there."""
    mine = scope_of(user, RIGHT).branches
    return user.branch if user.branch_id in mine else Unit.objects.get(pk=min(mine))


def classes_within(user: User):
    """Classes that may be chosen there."""
    return Category.objects.filter(branch__in=scope_of(user, RIGHT).branches).finest().select_related("parent")


def brought_in(user: User):
    """Complaints of files within the person's reach."""
    return Complaint.objects.filter(within_reach(user, RIGHT, unit="unit", branch="branch"), imported=True)


def waiting(user: User):
    """Those of them that wait to be classed."""
    return brought_in(user).filter(category=None)


@transaction.atomic
def classify(rows, category: Category, *, by: User) -> int:
    """Give the complaints of `rows` their class, the first MOST of them; how many it were. What others class at this
    moment is left to them."""
    check(category)
    held = _held(rows.filter(branch=category.branch_id))
    told = {"held": held, "category": category.pk, "level": category.level, "by": by.pk, "at": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(CLASSED, told)
        weighing.find_repeats(held)
        cursor.execute(RAISED, told)
    made = Complaint.objects.filter(pk__in=held).only("pk", "branch", "customer")
    record_all(list(made), "complaint.classed", by=by, category=category)
    return len(held)


def check(category: Category):
    """ValidationError by field unless complaints may be given the class."""
    if not Category.objects.filter(pk=category.pk, active=True).exclude(children__active=True).exists():
        refusal = _("%(class)s cannot be chosen; choose one of the finest classes.") % {"class": category}
        raise ValidationError({"category": refusal})


@transaction.atomic
def classify_one(complaint: Complaint, category: Category, *, by: User, edition: int | None = None) -> Complaint:
    """One that a file brought and that is over: classed from its own page. ValidationError where it has a class."""
    one = moving.held(complaint, edition)
    owners.stays_out(one, by)
    if category.branch_id != one.branch_id:
        raise ValidationError({"category": _("Choose a class of the branch.")}, code="category")
    if not one.imported or one.category_id:
        raise ValidationError(_("This complaint is over."), code="move")
    classify(Complaint.objects.filter(pk=one.pk), category, by=by)
    return Complaint.objects.get(pk=one.pk)


def _held(rows):
    """Ids of the first MOST of `rows` that have no class, locked in their order."""
    open_rows = rows.filter(category=None).order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(open_rows.values_list("pk", flat=True)[:MOST])


def keep_rule(words: list[str], category: Category, *, by: User):
    """Files that come later are classed so, too: one rule, last in the order."""
    known = KeywordRule.objects.filter(branch=category.branch_id, words=words, category=category)
    if not known.exists():
        last = KeywordRule.objects.filter(branch=category.branch_id).count() + 1
        rules.keep(KeywordRule(branch_id=category.branch_id, order=last, words=words, category=category), by=by)


@transaction.atomic
def classify_next(words: list[str], category: Category, *, by: User, after: int = 0) -> tuple[int, int | None]:
    """(how many were classed, the last of them or None where there are no more) of those that hold one of the words,
    the next MOST behind the id `after`.
    """
    rows = rules.holding(waiting(by).filter(branch=category.branch_id, pk__gt=after), words)
    ids = _held(rows)
    return classify(Complaint.objects.filter(pk__in=ids), category, by=by), _last(ids)


def _last(ids):
    return ids[-1] if len(ids) == MOST else None


@transaction.atomic
def apply_rules(*, by: User, after: int = 0) -> tuple[int, int | None]:
    """The same for what the rules of now know, each in its order.

    All are held before the first is classed: rule after rule they would be locked in no order.
    """
    ordered = list(rules_within(by).filter(category__in=classes_within(by)).order_by("branch", "order"))
    words = {}
    for rule in ordered:
        words.setdefault(rule.branch_id, []).extend(rule.words)
    known = [Q(branch=branch, words__iregex=rules.pattern_of(of_branch)) for branch, of_branch in words.items()]
    held = _held(waiting(by).filter(reduce(or_, known), pk__gt=after)) if known else []
    rows = Complaint.objects.filter(pk__in=held)
    done = sum(classify(rules.holding(rows, rule.words), rule.category, by=by) for rule in ordered)
    return done, _last(held)
