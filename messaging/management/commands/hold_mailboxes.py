"""`hold_mailboxes`: reads all mailboxes the moment something comes, until it is told to end."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from messaging.email.holding import Holder


class Command(BaseCommand):
    help = "Holds every mailbox open (IMAP IDLE) and reads it as mails come; without it they are read every 20 seconds."

    def handle(self, *args: Any, **options: Any) -> None:
        holder = Holder()
        for kind in (signal.SIGTERM, signal.SIGINT):
            # In a thread: the interrupted main thread may be holding the event's own lock.
            signal.signal(kind, lambda *_given: threading.Thread(target=holder.stop.set).start())
        holder.run()
