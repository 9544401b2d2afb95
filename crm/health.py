"""Whether this process lives, and whether it can do its work. Both are open to anybody and say nothing secret."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from crm.celery import app
from crm.checks import finds_chinese
from jobs.health import last_work

known_migrated = False


@require_safe
@login_not_required
@never_cache
def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
@never_cache
def readyz(request):
    """200 when every part is ready, else 503; the age of the last work is told, and judged by whoever watches."""
    parts = {name: ready() for name, ready in PARTS.items()}
    is_ready = all(parts.values())
    answer = {"ready": is_ready, **parts, "seconds_since_last_work": seconds_since_last_work()}
    return JsonResponse(answer, status=200 if is_ready else 503)


def database() -> bool:
    return answers_true(lambda cursor: cursor.execute("SELECT 1") is None)


def chinese_search() -> bool:
    return answers_true(finds_chinese)


def answers_true(question) -> bool:
    try:
        with connection.cursor() as cursor:
            return bool(question(cursor))
    except DatabaseError:
        return False


def migrations() -> bool:
    """No migration waits; asked until it was true once, as this code's migrations never grow."""
    global known_migrated
    if not known_migrated:
        try:
            executor = MigrationExecutor(connection)
            known_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
    return known_migrated


def broker() -> bool:
    try:
        with app.connection_for_write(transport_options={"socket_connect_timeout": 2, "socket_timeout": 2}) as link:
            link.ensure_connection(max_retries=0, timeout=2)
    except (OperationalError, OSError):
        return False
    return True


PARTS = {"database": database, "migrations": migrations, "chinese_search": chinese_search, "broker": broker}


def seconds_since_last_work() -> int | None:
    """Since the pulse last beat; nothing where it never has, or the database is away."""
    try:
        age = last_work()
    except DatabaseError:
        return None
    return None if age is None else round(age)
