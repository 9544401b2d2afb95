"""Wrong settings are refused in plain words, with what to do."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from outreach.gateways.address import BadAddress
from outreach.gateways.registry import made
from webhooks.destinations import ENTRY

LEAST_KEY = 50  # characters
LEAST_POSTGRES = 150_000
BROKERS = {"redis", "rediss", "redis+socket"}
CACHES = {"redis", "rediss", "unix"}
NEW_KEY = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'


@register(Tags.security)
def keys(app_configs, **kwargs):
    """The keys are there and long enough."""
    faults = []
    for number, name in ((1, "SECRET_KEY"), (2, "SEARCH_HASH_KEY"), (8, "WEBHOOK_KEY"), (10, "GATEWAY_KEY")):
        key = setting(name)
        if len(key) < LEAST_KEY:
            said = "is not set" if not key else f"has fewer than {LEAST_KEY} characters"
            faults.append(Error(f"{name} {said}.", hint=f"Make one with: {NEW_KEY}", id=f"crm.E{number:03}"))
    if not faults and setting("SECRET_KEY") == setting("SEARCH_HASH_KEY"):
        hint = "Give the hashes of ID numbers a key of their own: SECRET_KEY changes from time to time, it must not."
        faults.append(Warning("SEARCH_HASH_KEY equals SECRET_KEY.", hint=hint, id="crm.W001"))
    return faults


@register(Tags.security)
def webhooks(app_configs, **kwargs):
    """Every entry of WEBHOOK_HOSTS can be read."""
    hint = "An entry is [http://]name[:port][!private], e.g. billing.example.com or *.example.com:8443."
    wrong = [entry for entry in settings.WEBHOOK_HOSTS if not ENTRY.fullmatch(entry.strip().lower())]
    return [
        Error(f"WEBHOOK_HOSTS has an entry that means nothing: {entry}", hint=hint, id="crm.E009") for entry in wrong
    ]


@register(Tags.security)
def gateways(app_configs, **kwargs):
    """Every gateway can be made of its address, which is never quoted: it may hold a password."""
    faults = []
    for channel, url in settings.GATEWAYS.items():
        try:
            url and made(channel, url)
        except BadAddress as wrong:
            hint = "docs/gateways.md lists the addresses and their options."
            faults.append(Error(f"GATEWAY_{channel.upper()} is wrong: {wrong}.", hint=hint, id="crm.E011"))
    return faults


def setting(name: str) -> str:
    try:
        return getattr(settings, name)
    except ImproperlyConfigured:
        return ""


@register
def addresses(app_configs, **kwargs):
    """Database, broker and cache are of the kinds the product works with."""
    faults = []
    engine = settings.DATABASES["default"]["ENGINE"]
    if engine != "django.db.backends.postgresql":
        faults.append(Error("DATABASE_URL does not name a PostgreSQL.", hint="postgres://…", id="crm.E003"))
    broker, cache = urlsplit(settings.CELERY_BROKER_URL).scheme, urlsplit(settings.CACHES["default"]["LOCATION"]).scheme
    if broker not in BROKERS:
        hint = "Use redis://host:6379/0, rediss://… or redis+socket:///path/of/socket?virtual_host=0."
        faults.append(Error(f"REDIS_URL cannot begin with {broker}://.", hint=hint, id="crm.E004"))
    if cache not in CACHES:
        hint = "Set CACHE_URL to redis://host:6379/1, rediss://… or unix:///path/of/socket?db=1."
        faults.append(Error(f"CACHE_URL cannot begin with {cache}://.", hint=hint, id="crm.E005"))
    return faults


@register(Tags.security, deploy=True)
def hosts(app_configs, **kwargs):
    if "*" in settings.ALLOWED_HOSTS:
        hint = "Name the hosts people use, e.g. ALLOWED_HOSTS=crm.example.com."
        return [Warning("ALLOWED_HOSTS accepts every host name.", hint=hint, id="crm.W002")]
    return []


@register(Tags.database)
def database(app_configs, databases=None, **kwargs):
    """The server is new enough, and its locale lets Chinese names be found."""
    faults = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
            number, version = cursor.fetchone()
            if number < LEAST_POSTGRES:
                faults.append(Error(f"PostgreSQL {version} is too old.", hint="15 or newer is needed.", id="crm.E006"))
            if not finds_chinese(cursor):
                faults.append(Error("A search would find no Chinese name.", hint=LOCALE, id="crm.E007"))
    return faults


LOCALE = (
    "The database's LC_CTYPE is C. Make the database anew: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' "
    "LOCALE 'C.UTF-8'."
)


def finds_chinese(cursor) -> bool:
    """Whether trigrams are made of Chinese characters; true before the first migration brings pg_trgm."""
    cursor.execute("SELECT to_regproc('show_trgm') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return True
    cursor.execute("SELECT cardinality(show_trgm('张伟')) > 0")
    return cursor.fetchone()[0]
