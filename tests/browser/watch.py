"""What must be true of every page: policy kept, no error in the console, readable by everyone, no sideways scroll."""

import json
import pathlib
import re

from axe_playwright_python.sync_playwright import Axe

SHOTS = pathlib.Path(__file__).parents[2] / ".data" / "shots"
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample);
});
"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Words of the page itself: what is marked as a name or data, or as being in another language, is left out.
OWN_WORDS = """() => {
  const skipped = (node) => node.parentElement.closest("[translate=no], [lang]:not(html), script, style, template");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [document.title];
  while (walker.nextNode()) if (!skipped(walker.currentNode)) found.push(walker.currentNode.data);
  const spoken = ["title", "aria-label", "placeholder", "data-key-label", "alt"];
  for (const element of document.querySelectorAll(spoken.map((name) => `[${name}]`).join())) {
    if (element.closest("[translate=no], [lang]:not(html)")) continue;
    found.push(...spoken.map((name) => element.getAttribute(name) ?? ""));
  }
  return found;
}"""
DATA = """() => [...document.querySelectorAll("[translate=no], [lang]:not(html)")]
  .flatMap((element) => [element.textContent.trim(), ...[...element.childNodes].map((node) => node.textContent.trim())])
  .filter((text) => text.length > 1)"""
AXE = {"resultTypes": ["violations"], "preload": False}  # fetching style sheets again would break the policy
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


class Watch:
    """Collects what goes wrong in one window from its first page to its last."""

    def __init__(self, page):
        self.page = page
        self.problems = []
        self.forgiven = []
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("console", self._heard)
        page.on("requestfailed", self._lost)
        page.on("response", self._answered)

    def forgive(self, pattern):
        """This test means to meet it: a regular expression over the problem's words."""
        self.forgiven.append(re.compile(pattern))

    def _heard(self, message):
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _lost(self, request):
        if "ERR_ABORTED" not in (request.failure or ""):  # left behind by a newer question or page
            self.problems.append(f"lost: {request.method} {request.url} {request.failure}")

    def _answered(self, response):
        if response.status >= 400 and response.status != 422:
            self.problems.append(f"answer: {response.status} {response.url}")

    def close(self):
        self.page.context.close()
        return [found for found in self.problems if not any(pattern.search(found) for pattern in self.forgiven)]


def problems_of_reading(page):
    """What axe finds on the page as it stands, one line each."""
    violations = Axe().run(page, options=AXE).response["violations"]
    return [
        f"{found['id']}: {node['target']} {node['html'][:160]} {json.dumps(node['any'][:1])[:240]}"
        for found in violations
        for node in found["nodes"]
    ]


def chinese_words(page):
    """Chinese in the page's own words; names and data, also inside a sentence, are left out."""
    data = sorted(page.evaluate(DATA), key=len, reverse=True)
    left = [without(words, data) for words in page.evaluate(OWN_WORDS) if CHINESE.search(words)]
    return [words.strip() for words in left if CHINESE.search(words)]


def without(words, data):
    for one in data:
        words = words.replace(one, "")
    return words


def sideways(page):
    """How many pixels the page is wider than its window."""
    return page.evaluate(SIDEWAYS)


def shoot(page, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
