"""Views are saved, changed, shared and deleted; a list begins with one."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.trail import record
from door.lists import Listed
from staff.models import SavedView, Unit, User
from staff.models.saved_views import SHARE, FirstView
from staff.saved_views.lists import canonical, lists_of
from staff.scope import scope_of

MOST = 30  # views of one list, a person or unit
CHANGED = ("name", "unit", "pinned")


def shareable(user: User):
    """The units with whose people one may share a view."""
    scope = scope_of(user, SHARE)
    led = Q(pk__in=scope.units | scope.branches) | Q(branch__in=scope.branches)
    return Unit.objects.visible_to(user).open_now().filter(led)


@transaction.atomic
def save(*, by: User, listed: Listed, name: str, query: str, unit: Unit | None = None, pinned=True) -> SavedView:
    """A view of what the address asks for. Said twice it is one; ValidationError by field."""
    query = _proper(by, listed, query)
    _hold(by, unit)
    told = {"list": listed.url_name, "name": name.strip(), "unit": unit}
    same = SavedView.objects.filter(**told, **({} if unit else {"owner": by}), query=query).first()
    if same:
        return same
    made = SavedView(branch=unit.home if unit else by.branch, owner=by, query=query, pinned=pinned, **told)
    _check(made, by)
    made.save()
    record(made, "view.saved", by=by, list=made.list, unit=unit)
    return made


@transaction.atomic
def change(view: SavedView, *, by: User, **told) -> SavedView:
    """Another name, other people, pinned or not. ValidationError by field."""
    _hold(by, told.get("unit"), view.unit)
    view.refresh_from_db(from_queryset=SavedView.objects.select_for_update(of=("self",)))
    changed = [name for name in CHANGED if name in told and getattr(view, name) != told[name]]
    if not changed:
        return view
    for name in changed:
        setattr(view, name, told[name])
    if view.unit is None:
        view.owner = by  # taken back from the unit it is one's own
    _check(view, by)
    view.save(update_fields=[*changed, "owner"])
    record(view, "view.changed", by=by, fields=changed, unit=view.unit)
    return view


@transaction.atomic
def delete(view: SavedView, *, by: User):
    """Gone for everybody who had it. Said twice, once is enough."""
    held = SavedView.objects.select_for_update(of=("self",)).filter(pk=view.pk).first()
    if held:
        record(held, "view.deleted", by=by, list=held.list, unit=held.unit)
        held.delete()


@transaction.atomic
def begin_with(view: SavedView, *, by: User, on: bool = True):
    """The list of the view begins with it for this person; or, `on=False`, with everything again."""
    if on:
        FirstView.objects.update_or_create(user=by, list=view.list, defaults={"view": view})
    else:
        FirstView.objects.filter(user=by, view=view).delete()


def _proper(by, listed, query):
    """The query in one spelling; ValidationError where the list does not know what it says."""
    if listed.url_name not in lists_of(by):
        raise ValidationError(_("This list is not yours to see."))
    query = canonical(query)
    if not query:
        raise ValidationError(_("Narrow the list down first: a view keeps what is chosen there."), code="empty")
    if len(query) > SavedView._meta.get_field("query").max_length:
        raise ValidationError(_("Too much is chosen for one view."), code="long")
    if not listed.knows(listed.asked(by, query), query):
        raise ValidationError(_("The list does not know what this view asks for."), code="unknown")
    return query


def _hold(by, *units):
    """One change at a time of the person's views and of each unit's, so that names and numbers stay right."""
    list(User.objects.select_for_update(no_key=True).filter(pk=by.pk))
    ids = sorted({unit.pk for unit in units if unit})
    list(Unit.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def _check(view, by):
    if view.unit and not shareable(by).filter(pk=view.unit.pk).exists():
        raise ValidationError({"unit": _("Only who leads the unit shares a view with it.")}, code="unit")
    of = {"unit": view.unit} if view.unit else {"unit": None, "owner": by}
    if view.pk is None and SavedView.objects.filter(list=view.list, **of).count() >= MOST:
        raise ValidationError(_("There are %(most)s views of this list already: delete one first.") % {"most": MOST})
    view.clean_fields()
    try:
        view.validate_constraints()
    except ValidationError as error:
        raise ValidationError({"name": error.messages}, code="unique") from None
