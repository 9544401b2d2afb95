"""The right a page of the clockwork asks for (this app stands below the people's)."""

from functools import wraps

from django.core.exceptions import PermissionDenied


def needs(right):
    """Let a view run for whom `has_perm(right)` holds; everybody else gets 403. The right stays readable on it."""

    def wrap(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.has_perm(right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.right = right
        return guarded

    return wrap
