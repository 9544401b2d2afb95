"""The jobs that class what files brought in, however many there are: all that hold a word, or what the rules know."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from complaints.classing import reviewing, rules
from complaints.models import Category
from jobs import runs
from jobs.models import Run
from jobs.registry import job
from staff.models import User

BY_WORDS, BY_RULES = "complaints.class_by_words", "complaints.class_by_rules"
COUNTS = {"classed": _("Classed")}


@transaction.atomic
def ask_all(words: list[str], category: Category, *, by: User, key: str, as_rule: bool = False) -> Run:
    """All that hold one of the words are classed; `as_rule`: files that come later, too. The same key is one run."""
    if not words:
        raise ValidationError({"words": _now("Say which words they hold.")})
    reviewing.check(category)
    if as_rule:
        reviewing.keep_rule(words, category, by=by)
    run = _ask(BY_WORDS, key, by, words=words, category=category.pk)
    if run.total is None:
        run.total = rules.holding(reviewing.waiting(by).filter(branch=category.branch_id), words).count()
        run.save(update_fields=["total"])
    return run


@transaction.atomic
def ask_by_rules(*, by: User, key: str) -> Run:
    """The rules of then class what they know. The same key is one run."""
    return _ask(BY_RULES, key, by)


def _ask(name, key, by, **params):
    return runs.ask(name, key=f"{name}:{by.pk}:{key}", params=params, by=by, branch_id=by.branch_id)


def latest(user: User, pk: str = "") -> Run | None:
    """The person's run that still classes, or the one of this id."""
    mine = Run.objects.visible_to(user).filter(asked_by=user, job__in=(BY_WORDS, BY_RULES)).order_by("-pk")
    found = mine.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
    return found or mine.filter(state__in=Run.OPEN).first()


@job(
    BY_WORDS,
    title=_("Class complaints that hold a word"),
    about=_("Complaints of files that wait to be classed and hold one of the words get their class."),
    counts=COUNTS,
)
def class_by_words(run):
    category = Category.objects.get(pk=run.params["category"])
    by = User.objects.get(pk=run.asked_by_id)  # with the rights of this moment
    try:
        found = reviewing.classify_next(run.params["words"], category, by=by, after=run.cursor.get("after", 0))
    except ValidationError:  # the class is not chosen any more: what waits goes on waiting
        return False
    return _noted(run, *found)


@job(
    BY_RULES,
    title=_("Let the rules class complaints"),
    about=_("The keyword rules class complaints of files that wait to be classed."),
    counts=COUNTS,
)
def class_by_rules(run):
    by = User.objects.get(pk=run.asked_by_id)
    return _noted(run, *reviewing.apply_rules(by=by, after=run.cursor.get("after", 0)))


def _noted(run, classed, last):
    run.count(classed, classed=classed)
    run.cursor["after"] = last
    return last is not None
