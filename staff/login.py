"""Signing in and out: the same answer, after the same work, to unknown names, wrong passwords and disabled people."""

import structlog
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.backends import BaseBackend
from django.db import transaction
from django.utils import timezone

from audit.trail import record
from staff import brake
from staff.models import User

log = structlog.get_logger(__name__)
SIGNED_IN_AT = "signed_in_at"  # session keys: seconds since 1970
SEEN_AT = "seen_at"
SEEN_EVERY = 60  # seconds; how exactly the last sight of a person is kept


class Backend(BaseBackend):
    """Sign-in by name and password."""

    def authenticate(self, request, username=None, password=None):
        if not username or not password:
            return None
        user = User.objects.filter(username=User.normalize_username(username)).first() or User()
        known = user.check_password(password)  # runs the hasher for unknown people too
        return user if known and user.pk and user.is_active else None

    def get_user(self, user_id):
        return User.objects.select_related("branch").filter(pk=user_id, is_active=True).first()


def sign_in(request, username: str, password: str) -> User | None:
    """Open a new session for the person, or None. Raises `brake.TooFast`.

    A refusal goes to the log under keyed hashes, alike for names that exist and for others (ASVS 16.3.1).
    """
    name, address = User.normalize_username(username), address_of(request)
    try:
        brake.count_try(name, address)
    except brake.TooFast:
        log.warning("sign_in.too_fast", **brake.marks(name, address))
        raise
    user = Backend().authenticate(request, name, password)
    if user is None:
        log.warning("sign_in.refused", **brake.marks(name, address))
        return None
    brake.forget_try(name, address)
    with transaction.atomic():
        start_session(request, user)
        record(user, "person.signed_in", by=user)
    return user


def start_session(request, user):
    """A session under a new key; whatever the old one held is gone."""
    request.session.flush()
    login(request, user, backend="staff.login.Backend")
    now = timezone.now().timestamp()
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now


def end_if_stale(request, at: float | None = None) -> bool:
    """End a session that was idle too long or is too old; note that the person was seen."""
    now = timezone.now().timestamp() if at is None else at
    session = request.session
    signed_in_at = session.setdefault(SIGNED_IN_AT, now)
    idle = now - session.setdefault(SEEN_AT, now)
    if idle > settings.SESSION_IDLE or now - signed_in_at > settings.SESSION_COOKIE_AGE:
        logout(request)
        return True
    if idle > SEEN_EVERY:
        session[SEEN_AT] = now
    return False


def address_of(request) -> str:
    """The client's address; behind N proxies of ours it is the Nth from the right of X-Forwarded-For."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    behind = settings.TRUSTED_PROXIES
    if behind and len(hops) >= behind:
        return hops[-behind]
    return request.META["REMOTE_ADDR"]
