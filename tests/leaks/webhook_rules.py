"""Other systems that are told."""

from tests.leaks.rule import OK, Rule


def subscription_form(world):
    key = "00000000-0000-4000-8000-000000000003"
    return {"key": key, "name": "新", "url": "https://receiver.example/", "unit": world.north, "kinds": "customer.*"}


def of_webhook(**options):
    return Rule("webhooks.manage", row="subscription", **options)


def press_webhook(**options):
    return of_webhook(methods="POST", **options)


DELIVERY = {"also": {"delivery": "delivery"}}
PERIOD = {"since": "2026-01-01T00:00", "until": "", "which": "all"}

RULES = {
    "webhooks": Rule("webhooks.manage"),
    "webhook-new": Rule("webhooks.manage", methods="GET POST", body=subscription_form, ok={"POST": {OK}}),
    "webhook": of_webhook(),
    "webhook-pause": press_webhook(),
    "webhook-resume": press_webhook(),
    "webhook-withdraw": press_webhook(),
    "webhook-secret": press_webhook(body=lambda w: {"seen": 1}, ok={"POST": {OK}}),
    "webhook-test": press_webhook(),
    "webhook-redeliver": press_webhook(body=lambda w: PERIOD),
    "webhook-delivery": of_webhook(**DELIVERY),
    "webhook-delivery-redeliver": press_webhook(**DELIVERY),
}
