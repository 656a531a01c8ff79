"""A unit's queue as its page shows it: what waits for an answer, what stands, what was answered today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import get_language, gettext_lazy

from escalation.access import away_on, members_of, stands_in_for
from escalation.averages import Axis, UnitAverage, averages_of, axis_of
from escalation.ladder import Ladder, ladder_of, moment
from escalation.models import Absence, Escalation
from escalation.scores import Judge
from escalation.ticket_side import RUNNING, UNFINISHED
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


def unit_rows(unit: Unit) -> QuerySet[Escalation]:
    """Escalations to a unit, whichever dated row of its code they name."""
    ids = [row.pk for row in UNITS().values() if row.code == unit.code]
    rows = Escalation.objects.all()
    return rows.filter(unit_id=ids[0]) if len(ids) == 1 else rows.filter(unit_id__in=ids)


def queue_of(
    unit: Unit, *, user: User, leads: bool, chosen: str = "", page: int = 1, opened: int | None = None, at: datetime
) -> Queue:
    """The page of a unit. `chosen` is one of FILTERS; `opened` the escalation beside the list."""
    judge, rows = Judge.now(), unit_rows(unit)
    chosen = chosen if chosen in FILTERS else ""
    wanted = _conditions(judge, user, at)
    counts = _counts(rows, wanted)
    groups, more = _groups(rows, wanted, counts, chosen, page, _Reader(judge, user, opened, at))
    first = next((row for group in groups for row in group.rows if row.status in RUNNING and row.ladder), None)
    return Queue(
        unit=unit,
        chosen=chosen,
        counts=[(key, str(label), counts[key]) for key, label in FILTERS.items()],
        groups=groups,
        loads=loads_of(unit, rows, at),
        score=score_of(unit, first.ladder.score if first and first.ladder else None, at),
        leads=leads,
        page=page,
        more=more,
        waiting=counts[""],
    )


def loads_of(unit: Unit, rows: QuerySet[Escalation], at: datetime) -> list[Load]:
    """Everybody of the unit with what they have in hand; one query."""
    open_rows = rows.filter(status__in=UNFINISHED, taken_by__isnull=False).order_by()
    held = dict(open_rows.values_list("taken_by").annotate(n=Count("pk")))
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


def _conditions(judge: Judge, user: User, at: datetime) -> dict[str, Q]:
    today = at.astimezone(JAKARTA).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = {user.pk} | stands_in_for(user, today.date())
    running = Q(status__in=RUNNING)
    return {
        "": running,
        "segera": running & Q(drops_at__lte=soon(judge, at)),
        "klarifikasi": Q(status=Status.RETURNED),
        "saya": Q(status__in=UNFINISHED, taken_by__in=mine),
        "bebas": running & Q(taken_by=None),
        "dijawab": Q(status=Status.ANSWERED, answered_at__gte=today),
    }


def _counts(rows: QuerySet[Escalation], wanted: dict[str, Q]) -> dict[str, int]:
    """Two queries: over what is open, and what was answered today."""
    open_ones = {key or "all": condition for key, condition in wanted.items() if key != "dijawab"}
    given = {key: Count("pk", filter=condition) for key, condition in open_ones.items()}
    found = rows.filter(status__in=UNFINISHED).order_by().aggregate(**given)
    counts = {key: found[key or "all"] for key in wanted if key != "dijawab"}
    return counts | {"dijawab": rows.filter(wanted["dijawab"]).order_by().count()}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who looks when, with what the words of a row need."""

    judge: Judge
    user: User
    opened: int | None
    at: datetime

    def rows(self, found: Iterable[Escalation]) -> list[Row]:
        return [self.row(one) for one in found]

    def row(self, one: Escalation) -> Row:
        ticket, people = one.ticket, STAFF()
        done = one.status == Status.ANSWERED
        holder = people.get((one.answered_by_id if done else one.taken_by_id) or 0)
        by = people.get(one.escalated_by_id or 0)
        topic, region = TOPICS().get(ticket.topic_id or 0), REGIONS().get(ticket.region_id or 0)
        asked = moment(one.escalated_at, self.at)
        ladder = None if done else ladder_of(self.judge, one, self.at)
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
    rows: QuerySet[Escalation],
    wanted: dict[str, Q],
    counts: dict[str, int],
    chosen: str,
    page: int,
    reader: _Reader,
) -> tuple[list[Group], bool]:
    """The groups of the page, and whether more rows run than it shows."""
    shown = rows.select_related("ticket").only(*_COLUMNS).prefetch_related("pauses")
    narrowed = shown.filter(wanted[chosen]) if chosen else shown
    start, groups, more = (page - 1) * PAGE, [], False
    if chosen not in ("klarifikasi", "dijawab"):
        by_drop = narrowed.filter(status__in=RUNNING).order_by(F("drops_at").asc(nulls_last=True), "id")
        found = list(by_drop[start : start + PAGE + 1])
        more = len(found) > PAGE
        running = reader.rows(found[:PAGE])
        groups.append(Group(_("Jam berjalan"), len(running) if chosen == "saya" else counts[chosen], running))
    if page == 1 and chosen in ("", "klarifikasi", "saya"):
        paused = reader.rows(_paused(shown, wanted, chosen))
        groups.append(Group(_("Jam berhenti"), len(paused) if chosen == "saya" else counts["klarifikasi"], paused))
    if page == 1 and chosen in ("", "dijawab"):
        done = reader.rows(shown.filter(wanted["dijawab"]).order_by("-answered_at", "-id")[:PAGE])
        groups.append(Group(_("Dijawab hari ini"), counts["dijawab"], done))
    return [group for group in groups if group.rows], more


def _paused(shown: QuerySet[Escalation], wanted: dict[str, Q], chosen: str) -> QuerySet[Escalation]:
    """Clocks that stand, one's own alone where that was chosen."""
    rows = shown.filter(status=Status.RETURNED).order_by("escalated_at", "id")
    return (rows.filter(wanted["saya"]) if chosen == "saya" else rows)[:PAGE]
