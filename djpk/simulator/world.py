"""What the requesters wrote and what reached them, in order; held in memory by the one process that plays them."""

import threading
import uuid
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

log = structlog.get_logger()
MOST_LINES, MOST_FILES = 5000, 300


@dataclass(slots=True)
class Line:
    """One thing on a requester's side. `mine`: the requester's own. `state` as the requester's device shows it."""

    number: int
    channel: str
    person: str
    mine: bool
    kind: str
    text: str
    at: str
    state: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wire:
    """One call between the outside and Dering, for those who want to see the wire: what, and what was answered."""

    at: str
    channel: str
    what: str
    answer: str


class World:
    """Thread-safe. Every change raises `version`."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=MOST_LINES)
        self._wires: deque[Wire] = deque(maxlen=200)
        self._files: OrderedDict[str, tuple[str, str, bytes]] = OrderedDict()
        self._lock = threading.RLock()
        self._turns: dict[str, ThreadPoolExecutor] = defaultdict(lambda: ThreadPoolExecutor(1))
        self.version = 0

    def in_turn(self, channel: str, do: Callable[[], object]) -> None:
        """Do it soon, after what the channel's requesters did before."""
        with self._lock:
            self._turns[channel].submit(_logged, do)

    def stop(self) -> None:
        """Wait for what is under way; nothing more happens."""
        for turns in self._turns.values():
            turns.shutdown(cancel_futures=True)

    def add(
        self, channel: str, person: str, *, mine: bool, kind: str, text: str = "", state: str = "", **data: Any
    ) -> Line:
        with self._lock:
            self.version += 1
            line = Line(self.version, channel, person, mine, kind, text, _now(), state, data)
            self._lines.append(line)
            return line

    def set_state(self, line: Line, state: str) -> None:
        with self._lock:
            line.state = state
            self.version += 1

    def wire(self, channel: str, what: str, answer: object) -> None:
        with self._lock:
            self._wires.appendleft(Wire(_now(), channel, what, str(answer)))
            self.version += 1

    def lines(self, channel: str, person: str) -> list[Line]:
        with self._lock:
            return [line for line in self._lines if (line.channel, line.person) == (channel, person)]

    def find(self, channel: str, **data: Any) -> Line | None:
        """The newest line with these values in its data."""
        with self._lock:
            rows = (line for line in reversed(self._lines) if line.channel == channel)
            return next((line for line in rows if data.items() <= line.data.items()), None)

    def wires(self, channel: str, most: int = 12) -> list[Wire]:
        with self._lock:
            return [wire for wire in self._wires if wire.channel == channel][:most]

    def add_file(self, name: str, kind: str, content: bytes) -> dict[str, Any]:
        """Keep a file; the oldest goes when there are too many."""
        with self._lock:
            key = uuid.uuid4().hex
            self._files[key] = (name, kind, content)
            while len(self._files) > MOST_FILES:
                self._files.popitem(last=False)
        return {"key": key, "name": name, "type": kind, "size": len(content)}

    def file(self, key: str) -> tuple[str, str, bytes] | None:
        """Name, media type and content."""
        with self._lock:
            return self._files.get(key)

    def shown(self, channel: str, person: str) -> dict[str, Any]:
        with self._lock:
            return {
                "version": self.version,
                "lines": [asdict(line) for line in self.lines(channel, person)],
                "wires": [asdict(wire) for wire in self.wires(channel)],
            }


def _logged(do: Callable[[], object]) -> None:
    try:
        do()
    except Exception:
        log.exception("simulator_stumbled")


def _now() -> str:
    return datetime.now(UTC).isoformat()
