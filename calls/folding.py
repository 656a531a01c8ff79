"""What the signals of a call add up to, in whatever order they came. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

RING, ANSWER, HOLD, RESUME, TRANSFER, END = "ring", "answer", "hold", "resume", "transfer", "end"
KINDS = (RING, ANSWER, HOLD, RESUME, TRANSFER, END)


@dataclass(frozen=True, slots=True)
class Signal:
    """One event of the exchange. `extension` is the telephone it is about; of a transfer, the one that gets it."""

    call_id: str
    kind: str
    at: datetime
    key: str = ""
    number: str = ""
    direction: str = ""
    extension: str = ""
    recording_url: str = ""


@dataclass(slots=True)
class Facts:
    status: str = "RINGING"
    number: str = ""
    direction: str = "IN"
    extension: str = ""
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    hold_seconds: int = 0
    recording_url: str = ""
    _held_at: datetime | None = field(default=None, repr=False)


def fold(signals: Iterable[Signal]) -> Facts:
    """The call as it stands. A call that ended unanswered was missed; one that nobody ended goes on."""
    facts = Facts()
    for signal in sorted(signals, key=lambda one: (one.at, KINDS.index(one.kind), one.key)):
        facts.started_at = facts.started_at or signal.at
        facts.number = signal.number or facts.number
        facts.direction = signal.direction or facts.direction
        facts.recording_url = signal.recording_url or facts.recording_url
        _follow(facts, signal)
    if facts.ended_at:
        _hang_up(facts)
    return facts


def _follow(facts: Facts, signal: Signal) -> None:
    if signal.kind == END:
        facts.ended_at = signal.at
        return
    if signal.kind != RING or facts.answered_at is None:  # the others of a group ring on for a moment
        facts.extension = signal.extension or facts.extension
    if signal.kind == RING:
        return
    if facts.answered_at is None:  # also when "answer" was lost: only who talks can hold or hand on
        facts.answered_at = signal.at
    if signal.kind == HOLD:
        facts._held_at = facts._held_at or signal.at
    elif facts._held_at is not None:
        facts.hold_seconds += int((signal.at - facts._held_at).total_seconds())
        facts._held_at = None
    facts.status = "HELD" if facts._held_at else "TALKING"


def _hang_up(facts: Facts) -> None:
    end = facts.ended_at
    if facts._held_at is not None and end is not None and end > facts._held_at:
        facts.hold_seconds += int((end - facts._held_at).total_seconds())
    facts.status = "ENDED" if facts.answered_at or facts.direction == "OUT" else "MISSED"
