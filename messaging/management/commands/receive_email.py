"""`receive_email`: mail from a pipe, an mbox file or a folder of messages; a JSON line for each."""

import json
import mailbox
import os
import re
import sys
import zlib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone

from messaging.claiming import claim_in_order
from messaging.email.outcome import outcome
from messaging.email.receiving import receive_mail

EX_TEMPFAIL = 75  # sysexits.h: the MTA keeps the mail and tries again


_FROM = re.compile(rb"^from:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_MANGLED = re.compile(rb"^>(>*From )", re.MULTILINE)
log = structlog.get_logger()


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # an MTA starts it for every mail
    help = "Takes one mail on standard input, or many with --batch, and prints a JSON line per mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--batch", type=Path, metavar="FILE.mbox|FOLDER", help="an mbox file, Maildir or folder of *.eml"
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=1,
            metavar="N",
            help="take so many of a batch at a time, a sender's in order",
        )
        parser.add_argument("--mailbox", default="", metavar="ADDRESS", help="of ours, when the recipients do not tell")

    def handle(self, *args: Any, **options: Any) -> None:
        batch, address, processes = options["batch"], options["mailbox"], options["processes"]
        if not batch:
            self._take_all(iter([_piped()]), address)
        elif processes > 1:
            self._share(batch, address, processes)
        else:
            self._take_all(_from(batch), address)

    def _share(self, batch: Path, address: str, processes: int) -> None:
        """Each process takes the mails of some senders; the worst of their exit codes is ours."""
        connections.close_all()
        children = [self._fork(batch, address, place, processes) for place in range(processes)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
        if any(codes):
            sys.exit(1 if 1 in codes else EX_TEMPFAIL)

    def _fork(self, batch: Path, address: str, place: int, processes: int) -> int:
        if pid := os.fork():
            return pid
        code = 1
        try:
            self._take_all((raw for raw in _from(batch) if _sender(raw) % processes == place), address)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        except CommandError as error:
            self.stderr.write(str(error))
        finally:
            connections.close_all()
            sys.stdout.flush()
            os._exit(code)

    def _take_all(self, mails: Iterator[bytes], address: str) -> None:
        failed = False
        for raw in mails:
            if not raw.strip():  # no mail: the next ones are taken all the same
                self.stderr.write("an empty one was left out")
                continue
            try:
                self.stdout.write(json.dumps(self._take(raw, address), ensure_ascii=False))
                self.stdout.flush()
            except (DatabaseError, OSError) as error:
                self.stderr.write(f"temporary failure: {error}")
                sys.exit(EX_TEMPFAIL)
            except Exception as error:  # a fault of ours: whoever brings mails keeps this one and tries again
                log.exception("mail_not_taken")
                self.stderr.write(f"not taken: {error}")
                failed = True
        if failed:
            sys.exit(EX_TEMPFAIL)

    def _take(self, raw: bytes, address: str) -> dict[str, Any]:
        received = receive_mail(raw, mailbox=address, wake=False, at=timezone.now())
        claim_in_order(message=received.message, at=timezone.now())
        return outcome(received.message, received.new)


def _piped() -> bytes:
    raw = sys.stdin.buffer.read()
    if not raw.strip():
        raise CommandError("no mail on standard input")
    return raw


def _sender(raw: bytes) -> int:
    """A number by which the mails of a sender stay together."""
    found = _FROM.search(raw, 0, 65_536)
    return zlib.crc32(found[1].strip().lower()) if found else 0


def _from(path: Path) -> Iterator[bytes]:
    """Mails of an mbox file, a Maildir, or a folder of files, in order."""
    if not path.exists():
        raise CommandError(f"{path} does not exist")
    if path.is_file():
        box = mailbox.mbox(path, create=False)
        yield from (_MANGLED.sub(rb"\1", box.get_bytes(key)) for key in sorted(box.iterkeys()))
    elif (path / "cur").is_dir():
        maildir = mailbox.Maildir(path, create=False)
        yield from (maildir.get_bytes(key) for key in sorted(maildir.iterkeys()))
    else:
        yield from (file.read_bytes() for file in sorted(path.iterdir()) if file.is_file())
