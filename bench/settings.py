"""The product's settings with the floor's pages beside its own."""

from crm.settings import *  # noqa: F403
from crm.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench/templates")
