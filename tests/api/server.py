"""The product served by a process that can be killed: `python -m tests.api.server [moment]`; says its port.

`moment` is when it kills itself: "kept" once effect and answer are written but not committed, "committed" once they
are but nothing of the answer was sent.
"""

import os
import signal
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"

from crm.wsgi import application
from door import once


def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def kept_and_dead(answer, **ours):
    keep(answer, **ours)
    die()


def answered_and_dead(environ, start_response):
    return die(application(environ, start_response))


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *args):
        pass


moment = sys.argv[1] if len(sys.argv) > 1 else ""
if moment == "kept":
    keep, once._keep = once._keep, kept_and_dead
server = Server(("127.0.0.1", 0), Silent)
server.set_app(answered_and_dead if moment == "committed" else application)
print(server.server_port, flush=True)
server.serve_forever()
