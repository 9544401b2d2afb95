"""A real Chromium before the real server. Every page a test opens is watched: see `watch.py`."""

import os
import pathlib
import shutil

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Error, expect, sync_playwright

from tests.browser.watch import Watch

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--force-color-profile=srgb"]
PLAIN_STATIC = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


PATIENCE = 10_000  # ms that a page may take to show what a test waits for, on a machine shared with others
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items):
    here = pathlib.Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


class Chromium:
    """One browser for all tests; one that died beside them is started again, so that it fails no test after it."""

    def __init__(self, playwright):
        self.playwright, self.browser = playwright, None

    def new_context(self, **options):
        try:
            return self._running().new_context(**options)
        except Error:
            if self.browser.is_connected():
                raise
            return self._running().new_context(**options)

    def _running(self):
        if self.browser is None or not self.browser.is_connected():
            self.browser = self.playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        return self.browser

    def close(self):
        if self.browser is not None:
            self.browser.close()


@pytest.fixture(scope="session")
def chromium():
    """See `Chromium`. Where it is missing the tests say so and skip; under CI they fail."""
    if CHROMIUM is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("no Chromium on this machine: install the package chromium, or set CHROMIUM to its path")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the test's own thread
    with sync_playwright() as playwright:
        browser = Chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def static_folder():
    pathlib.Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def server(settings, static_folder, live_server):
    """The product at a port of its own; files of `static/` under their plain names."""
    settings.STORAGES = PLAIN_STATIC
    return live_server


@pytest.fixture
def page_as(chromium, server):
    """`page_as(user)` opens a window in which `user` is signed in; None for nobody. Clean at the end, or it fails."""
    watches = []

    def open_as(user=None, width=1440, height=900, theme="light", **options):
        context = chromium.new_context(
            base_url=server.url, viewport={"width": width, "height": height}, color_scheme=theme, **options
        )
        context.set_default_timeout(PATIENCE)
        if user is not None:
            context.add_cookies([session_of(user, server.url)])
        page = context.new_page()
        watches.append(Watch(page))
        page.watch = watches[-1]
        return page

    yield open_as
    found = [problem for watch in watches for problem in watch.close()]
    assert not found, "\n".join(found)


def session_of(user, url):
    client = Client()
    client.force_login(user, backend="staff.login.Backend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
