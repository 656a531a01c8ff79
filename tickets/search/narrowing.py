"""The filters of a search as conditions on tickets, with the meaning they have in the inbox.

A value is taken by its code, its label in either language, another name, or a beginning that fits only one.
What nobody knows becomes a `Problem` with what may have been meant.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.months import JAKARTA
from messaging.models import Attachment, Channel
from people.models import Unit, User, UserGroup, Zone
from people.regions import RegionIndex
from tickets.clocks import Clocks
from tickets.models import NoteFile, Ticket, TicketRead, Topic, TopicAlias
from tickets.search.query import FLAGS, Filter, Problem, Query, close_to, quoted

_S = Ticket.Status
_STATUS_NAMES: dict[str, tuple[str, ...]] = {
    _S.NEW: ("baru", "new"),
    _S.OPEN: ("dikerjakan", "in-progress"),
    _S.WAITING_REQUESTER: ("menunggu-pemohon", "tunggu", "waiting", "pending"),
    _S.WAITING_LAYER2: ("menunggu-layer-2", "layer-2", "layer2", "l2"),
    _S.ANSWERED: ("terjawab", "dijawab", "answered"),
    _S.CLOSED: ("selesai", "closed", "done", "tutup"),
}
# All that are not closed, as in the view "all open".
_UNFINISHED = ("terbuka", "open", "belum-selesai", "unfinished", "aktif", "active")
_PRIORITY_NAMES = {
    Ticket.Priority.LOW: ("rendah", "low"),
    Ticket.Priority.NORMAL: ("sedang", "normal", "biasa"),
    Ticket.Priority.HIGH: ("tinggi", "high"),
    Ticket.Priority.URGENT: ("mendesak", "urgent", "darurat"),
}
_CHANNEL_NAMES = {"WHATSAPP": ("wa",), "PHONE": ("telp", "telpon", "phone"), "LIVE_CHAT": ("chat",), "HAI": ()}
_LATELY = 500  # tagged tickets from which tags are suggested
_ME, _NOBODY = ("saya", "me"), ("kosong", "none", "belum")
_DAYS = {"hari-ini": 0, "today": 0, "kemarin": 1, "yesterday": 1}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the filters ask of a ticket, what was not understood, and whether spam was asked for.

    `rest` is the query without the filters that were not understood.
    """

    condition: Q
    problems: list[Problem] = field(default_factory=list)
    spam: bool = False
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom and when: what `saya`, `hari-ini` and `lewat-tenggat` mean."""

    user: User
    now: dt.datetime


class _Unknown(Exception):
    def __init__(self, message: "str | Promise", suggestions: Iterable[str] = ()) -> None:
        super().__init__()
        self.message, self.suggestions = message, tuple(suggestions)


def narrow(query: Query, asker: Asker) -> Narrowed:
    """All filters of the query. A filter with an unknown value is left out and named among the problems."""
    condition, problems, spam = Q(), [_with_values(problem) for problem in query.problems], False
    understood: list[Filter] = []
    for chosen in _gathered(query.filters):
        parts, known = Q(), []
        for value in chosen.values:
            try:
                parts |= _READERS[chosen.name](value, asker)
                known.append(value)
            except _Unknown as unknown:
                near = tuple(f"{chosen.name}:{quoted(name)}" for name in unknown.suggestions)
                problems.append(Problem(unknown.message, {"name": chosen.name, "value": value}, near))
        spam = spam or (chosen.name == "adalah" and _flag(chosen) == "spam")
        if known:
            understood.append(replace(chosen, values=tuple(known)))
        if parts:
            condition &= ~parts if chosen.out else parts
    return Narrowed(condition, problems, spam, str(replace(query, filters=tuple(understood))))


def known_values(name: str) -> list[str]:
    """What may be written behind a filter of few values."""
    match name:
        case "topik":
            return list(Topic.objects.filter(active=True).values_list("code", flat=True))
        case "kanal":
            return list(Channel.objects.filter(active=True).values_list("code", flat=True))
        case "unit":
            return list(Unit.objects.filter(valid_to=None).values_list("code", flat=True))
        case "zona":
            return list(Zone.values)
        case "kelompok":
            return [value.lower() for value in UserGroup.values]
        case "status":
            return [_UNFINISHED[0], *(names[0] for names in _STATUS_NAMES.values())]
        case "prioritas":
            return [names[0] for names in _PRIORITY_NAMES.values()]
        case "agen":
            return [_ME[0], _NOBODY[0]]
        case "adalah":
            return list(FLAGS)
    return []


def _gathered(filters: Sequence[Filter]) -> Iterable[Filter]:
    """Filters of one name together, as one of several values; dates and flags each by itself."""
    together: dict[tuple[str, bool], list[str]] = {}
    for given in filters:
        if given.name in ("dari", "sampai", "adalah", "berkas", "tanda"):
            yield given
        else:
            together.setdefault((given.name, given.out), []).extend(given.values)
    for (name, out), values in together.items():
        yield Filter(name, tuple(values), out)


def _with_values(problem: Problem) -> Problem:
    values = known_values(problem.params.get("name", ""))[:8]
    if problem.suggestions or not values:
        return problem
    return Problem(problem.message, problem.params, tuple(f"{problem.params['name']}:{value}" for value in values))


def _flat(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _one_of(value: str, names: dict[str, object], shown: Sequence[str]) -> object:
    """The one whose name is `value`, or begins so as the only one."""
    flat = {_flat(name): found for name, found in names.items()}
    wanted = _flat(value)
    if wanted in flat:
        return flat[wanted]
    begun = {id(found): found for name, found in flat.items() if wanted and name.startswith(wanted)}
    if len(begun) == 1:
        return next(iter(begun.values()))
    raise _Unknown(_("“{value}” bukan nilai untuk “{name}”."), close_to(value, shown) or shown[:5])


def _topic(value: str, asker: Asker) -> Q:
    rows = {topic.pk: topic for topic in Topic.objects.all()}
    names: dict[str, object] = {alias.alias: rows[alias.topic_id] for alias in TopicAlias.objects.all()}
    for topic in rows.values():
        names |= {name: topic for name in (topic.code, topic.label, topic.label_en) if name}
    return Q(topic=_one_of(value, names, [topic.code for topic in rows.values() if topic.active]))


def _channel(value: str, asker: Asker) -> Q:
    names: dict[str, object] = {}
    rows = list(Channel.objects.all())
    for row in rows:
        own = (row.code, row.label, row.label_en, *_CHANNEL_NAMES.get(row.code, ()))
        names |= {name: row for name in own if name}
    return Q(channel=_one_of(value, names, [row.code for row in rows if row.active]))


def _zone(value: str, asker: Asker) -> Q:
    return Q(zone=_one_of(value, {zone: zone for zone in Zone.values}, Zone.values))


def _status(value: str, asker: Asker) -> Q:
    names: dict[str, object] = {}
    for code, own in _STATUS_NAMES.items():  # one object a status, so that beginnings are told apart
        meant = Q(status=code)
        names |= dict.fromkeys((code, *own), meant)
    unfinished = ~Q(status=_S.CLOSED)
    names |= dict.fromkeys(_UNFINISHED, unfinished)
    found = _one_of(value, names, known_values("status"))
    return found if isinstance(found, Q) else Q()


def _priority(value: str, asker: Asker) -> Q:
    names: dict[str, object] = {name: code for code, own in _PRIORITY_NAMES.items() for name in own}
    return Q(priority=_one_of(value, names, known_values("prioritas")))


def _agent(value: str, asker: Asker) -> Q:
    low = value.lower()
    if low in _ME:
        return Q(assignee=asker.user)
    if low in _NOBODY:
        return Q(assignee=None)
    found = User.objects.filter(Q(username__iexact=value) | Q(display_name__icontains=value))
    pks = list(found.values_list("pk", flat=True)[:20])
    if not pks:
        names = User.objects.filter(roles__isnull=False).distinct().values_list("username", flat=True)
        raise _Unknown(_("Tidak ada agen bernama “{value}”."), close_to(value, names) or (_ME[0], _NOBODY[0]))
    return Q(assignee__in=pks)


def _region(value: str, asker: Asker) -> Q:
    index = RegionIndex.load()
    try:
        region = index.resolve(value)
    except Refused as refusal:
        if refusal.code == "region.ambiguous":
            near = [index.by_code[code].display_name for code in sorted(index.by_name.get(f"?|{_flat(value)}", ()))]
        else:
            near = list(close_to(value, [row.name for row in index.by_code.values()]))
        raise _Unknown(_braces(refusal.message), near) from refusal
    return Q(region=region) | Q(region__province=region)


def _group(value: str, asker: Asker) -> Q:
    names: dict[str, object] = {}
    for code, label in UserGroup.choices:
        names |= {code: code, str(label): code}
    names |= {"k/l": UserGroup.KL.value, "kementerian": UserGroup.KL.value}
    return Q(user_group=_one_of(value, names, known_values("kelompok")))


def _unit(value: str, asker: Asker) -> Q:
    rows = list(Unit.objects.all())
    names: dict[str, object] = {}
    for row in rows:
        names |= {row.code: row.code, row.short: row.code}
    code = _one_of(value, names, known_values("unit"))
    return Q(pk__in=Ticket.objects.filter(escalations__unit__code=code).values("pk"))


def _tag(value: str, asker: Asker) -> Q:
    tag = value.strip().lower()
    if not Ticket.objects.filter(tags__contains=[tag]).exists():
        lately = Ticket.objects.exclude(tags=[]).order_by("-created_at").values_list("tags", flat=True)[:_LATELY]
        used = dict.fromkeys(name for tags in lately for name in tags)
        raise _Unknown(_("Tidak ada tiket bertanda “{value}”."), close_to(tag, used) or list(used)[:5])
    return Q(tags__contains=[tag])


def _day(value: str, asker: Asker) -> tuple[dt.date, dt.date]:
    """The first day meant, and the day after the last."""
    today = asker.now.astimezone(JAKARTA).date()
    one = dt.timedelta(days=1)
    if value.lower() in _DAYS:
        day = today - _DAYS[value.lower()] * one
        return day, day + one
    try:
        if re.fullmatch(r"\d{4}-\d{2}", value):
            first = dt.date.fromisoformat(f"{value}-01")
            return first, (first + 31 * one).replace(day=1)
        if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", value):
            day = dt.date(int(found[3]), int(found[2]), int(found[1]))
        else:
            day = dt.datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=JAKARTA).date()
        if not 1990 <= day.year < 2200:
            raise ValueError
    except ValueError:
        today_text = today.isoformat()
        raise _Unknown(_("“{value}” bukan tanggal. Tulis 2024-08-01, 2024-08 atau hari-ini."), (today_text,)) from None
    return day, day + one


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), JAKARTA)


def _from(value: str, asker: Asker) -> Q:
    return Q(created_at__gte=_midnight(_day(value, asker)[0]))


def _until(value: str, asker: Asker) -> Q:
    return Q(created_at__lt=_midnight(_day(value, asker)[1]))


def _number(value: str, asker: Asker) -> Q:
    from tickets.search.direct import of_number

    return of_number(value)


def _file(value: str, asker: Asker) -> Q:
    name = re.sub(r"(\W)", r"\\\1", value)  # a pattern can use the index of names
    attached = Attachment.objects.filter(message__ticket_entry__ticket=OuterRef("pk"), name__iregex=name)
    noted = NoteFile.objects.filter(entry__ticket=OuterRef("pk"), name__iregex=name)
    return Q(Exists(attached)) | Q(Exists(noted))


def _requester(value: str, asker: Asker) -> Q:
    from tickets.search.direct import contacts_of

    if re.fullmatch(r"#\d{1,18}", value):
        pk = int(value[1:])
        return Q(contact=pk) | Q(contact__merged_into=pk)
    by_handle = contacts_of(value)
    named = Q(contact__name__icontains=value) | Q(contact__organization__icontains=value)
    return named | Q(contact__in=by_handle) if by_handle else named


def _flag(chosen: Filter) -> str:
    names = {name: own for own, others in FLAGS.items() for name in (own, *others)}
    return names.get(chosen.values[0].lower(), "")


def _is(value: str, asker: Asker) -> Q:
    names: dict[str, object] = {name: own for own, others in FLAGS.items() for name in (own, *others)}
    match _one_of(value, names, list(FLAGS)):
        case "belum-dibaca":
            read = TicketRead.objects.filter(
                user=asker.user, ticket=OuterRef("pk"), read_at__gte=OuterRef("last_requester_at")
            )
            return Q(last_requester_at__isnull=False) & ~Q(status=_S.CLOSED) & ~Q(Exists(read))
        case "lewat-tenggat":
            return Q(due_at__lt=asker.now)
        case "jatuh-tempo":
            clock = Clocks.load()
            return clock.due_by(clock.within(asker.now))
        case "berlampiran":
            return _file("", asker)
    return Q(is_spam=True)


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


_READERS: dict[str, Callable[[str, Asker], Q]] = {
    "topik": _topic,
    "kanal": _channel,
    "zona": _zone,
    "status": _status,
    "prioritas": _priority,
    "agen": _agent,
    "wilayah": _region,
    "kelompok": _group,
    "unit": _unit,
    "tanda": _tag,
    "dari": _from,
    "sampai": _until,
    "nomor": _number,
    "berkas": _file,
    "pemohon": _requester,
    "adalah": _is,
}
