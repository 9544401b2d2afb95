"""Every address the product answers at, read from the live URL map."""

from django.urls import URLPattern, get_resolver


def routes():
    """{name: view} of every route, with its namespace; a route without a name appears under its pattern."""
    return dict(_walk(get_resolver().url_patterns, ""))


def _walk(patterns, space):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}", pattern.callback
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner)
