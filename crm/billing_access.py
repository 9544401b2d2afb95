"""With what the simulated billing system comes in: a person of its own in each branch, their token, a subscription."""

import hashlib
import secrets
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from billing.simulator.access import Access
from crm.embedded.home import write_private
from staff.models import Token, Unit, User
from staff.rights import Role
from webhooks.models import Subscription

SCOPES = ["billing:write"]
DAYS, LEFT = 90, timedelta(days=30)  # how long a token is good for, and when another one is made
ROLES = [Role.DATA_STEWARD, Role.COMPLAINT_DESK]  # bring in; see accounts, lines and their numbers
EVENTS = ["service_request.asked"]
NAME = "计费系统（模拟）"


def make(path: Path, key: str, address: str) -> Access:
    """Keep in the file `path` what is in force for every branch; what still holds stays as it is.

    `address`: where webhooks are to go; no subscription is made where it may not be called.
    """
    known = _known(path)
    found = {branch.code: _of(branch, known, path, address) for branch in _branches()}
    tokens = {code: token for code, (token, _secret) in found.items() if token}
    made = Access(key, tokens, {code: secret for code, (_token, secret) in found.items() if secret})
    write_private(path, made.text())
    return made


def _known(path):
    """{branch code: token} of the file, if there is one that can be read."""
    try:
        return Access.read(path).tokens
    except (OSError, ValueError, TypeError):
        return {}


def _branches():
    return Unit.objects.filter(kind=Unit.Kind.BRANCH).open_now().order_by("pk")


@transaction.atomic
def _of(branch, known, path, address):
    """(token, webhook secret) of the branch, each "" where there is none: whom the administrator disabled stays out."""
    Unit.objects.select_for_update(no_key=True).get(pk=branch.pk)  # two that start at once make one person
    person = _person(branch)
    if not person.is_active:
        return "", ""
    return _token(person, known.get(branch.code, ""), path), _subscribed(branch, person, address)


def _person(branch):
    """Nobody knows their password: they come by token alone."""
    username = User.normalize_username(f"billing-system-{branch.code}")[:60]
    person = User.objects.filter(branch=branch, username=username).first()
    if person is None:
        person = User.hire(by=None, branch=branch, username=username, name=NAME, password=secrets.token_urlsafe(32))
        for role in ROLES:
            person.post(role, branch, by=None)
    return person


def _token(person, value, path):
    """The one that is known, while it is good for a month more; else a new one in its place."""
    kept = Token.find(value) if value else None
    if kept and kept.user_id == person.pk and kept.expires_at > timezone.now() + LEFT:
        return value
    name = f"simulator {hashlib.sha256(bytes(path)).hexdigest()[:8]}"
    for former in person.tokens.in_force().filter(name=name):
        former.withdraw(by=person)
    return Token.issue(user=person, name=name, scopes=SCOPES, days=DAYS, by=person)[1]


def _subscribed(branch, person, address):
    """The secret of the subscription to `address`, "" where it may not be called; those to former addresses end."""
    url, ours = f"{address}/events/{branch.code}", Subscription.objects.filter(created_by=person)
    kept = None
    for one in ours.exclude(state=Subscription.State.WITHDRAWN).order_by("pk"):
        if one.url == url and kept is None:
            kept = one
        else:
            one.withdraw(by=person)
    try:
        kept = kept or Subscription.subscribe(by=person, unit=branch, name=NAME, url=url, kinds=EVENTS, key=uuid4())[0]
        if kept.stopped_for:  # while we were away
            kept.resume(by=person)
    except ValidationError:
        return ""
    return kept.secret
