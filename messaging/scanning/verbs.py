"""What becomes of files that came in: held until they were checked, and for good when something is in them."""

from datetime import datetime

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.models import StoredFile
from messaging.files import read_file
from messaging.hearing import delivery_changed
from messaging.models import Attachment
from messaging.scanning.clamd import Unreachable, Verdict, scan

MOST = 100  # files a run
_S = Attachment.Scan
log = structlog.get_logger()


def first_state() -> str:
    """Of a file that comes in now."""
    return str(_S.WAITING if settings.CLAMD else _S.NONE)


def waiting() -> QuerySet[Attachment]:
    """Files that nobody has checked yet, oldest first."""
    return Attachment.objects.filter(scan=_S.WAITING).order_by("pk")


def why_held(row: Attachment) -> str:
    """Why a file is not given out; empty for most."""
    if row.scan == _S.WAITING:
        return _("menunggu pemeriksaan virus")
    if row.scan == _S.INFECTED:
        return _("ditahan: {name}").format(name=row.scan_said)
    return ""


def check_not_held(rows: "QuerySet[Attachment] | list[Attachment]") -> None:
    """Raises Refused(`file.held`) for the first that may not be given out."""
    for row in rows:
        if reason := why_held(row):
            raise Refused("file.held", _("Berkas {name} tidak dapat dibuka ({reason})."), name=row.name, reason=reason)


def scan_waiting(*, at: datetime, most: int = MOST) -> int:
    """Have what waits checked, each content once; how many files were settled. Stops while the daemon is away."""
    if not settings.CLAMD:
        return waiting().update(scan=_S.NONE)  # checks were switched off: nothing waits for them
    done = 0
    contents = waiting().order_by().values_list("file", flat=True).distinct()[:most]
    for file in StoredFile.objects.filter(pk__in=list(contents)).order_by("pk"):
        try:
            verdict = scan(settings.CLAMD, read_file(file))
        except Unreachable as error:
            log.warning("scanner_unreachable", error=str(error))
            return done
        done += settle(file=file, verdict=verdict, at=at)
    return done


def settle(*, file: StoredFile, verdict: Verdict, at: datetime) -> int:
    """Write the verdict down for every file of this content that waits for it."""
    state = _S.INFECTED if verdict.found else _S.SKIPPED if verdict.skipped else _S.CLEAN
    rows = list(waiting().filter(file=file).select_related("message"))
    said = (verdict.found or verdict.skipped)[:120]
    done = waiting().filter(pk__in=[row.pk for row in rows]).update(scan=state, scan_said=said)
    if state == _S.INFECTED:
        log.warning("virus_found", name=said, messages=[row.message_id for row in rows])
    for row in rows:
        delivery_changed(row.message, at)
    return done
