"""What a web process still has to tell its sockets: collected, and given out once a second at most. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

PACE = 1.0  # seconds between two messages to a page
GATHER = 0.05  # seconds a lone hint waits for its companions
MOST = 300  # changed tickets in one message; beyond, the page asks for everything it shows


@dataclass(slots=True)
class Told:
    """One second's hints. `changed`: ticket to its last new entry, 0 where something else changed."""

    changed: dict[int, int] = field(default_factory=dict)
    users: set[int] = field(default_factory=set)
    rings: set[int] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    present: set[int] = field(default_factory=set)
    everything: bool = False

    def ticket(self, ticket: int, entry: int) -> None:
        known = self.changed.get(ticket, entry)
        self.changed[ticket] = max(known, entry) if known and entry else 0

    def __bool__(self) -> bool:
        lists = self.changed, self.users, self.rings, self.places, self.present
        return any(lists) or self.everything


class Outbox:
    """Hints on their way out; times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._held = Told()
        self._since = 0.0
        self._sent = float("-inf")

    def tickets(self, changed: Iterable[tuple[int, int]], now: float) -> None:
        self._begin(now)
        for ticket, entry in changed:
            self._held.ticket(ticket, entry)
        if len(self._held.changed) > MOST:
            self.everything(now)

    def users(self, ids: Iterable[int], now: float) -> None:
        self._begin(now)
        self._held.users.update(ids)

    def rings(self, ids: Iterable[int], now: float) -> None:
        """Something happens at these people's telephones."""
        self._begin(now)
        self._held.rings.update(ids)

    def places(self, names: Iterable[str], now: float) -> None:
        """What pages of these names show has changed."""
        self._begin(now)
        self._held.places.update(names)

    def present(self, tickets: Iterable[int], now: float) -> None:
        """Who is at these tickets has changed."""
        self._begin(now)
        self._held.present.update(tickets)

    def everything(self, now: float) -> None:
        """Hints may have been lost: pages ask for all they show."""
        self._begin(now)
        self._held.everything = True
        self._held.changed.clear()

    def due(self) -> float | None:
        """When the next message goes out; None while there is nothing to say."""
        return max(self._sent + PACE, self._since + GATHER) if self._held else None

    def take(self, now: float) -> Told | None:
        """The message, if it is time for one."""
        due = self.due()
        if due is None or now < due:
            return None
        told, self._held, self._sent = self._held, Told(), now
        return told

    def _begin(self, now: float) -> None:
        if not self._held:
            self._since = now
