"""Sending by one process, against the same calls in a loop without any database; both to the simulator."""

import contextlib
import subprocess
import sys
import time
from threading import Thread
from uuid import uuid4

from bench.stage import ROOT, free_port

ROUNDS, MESSAGES = 5, 400  # in turn with the floor, so that what else the machine does slows down both
WARM_UP = 100
THREADS = 2  # of each process of a worker; see settings.WORKER_TURNS


def run(stage, report):
    with simulator(stage) as address:
        connect(address)
        send(WARM_UP)
        floor = seconds = cpu = 0
        for _ in range(ROUNDS):
            floor += bare(MESSAGES)
            took, busy = send(MESSAGES)
            seconds, cpu = seconds + took, cpu + busy
    many = ROUNDS * MESSAGES
    report.rate("send", "one process", many / seconds, many / floor, 0.4)
    print(f"{'send: CPU of the process, ms a message':45} {cpu * 1000 / many:8.2f}")


@contextlib.contextmanager
def simulator(stage):
    """Its address, on a book of its own."""
    from crm.embedded.child import wait_until

    port = free_port()
    words = [sys.executable, "-m", "outreach.simulator", "--port", str(port), "--product", "http://127.0.0.1:9"]
    words += ["--data", str(stage.home.data / f"simulator-{port}"), "--name", "sms"]
    process = subprocess.Popen(words, cwd=ROOT, env=stage.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(port))
        yield f"http://127.0.0.1:{port}?idempotent=1"
    finally:
        process.terminate()
        process.wait(20)


def listens(port):
    import socket

    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def connect(address):
    from django.conf import settings

    settings.GATEWAYS = {"sms": address, "email": ""}


def bare(messages):
    """Seconds that the calls alone take."""
    from outreach.gateways.registry import gateway_for

    gateway, text = gateway_for("sms"), "尊敬的客户，您好。"
    for _ in range(WARM_UP):
        gateway.send(ref=uuid4(), to="13900000000", text=text)
    began = time.perf_counter()
    for _ in range(messages):
        gateway.send(ref=uuid4(), to="13900000000", text=text)
    return time.perf_counter() - began


def send(messages):
    """Seconds from the first claim until nothing is left, and those of them that the process was busy."""
    from outreach.models import Message
    from outreach.sending import sms

    wave = owe(messages)
    threads = [Thread(target=alone, args=[sms]) for _ in range(THREADS)]
    began, idle = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, busy = time.perf_counter() - began, time.process_time() - idle
    sent = Message.objects.filter(wave=wave, state="accepted").count()
    assert sent == messages, f"{sent} of {messages} were accepted"
    return seconds, busy


def alone(work):
    from django.db import connection

    try:
        work()
    finally:
        connection.close()


def owe(messages):
    """A wave of messages that may go at any hour and is not held, to as many customers."""
    from django.db import transaction

    from customers.models import Customer
    from outreach.models import Rules, Template
    from outreach.waves import queue_many

    some = Customer.objects.filter(status="active", identifiers__kind="contact", identifiers__valid_to=None)
    customers = list(some.order_by("pk")[:messages])
    branch = customers[0].branch
    text = {"text_zh": "尊敬的{customer}，您好。", "text_en": "Dear {customer}, hello."}
    kind = {"name": "Bench", "message_class": "service", "any_time": True}
    template, _ = Template.objects.get_or_create(branch=branch, code="bench", defaults=text | kind)
    Rules.objects.update_or_create(branch=branch, defaults={"hold_from": 10**6})
    rows = [(customer, f"bench {uuid4()}", {}) for customer in customers]
    with transaction.atomic():
        return queue_many(branch, template.code, rows, wave_key=f"bench {uuid4()}")
