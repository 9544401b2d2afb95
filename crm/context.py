"""What every page is given."""

from functools import cache

from crm.navigation import entries_for, shown_to, tabs_for
from staff.scope import postings_of
from work.inbox import badge


def page(request):
    """For the frame around a page; nothing for somebody who is not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    shown = cache(lambda: shown_to(user))
    return {
        "navigation": lambda: entries_for(shown(), request.path),
        "page_tabs": lambda: tabs_for(shown(), request.path),
        "postings": lambda: postings_of(user),
        "badge": cache(lambda: badge(user)),
        "may_find_customers": user.has_perm("customers.view"),
    }
