"""`python -m djpk.simulator [FD]`: the simulator's servers, and Dering connected to them, until SIGTERM.

DERING_SIMULATOR_URL says where it listens (http://127.0.0.1:PORT, unless it inherits the listening socket FD),
DERING_SIMULATOR_TARGET where Dering answers.
"""

import os
import signal
import socket
import sys
import threading
from urllib.parse import urlsplit

import django


def main(argv: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from djpk.simulator.lines import connect_lines
    from djpk.simulator.server import Outside

    if not settings.SIMULATOR_URL:
        raise SystemExit("DERING_SIMULATOR_URL is not set")
    ended = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda _signum, _frame: ended.set())
    port = urlsplit(settings.SIMULATOR_URL).port or 80
    listener = socket.socket(fileno=int(argv[0])) if argv else socket.create_server(("127.0.0.1", port))
    outside = Outside(settings.SIMULATOR_TARGET).start(listener)
    connect_lines(url=outside.url, smtp_port=outside.mail.port, at=timezone.now())
    ended.wait()
    outside.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
