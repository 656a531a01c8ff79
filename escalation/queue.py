"""A unit's queue as its page shows it: what waits for an answer, what stands, what was answered today."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language, gettext_lazy

from escalation.access import away_on, members_of, stands_in_for
from escalation.averages import Axis, UnitAverage, averages_of, axis_of
from escalation.ladder import Ladder, ladder_of, moment
from escalation.models import Absence, Escalation
from escalation.scores import Judge, pauses_of_many
from escalation.scoring import Pause
from escalation.ticket_side import RUNNING
from kernel.compiled import Compiled, one_of, run
from kernel.formats import decimal
from kernel.languages import gettext as _
from kernel.months import JAKARTA, Month
from people.models import Unit, User
from people.reference import REGIONS, STAFF, UNITS
from tickets.clocks import span
from tickets.reference import TOPICS
from worktime.clock import NoOpening, add_working

Status = Escalation.Status
PAGE = 50
SOON = timedelta(hours=2)  # of working time until the score drops
FILTERS = {
    "": gettext_lazy("Menunggu jawaban"),
    "segera": gettext_lazy("Segera turun skor"),
    "klarifikasi": gettext_lazy("Perlu klarifikasi"),
    "saya": gettext_lazy("Ditangani saya"),
    "bebas": gettext_lazy("Belum diambil"),
    "dijawab": gettext_lazy("Dijawab hari ini"),
}
_COLUMNS = (
    "id", "status", "escalated_at", "escalated_by_id", "taken_by_id", "answered_at", "answered_by_id", "drops_at",
    "question", "urgent", "score", "working_minutes", "ticket__number", "ticket__subject", "ticket__topic_id",
    "ticket__region_id", "ticket__user_group", "unit_id", "excluded",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """An escalation in the list."""

    pk: int
    number: str
    title: str
    topic: str
    where: str
    asked: str
    holder: str
    mine: bool
    urgent: bool
    status: str
    ladder: Ladder | None
    since: str = ""
    score: int | None = None
    took: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading with how many there are in all."""

    label: str
    count: int
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Load:
    """What one person of the unit has in hand, and who does it while they are away."""

    user: User
    head: bool
    count: int
    away: Absence | None

    @property
    def until(self) -> str:
        return _("sampai {day}").format(day=f"{self.away.ends_on - timedelta(days=1):%d/%m}") if self.away else ""


@dataclass(frozen=True, slots=True)
class Score:
    """The month so far. `with_next` is the average once the most urgent question is answered, for `next_score`."""

    month: str
    average: UnitAverage | None
    of: int
    axis: Axis | None
    with_next: str = ""
    next_score: int = 0

    @property
    def words(self) -> str:
        return self.average.words(get_language() or "id") if self.average else "–"


@dataclass(slots=True)
class Queue:
    unit: Unit
    chosen: str
    counts: list[tuple[str, str, int]]
    groups: list[Group]
    loads: list[Load]
    score: Score
    leads: bool
    page: int = 1
    more: bool = False
    waiting: int = field(default=0)


def unit_ids(unit: Unit) -> list[int]:
    """The dated rows of the unit's code: escalations name any of them."""
    return [row.pk for row in UNITS().values() if row.code == unit.code]


def queue_of(
    unit: Unit, *, user: User, leads: bool, chosen: str = "", page: int = 1, opened: int | None = None, at: datetime
) -> Queue:
    """The page of a unit. `chosen` is one of FILTERS; `opened` the escalation beside the list."""
    judge = Judge.now()
    chosen = chosen if chosen in FILTERS else ""
    scope = _scope(unit, judge, user, at)
    counts, held = _counts(scope)
    groups, more = _groups(scope, counts, chosen, page, _Reader(judge, user, opened, at))
    first = next((row for group in groups for row in group.rows if row.status in RUNNING and row.ladder), None)
    return Queue(
        unit=unit,
        chosen=chosen,
        counts=[(key, str(label), counts[key]) for key, label in FILTERS.items()],
        groups=groups,
        loads=_loads(unit, held, at),
        score=score_of(unit, first.ladder.score if first and first.ladder else None, at),
        leads=leads,
        page=page,
        more=more,
        waiting=counts[""],
    )


def _loads(unit: Unit, held: dict[int | None, int], at: datetime) -> list[Load]:
    """Everybody of the unit with what they have in hand."""
    away = away_on(at.astimezone(JAKARTA).date())
    members = members_of(unit.code)
    return [Load(row.user, row.is_head, held.get(row.user_id, 0), away.get(row.user_id)) for row in members]


def score_of(unit: Unit, next_score: int | None, at: datetime) -> Score:
    """The unit's month so far and, with `next_score`, what that answer would make of it; one query."""
    month, language = Month.of(at), get_language() or "id"
    found = averages_of(month)
    own = next((row for row in found if row.code == unit.code), None)
    with_next = ""
    if next_score is not None:
        with_next = decimal((own or UnitAverage(unit.code, 0, 0)).with_next(next_score), 2, language=language)
    axis = axis_of(found, unit.code, language)
    label = month.label(language, year=False)
    return Score(label, own, len(found), axis, with_next, next_score or 0)


def soon(judge: Judge, at: datetime) -> datetime:
    """Until when a drop is soon."""
    rule = judge.rule_at(at)
    try:
        return add_working(judge.calendar_of(rule).calendar, at, SOON) if rule else at
    except NoOpening:
        return at


def _scope(unit: Unit, judge: Judge, user: User, at: datetime) -> dict[str, Any]:
    """What the queries of a page are asked with."""
    today = at.astimezone(JAKARTA).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = {user.pk} | stands_in_for(user, today.date())
    return {"units": unit_ids(unit), "mine": sorted(mine), "soon": soon(judge, at), "today": today}


_NARROWED: dict[str, Callable[[dict[str, Any]], Q]] = {
    "": lambda scope: Q(),
    "segera": lambda scope: Q(drops_at__lte=scope["soon"]),
    "saya": lambda scope: Q(one_of("taken_by_id", scope["mine"])),
    "bebas": lambda scope: Q(taken_by=None),
}
_WAITING = tuple(RUNNING)


def _running(chosen: str) -> Compiled[Escalation]:
    """The clocks that run, the next to drop first; one more than a page shows."""

    def build(rows: QuerySet[Escalation], **scope: Any) -> QuerySet[Escalation]:
        return _by_drop(_shown(rows, scope), chosen, scope)[: PAGE + 1]

    return Compiled(build, "unit", "mine", "soon")


def _paused(chosen: str) -> Compiled[Escalation]:
    """Clocks that stand, one's own alone where that was chosen."""

    def build(rows: QuerySet[Escalation], **scope: Any) -> QuerySet[Escalation]:
        narrowed = _NARROWED["saya"](scope) if chosen == "saya" else Q()
        rows = _shown(rows, scope).filter(narrowed, status=Status.RETURNED)
        return rows.order_by("escalated_at", "id")[:PAGE]

    return Compiled(build, "unit", "mine")


def _done() -> Compiled[Escalation]:
    def build(rows: QuerySet[Escalation], **scope: Any) -> QuerySet[Escalation]:
        rows = _shown(rows, scope).filter(status=Status.ANSWERED, answered_at__gte=scope["today"])
        return rows.order_by("-answered_at", "-id")[:PAGE]

    return Compiled(build, "unit", "today")


def _shown(rows: QuerySet[Escalation], scope: dict[str, Any]) -> QuerySet[Escalation]:
    """`unit` is the one row of the unit; None where `rows` are those of its several rows already."""
    rows = rows if scope["unit"] is None else rows.filter(unit_id=scope["unit"])
    return rows.select_related("ticket").only(*_COLUMNS)


def _by_drop(rows: QuerySet[Escalation], chosen: str, scope: dict[str, Any]) -> QuerySet[Escalation]:
    rows = rows.filter(_NARROWED[chosen](scope), status__in=_WAITING)
    return rows.order_by(F("drops_at").asc(nulls_last=True), "id")


_RUNNING_ROWS = {chosen: _running(chosen) for chosen in _NARROWED}
_PAUSED_ROWS = {chosen: _paused(chosen) for chosen in ("", "klarifikasi", "saya")}
_DONE_ROWS = _done()
_COUNTED = """
    SELECT taken_by_id, count(*) FILTER (WHERE status <> 'RETURNED'),
           count(*) FILTER (WHERE status <> 'RETURNED' AND drops_at <= %(soon)s),
           count(*) FILTER (WHERE status = 'RETURNED'),
           (SELECT count(*) FROM escalation_escalation
            WHERE unit_id = ANY(%(units)s) AND status = 'ANSWERED' AND answered_at >= %(today)s)
    FROM escalation_escalation
    WHERE unit_id = ANY(%(units)s) AND status IN ('OPEN', 'TAKEN', 'RETURNED')
    GROUP BY GROUPING SETS ((taken_by_id), ())
    ORDER BY GROUPING(taken_by_id)
"""


def _counts(scope: dict[str, Any]) -> tuple[dict[str, int], dict[int | None, int]]:
    """How many rows each filter has, and how many each person has in hand; one query."""
    *people, (_all, waiting, near, returned, done) = run(_COUNTED, scope)
    held = {person: running + paused for person, running, _near, paused, _done in people}
    free = sum(running for person, running, *_rest in people if person is None)
    mine = sum(held.get(person, 0) for person in scope["mine"])
    counts = {"": waiting, "segera": near, "klarifikasi": returned, "saya": mine, "bebas": free, "dijawab": done}
    return counts, held


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who looks when, with what the words of a row need."""

    judge: Judge
    user: User
    opened: int | None
    at: datetime

    def rows(self, found: Iterable[Escalation], pauses: dict[int, list[Pause]]) -> list[Row]:
        return [self.row(one, pauses.get(one.pk, [])) for one in found]

    def row(self, one: Escalation, pauses: list[Pause]) -> Row:
        ticket, people = one.ticket, STAFF()
        done = one.status == Status.ANSWERED
        holder = people.get((one.answered_by_id if done else one.taken_by_id) or 0)
        by = people.get(one.escalated_by_id or 0)
        topic, region = TOPICS().get(ticket.topic_id or 0), REGIONS().get(ticket.region_id or 0)
        asked = moment(one.escalated_at, self.at)
        ladder = None if done else ladder_of(self.judge, one, self.at, pauses)
        return Row(
            pk=one.pk,
            number=ticket.number,
            title=ticket.subject or one.question.partition("\n")[0] or ticket.number,
            topic=str(topic) if topic else "",
            where=str(region) if region else str(ticket.get_user_group_display()),
            asked=_("dari {who}, {when}").format(who=by, when=asked) if by else asked,
            holder=str(holder) if holder else "",
            mine=bool(holder and holder.pk == self.user.pk),
            urgent=one.urgent,
            status=one.status,
            ladder=ladder,
            since=moment(ladder.paused_since, self.at) if ladder and ladder.paused_since else "",
            score=one.score,
            took=_took(one),
            open=one.pk == self.opened,
        )


def _took(one: Escalation) -> str:
    if one.working_minutes is None:
        return ""
    return _("dijawab dalam {time}").format(time=span(timedelta(minutes=float(one.working_minutes))))


def _groups(
    scope: dict[str, Any], counts: dict[str, int], chosen: str, page: int, reader: _Reader
) -> tuple[list[Group], bool]:
    """The groups of the page, and whether more rows run than it shows."""
    running: list[Escalation] = []
    paused: list[Escalation] = []
    done: list[Escalation] = []
    if chosen not in ("klarifikasi", "dijawab"):
        running = _of_unit(_RUNNING_ROWS[chosen], scope) if page == 1 else _later(chosen, scope, page)
    if page == 1 and chosen in _PAUSED_ROWS:
        paused = _of_unit(_PAUSED_ROWS[chosen], scope)
    if page == 1 and chosen in ("", "dijawab"):
        done = _of_unit(_DONE_ROWS, scope)
    more, running = len(running) > PAGE, running[:PAGE]
    pauses = pauses_of_many([row.pk for row in (*running, *paused)])
    own = chosen == "saya"
    groups = [
        Group(_("Jam berjalan"), len(running) if own else counts[chosen], reader.rows(running, pauses)),
        Group(_("Jam berhenti"), len(paused) if own else counts["klarifikasi"], reader.rows(paused, pauses)),
        Group(_("Dijawab hari ini"), counts["dijawab"], reader.rows(done, pauses)),
    ]
    return [group for group in groups if group.rows], more


def _of_unit(rows: Compiled[Escalation], scope: dict[str, Any]) -> list[Escalation]:
    """The unit's rows: by the statement that is made once, unless its code has several dated rows."""
    given, ids = {name: scope[name] for name in rows.names if name != "unit"}, scope["units"]
    if len(ids) == 1:
        return rows(Escalation.objects.all(), unit=ids[0], **given)
    return rows(Escalation.objects.filter(unit_id__in=ids), unit=None, **given)


def _later(chosen: str, scope: dict[str, Any], page: int) -> list[Escalation]:
    start, rows = (page - 1) * PAGE, Escalation.objects.filter(unit_id__in=scope["units"])
    scope = scope | {"unit": None}
    return list(_by_drop(_shown(rows, scope), chosen, scope)[start : start + PAGE + 1])
