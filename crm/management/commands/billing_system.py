"""Make what the simulated billing system comes in with, and become it."""

import os
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from billing import simulated
from billing.simulator import __main__ as simulator
from crm import billing_access
from crm.embedded.home import make


class Command(BaseCommand):
    help = "Run a billing system for trying things out, at the address BILLING_SIMULATOR, until it is stopped."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--fd", type=int, help="a socket that already listens at that address")
        parser.add_argument("--data", type=Path, required=True, help="folder for its book and its keys")
        parser.add_argument("--product", required=True, help="address of the product, e.g. http://localhost:8000")
        parser.add_argument("--renew", default="60", help="seconds between two times of making tokens anew")

    def handle(self, *, fd, data, product, renew, **options):
        at = simulated.system()
        if at is None:
            raise CommandError("BILLING_SIMULATOR is not set: say where, as http://:KEY@127.0.0.1:9010.")
        access = make(data.absolute()) / "access"
        billing_access.make(access, at.key, at.address)
        connections.close_all()
        where = ("--fd", str(fd)) if fd is not None else ("--port", str(at.port))
        words = [*where, "--access", str(access), "--data", str(data), "--product", product, "--renew", renew]
        os.execv(sys.executable, [sys.executable, "-m", simulator.__spec__.parent, *words])  # noqa: S606
