"""One settings file; whatever differs between machines comes from the environment (docs/operations.md)."""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from crm import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("CRM_DATA", str(BASE_DIR / ".data")))
if (DATA_DIR / "environment").exists():  # left by `make run`; what the environment says goes first
    env.read_env(DATA_DIR / "environment")
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SEARCH_HASH_KEY = env.str("SEARCH_HASH_KEY", "")  # keys the hash that finds ID documents
WEBHOOK_KEY = env.str("WEBHOOK_KEY", "")  # the secrets that sign webhooks are made of it
WEBHOOK_HOSTS = env.list("WEBHOOK_HOSTS", default=[])  # whom webhooks may call; see webhooks/destinations.py
WEBHOOK_CA_FILE = env.str("WEBHOOK_CA_FILE", "")  # certificate authorities of receivers in the house
GATEWAY_KEY = env.str("GATEWAY_KEY", "")  # the secrets that gateways sign with are made of it
GATEWAYS = {"sms": env.str("GATEWAY_SMS", ""), "email": env.str("GATEWAY_EMAIL", "")}  # docs/gateways.md
BILLING_SIMULATOR = env.str("BILLING_SIMULATOR", "")  # where `make run` keeps one: http://:KEY@127.0.0.1:PORT
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", "")  # with which the links in messages begin; https://the first of ALLOWED_HOSTS
SURVEYS_PER_MINUTE = env.int("SURVEYS_PER_MINUTE", 30)  # of one address, on the page without a sign-in

HTTPS = env.bool("HTTPS", True)  # off only on a machine that serves itself over plain HTTP
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)  # how many proxies of ours write X-Forwarded-For
if TRUSTED_PROXIES:  # they end TLS and set this header themselves on every request
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
COOKIE_PREFIX = "__Host-" if HTTPS else env.str("COOKIE_PREFIX", "")
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}session", f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "crm",
    "webhooks",
    "complaints",
    "billing",
    "work",
    "outreach",
    "customers",
    "staff",
    "jobs",
    "door",
    "audit",
    "crm.admin_site.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "heroicons",
    "pgtrigger",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.requests.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "staff.middleware.PersonMiddleware",
    "crm.sizes.SizeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "crm.errors.NotAllowedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "crm.templatetags.icons",
                "crm.templatetags.page",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///crm")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 600),
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": env.bool("DATABASE_POOLED", False),
    "OPTIONS": {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "tcp_user_timeout": 20_000,
        "application_name": "crm",
    }
    | DATABASES["default"].get("OPTIONS", {}),  # e.g. ?host=/run/postgresql in the URL
}
REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", REDIS_URL),
        "OPTIONS": {"socket_timeout": 0.5},  # seconds: nothing waits for a cache that hangs
    }
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["staff.login.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "staff.passwords.LongestValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "staff.passwords.OwnWordsValidator"},
]
CSRF_FAILURE_VIEW = "crm.errors.form_too_old"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 12 * 3600  # a sign-in lasts no longer than this, however busy
SESSION_IDLE = 2 * 3600  # seconds without a request
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 86400

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "crm.formats"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# In service files have hashed names and are kept by browsers for ever; tests and DEBUG read them where they lie.
STATIC_HASHED = env.bool("STATIC_HASHED", not DEBUG)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_HASHED
PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "crm.assets.HashedStorage" if STATIC_HASHED else PLAIN_FILES},
}
MEDIA_ROOT = DATA_DIR / "uploads"  # never served by URL; a view hands out what the person may see
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", 200 * 1024**2)
IMPORT_KEPT_DAYS = env.int("IMPORT_KEPT_DAYS", 7)  # how long an uploaded file is kept
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of a form; a file is streamed and limited by its view
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10  # views that take files say how many

LOGGING = logs.configure(readable=env.str("LOG_FORMAT", "text" if sys.stderr.isatty() else "json") == "text")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 240  # shorter than the visibility timeout: no task is handed out while it still runs
CELERY_TASK_SOFT_TIME_LIMIT = 210
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_STORE_EAGER_RESULT = False
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_BEAT_SCHEDULE = {  # one bell among several: any number of beats, or none, gives the same result
    "tick": {"task": "jobs.tick", "schedule": 10.0, "options": {"expires": 60}},
}

API_TOKEN_PER_MINUTE = env.int("API_TOKEN_PER_MINUTE", 600)
API_PERSON_PER_MINUTE = env.int("API_PERSON_PER_MINUTE", 1200)
FILTERS_EMPTY_CHOICE_LABEL = _("All")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "staff.bearer.BearerToken",
        "rest_framework.authentication.SessionAuthentication",  # for the reference page; asks for the CSRF token
    ],
    "DEFAULT_PARSER_CLASSES": ["door.reading.StrictJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_CLASSES": ["door.throttles.TokenThrottle", "door.throttles.PersonThrottle"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "door.schema.Described",
    "EXCEPTION_HANDLER": "door.problems.handler",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Telecom CRM",
    "VERSION": "1",
    "DESCRIPTION": _("The same operations, rights and reach as the pages. Guide: docs/api.md."),
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["door.schema.with_problems"],
}

# What each process of a worker looks for by itself: one thread for each, and about how many seconds between two looks.
WORKER_TURNS = [
    ("jobs.pendulum.turn", 5.0),
    ("work.due.turn", 0.8),
    ("webhooks.sending.express", 2.0),
    ("webhooks.sending.work_off", 5.0),
    ("webhooks.sending.express", 30.0),  # these two are woken by whoever finds something
    ("webhooks.sending.work_off", 30.0),
    ("outreach.gateways.smpp.turn", 2.0),
    ("outreach.sending.sms", 2.0),
    ("outreach.sending.sms", 30.0),
    ("outreach.sending.email", 5.0),
    ("outreach.settling.work_off", 5.0),
]

COTTON_ISOLATE_BY_DEFAULT = True  # a component sees what it is given and the context processors, not the page

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# What files may be about; see customers/imports/subjects.py.
IMPORT_SUBJECTS = [
    "customers.imports.of_customers.CUSTOMERS",
    "billing.imports.accounts.ACCOUNTS",
    "billing.imports.bills.BILLS",
    "billing.imports.payments.PAYMENTS",
    "billing.imports.adjustments.ADJUSTMENTS",
    "billing.imports.usage.USAGE",
    "complaints.imports.of_complaints.COMPLAINTS",
]
# The customer's page is drawn from these: (name, URL name, column, events of the page that draw it anew). Each app
# serves its own panel.
CUSTOMER_PANELS = [
    ("money", "customer-panel-money", "main", []),
    ("timeline", "customer-panel-timeline", "main", ["timeline-changed", "customer-changed"]),
    ("lines", "customer-panel-lines", "side", []),
    ("identifiers", "customer-panel-identifiers", "side", []),
    ("manager", "customer-panel-manager", "side", []),
    ("follow-ups", "customer-panel-follow-ups", "side", ["timeline-changed"]),
    ("messages", "customer-panel-messages", "side", []),
]
# What stands beside the name on it; see customers/header.
CUSTOMER_MARKS = [
    "customers.header.standing",
    "billing.standing.marks",
    "outreach.standing.marks",
    "complaints.standing.marks",
]
# Further buttons at its head; see customers/header.
CUSTOMER_ACTIONS = [
    "billing.counter.actions.offered",
    "complaints.customer_actions.offered",
]
# What the search box finds by its whole number, beside customers; see customers/search/elsewhere.
SEARCH_ELSEWHERE = ["complaints.by_number.found"]
# What may follow at once from a contact, and from a call nobody was found for; see customers/header.
CONTACT_ACTIONS = ["complaints.customer_actions.after_contact"]
CALL_ACTIONS = ["complaints.customer_actions.for_call"]
# What else a move of a unit moves or refuses, in its transaction: functions of the unit.
UNIT_FOLLOWERS = ["customers.models.communities.refuse_misplaced", "customers.search.areas.follow"]
# What else follows from a contact, when it is recorded and when its follow-up is done: functions (interaction, by=).
INTERACTION_FOLLOWERS = ["work.contacts.follow"]
# What else follows from how a follow-up ended, in its transaction: functions (follow-up, by=, at=); True where the one
# takes care of a dissatisfied customer itself. Who may refuse what is done with one: functions (follow-up, deed, by=).
FOLLOW_UP_FOLLOWERS = ["complaints.hearing.heard"]
FOLLOW_UP_GUARDS = ["complaints.calling_back.guard"]
# Pages with the questions of a call: (kind, what it is about) → URL name, with the id of that.
FOLLOW_UP_PAGES = {("callback", "complaints.complaint"): "complaint-callback"}
# Who hears when an absence is entered, begins, changes or ends, in its transaction: functions of the absence.
ABSENCE_FOLLOWERS = ["work.absence_notices.tell", "work.deputies.follow", "complaints.deputising.follow"]
# What follow-ups and messages may serve that is kept from some people; see staff/withheld.py.
KEPT_FROM = {"complaints.complaint": "complaints.concerned"}
# What the timeline is read from; see customers/timeline.
CUSTOMER_TIMELINE = [
    "customers.timeline.contacts.entries",
    "customers.timeline.changes.entries",
    "outreach.timeline.entries",
    "outreach.timeline.said",
    "work.timeline.entries",
    "billing.timeline.entries",
    "complaints.timeline.entries",
]
# Who else is asked before messages go: functions (messages, at) → {pk of a message: outreach.judging.No}.
SEND_GUARDS = ["billing.dunning.guard.ask", "billing.dunning.low_balance.ask"]
# Who looks at what customers write back, in this order; see outreach/inbound.py.
INBOUND_HANDLERS = ["outreach.inbound.stop", "outreach.inbound.agree", "outreach.inbound.reply"]
