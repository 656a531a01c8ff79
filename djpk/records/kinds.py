"""Every kind by its code, in the order in which the page offers them."""

from djpk.records.tickets.kind import TICKETS
from kernel.importing.engine import Kind

KINDS: dict[str, Kind] = {kind.code: kind for kind in (TICKETS,)}
RECORD_KINDS: tuple[str, ...] = tuple(code for code in KINDS if code != TICKETS.code)
