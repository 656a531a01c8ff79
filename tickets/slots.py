"""Where apps further down have a say about a ticket, without being imported here (decisions 4)."""

from collections.abc import Callable

from kernel.errors import Refused
from tickets.models import Ticket

Veto = Callable[[Ticket], Refused | None]
"""veto(locked ticket) -> why it must not be closed, or None."""

_vetoes: dict[str, Veto] = {}


def register_veto(name: str, veto: Veto) -> None:
    """Have `veto` asked before a ticket is closed, marked as spam or merged away. A name again replaces it."""
    _vetoes[name] = veto


def check_vetoes(ticket: Ticket) -> None:
    """Raises the first objection, in the order of their names."""
    for _name, veto in sorted(_vetoes.items()):
        if objection := veto(ticket):
            raise objection
