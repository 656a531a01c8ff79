"""Work that is open "today": tickets in every state, Layer 2 queues, coming consultations.

Led through the verbs, step by step at moments of the last working days, so that every state is one the
application itself would have reached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.models import ChatbotSession
from djpk.demo.copying import insert
from djpk.demo.drafts import World
from djpk.demo.people import AGENTS, Person
from djpk.demo.texts import Setting, Words
from djpk.demo.writing import Reference
from escalation import verbs as escalations
from escalation.models import Escalation
from messaging.models import Message, MessageTemplate
from messaging.verbs import store_message
from messaging.whatsapp.templates import fill
from messaging.whatsapp.window import window_of
from people.models import User
from tickets import conversation, sorting
from tickets import verbs as tickets
from tickets.intake import open_ticket, receive_message
from tickets.models import Ticket
from tickets.rating import rate_ticket
from worktime.clock import Calendar, add_working, subtract_working, working_between

COUNT = 72
CHANNELS = ("WHATSAPP", "EMAIL", "WHATSAPP", "LIVE_CHAT", "WHATSAPP", "HAI", "WHATSAPP", "PHONE", "EMAIL", "WHATSAPP")
TOPICS = (
    "DAU", "SURAT_MASUK", "DBH", "JF_AKPD", "DAK_NONFISIK", "RESERVASI", "PDRD", "DAK_FISIK", "APLIKASI", "DBH",
    "DANA_DESA", "SIKD", "SHSR", "IF", "NON_DJPK", "OTSUS", "PEMBIAYAAN",
)  # fmt: skip
# The states the older tickets are in, in turn; the youngest are new.
STATES = (
    "open", "layer2_open", "waiting_requester", "layer2_taken", "noted", "answered", "layer2_returned", "closed",
    "talking", "layer2_answered", "unassigned", "layer2_urgent",
)  # fmt: skip
NEVER_ASKED = ("NON_DJPK", "RESERVASI")
YOUNG, OLDEST = 10, 60
ZONES = ("WIB", "WITA", "WIB", "WIB", "WIT", "WIB")
STEPS = 10
_ANSWER = MessageTemplate(
    name="jawaban_singkat",
    language="id",
    body="Yth. {{1}}, jawaban atas konsultasi {{2}}: {{3}}",
    variables=["1", "2", "3"],
    sendable=True,
)


@dataclass
class Work:
    """One ticket being led to its state. `at(n)` is the n-th tenth of its working time until today."""

    reference: Reference
    office: Calendar
    today: datetime
    ticket: Ticket
    words: Words
    agent: User
    index: int

    def at(self, step: int) -> datetime:
        start = self.ticket.created_at
        moment = add_working(self.office, start, working_between(self.office, start, self.today) * step / STEPS)
        return min(max(moment, start), self.today)

    def assign(self) -> None:
        sorting.assign(ticket=self.ticket, to=self.agent, at=self.at(1), actor=self.agent)

    def reply(self, text: str, step: int, *, waits: bool = False) -> None:
        at, details = self.at(step), None
        window = window_of(self.ticket.contact, self.ticket.channel, at)
        if window is not None and not window.open:  # by then WhatsApp takes a template alone
            filled = fill(_ANSWER, {"1": self.ticket.contact.name, "2": self.ticket.number, "3": text})
            text, details = filled.text, filled.details
        conversation.write_reply(
            ticket=self.ticket, text=text, waits_for_requester=waits, details=details, at=at, actor=self.agent
        )

    def note(self, text: str, step: int) -> None:
        conversation.add_note(ticket=self.ticket, text=text, at=self.at(step), actor=self.agent)

    def hears(self, text: str, step: int) -> None:
        message = _incoming(self.ticket, text, self.at(step), step)
        receive_message(ticket=self.ticket, message=message, at=self.at(step))

    def escalate(self, *, urgent: bool = False) -> Escalation:
        topic = self.ticket.topic
        unit = (topic.owner_unit if topic else None) or self.reference.units["PK.1"]
        self.reply(self.words.acknowledgement, 2)
        return escalations.escalate(
            self.ticket, unit=unit, question=self.words.to_unit, urgent=urgent, at=self.at(3), actor=self.agent
        )

    def expert(self, unit_code: str) -> User:
        return self.reference.experts[unit_code][self.index % 2]


def write_open_work(reference: Reference, world: World, today: datetime) -> None:
    """The tickets, and a chatbot session behind each that came by WhatsApp."""
    people = [_person(world, index) for index in range(COUNT)]
    moments = [_moment(world.office, today, index) for index in range(COUNT)]
    reference.add_contacts(zip(people, moments, strict=True))
    work = [
        _begin(reference, world, today, index, person, at)
        for index, (person, at) in enumerate(zip(people, moments, strict=True))
    ]
    insert(_session(one) for one in work if one.ticket.channel.code == "WHATSAPP")
    for one in work:
        _LEAD[_state(one)](one)
    written = Message.objects.filter(ticket_entry__ticket__in=[one.ticket for one in work], direction="OUT")
    waiting = written.filter(delivery=Message.Delivery.QUEUED)
    waiting.update(delivery=Message.Delivery.DELIVERED)  # no transport carries what never was sent


def _person(world: World, index: int) -> Person:
    """Mostly Pemda of all three zones; now and then somebody else."""
    if index % 9 == 4:
        group, zone = (("AKADEMISI", "WIB"), ("KL", "WIB"), ("LAINNYA", "NONE"))[index // 9 % 3]
        return world.directory.person(group, zone, 1 + index // 9)
    places = [place for place in world.places if place.zone == ZONES[index % len(ZONES)]]
    return world.directory.person("PEMDA", places[index * 29 % len(places)].code, 1)


def _moment(office: Calendar, today: datetime, index: int) -> datetime:
    """When it came: every half hour of working time back from today, some in the evening before."""
    at = subtract_working(office, today, 6 + index * 26)
    if index % 12 == 7 and CHANNELS[index % len(CHANNELS)] not in ("PHONE", "LIVE_CHAT"):
        local = at.astimezone(office.zone)
        at = local.replace(hour=19, minute=index % 60) - timedelta(days=1)
    return at.replace(microsecond=0)


def _begin(reference: Reference, world: World, today: datetime, index: int, person: Person, at: datetime) -> Work:
    topic, channel = TOPICS[index % len(TOPICS)], CHANNELS[index % len(CHANNELS)]
    agent = AGENTS[index % len(AGENTS)]
    region = world.region_names.get(person.region, "")
    setting = Setting(7000 + index, topic, channel, person, region, agent.title(), at, at, index % 4 == 1)
    words = world.writer.words(setting)
    contact = reference.contact(person)
    message, _ = store_message(
        channel=reference.channels[channel], external_id=f"demo-open-{index:03d}", contact=contact, at=at,
        subject=words.subject if channel in ("EMAIL", "HAI") else "", body=words.question,
    )  # fmt: skip
    sorted_already = index % 7 != 3 or _is_old(index)
    ticket = open_ticket(
        channel=reference.channels[channel], contact=contact, subject=words.subject, message=message, actor=None,
        topic=reference.topics[topic] if sorted_already else None, at=at,
        priority=Ticket.Priority.HIGH if index % 13 == 5 else Ticket.Priority.NORMAL,
    )  # fmt: skip
    return Work(reference, world.office, today, ticket, words, reference.users[agent], index)


def _is_old(index: int) -> bool:
    return index >= YOUNG


def _state(work: Work) -> str:
    if not _is_old(work.index):
        return "unassigned" if work.index % 3 else "open"
    if work.index >= OLDEST and work.index % 2:
        return "closed"
    state = STATES[work.index % len(STATES)]
    topic = work.ticket.topic
    if state.startswith("layer2") and topic and topic.code in NEVER_ASKED:
        return "answered"
    return "answered" if work.ticket.channel.code == "PHONE" and not state.startswith("layer2") else state


def _session(work: Work) -> ChatbotSession:
    ticket = work.ticket
    return ChatbotSession(
        external_id=f"demo-open-{work.index:03d}", channel=ticket.channel, contact=ticket.contact, ticket=ticket,
        started_at=ticket.created_at - timedelta(minutes=2), ended_at=ticket.created_at, outcome="HANDED_OVER",
    )  # fmt: skip


def _incoming(ticket: Ticket, text: str, at: datetime, step: int) -> Message:
    message, _ = store_message(
        channel=ticket.channel, external_id=f"demo-{ticket.number}-{step}", contact=ticket.contact, body=text, at=at
    )
    return message


def _unassigned(work: Work) -> None:
    """Nobody has it yet."""


def _open(work: Work) -> None:
    work.assign()


def _noted(work: Work) -> None:
    work.assign()
    work.note("Sudah dicek di basis pengetahuan, belum ada artikel yang persis. Cek ke tiket serupa bulan lalu.", 3)


def _waiting_requester(work: Work) -> None:
    work.assign()
    work.reply("Mohon mengirimkan nomor surat dan tangkapan layar agar dapat kami telusuri.", 2, waits=True)
    work.note("Menunggu data dari penanya, ingatkan besok pagi bila belum dibalas.", 3)


def _talking(work: Work) -> None:
    work.assign()
    work.reply("Baik, mohon diinformasikan periode yang dimaksud.", 2, waits=True)
    work.hears("Periode bulan lalu, Kak. Dokumennya sudah kami kirim melalui surel.", 4)
    work.reply("Terima kasih, kami periksa terlebih dahulu.", 5, waits=False)
    work.hears("Mohon kabarnya ya, ditunggu pimpinan sore ini.", 7)


def _answered(work: Work) -> None:
    work.assign()
    work.reply(work.words.answer, 3)


def _closed(work: Work) -> None:
    _answered(work)
    work.hears(work.words.thanks, 5)
    tickets.close(ticket=work.ticket, at=work.at(6), actor=work.agent)
    if work.index % 3:
        rate_ticket(ticket=work.ticket, service_score=5, substance_score=4 + work.index % 2, at=work.at(7))


def _layer2_open(work: Work) -> None:
    work.assign()
    work.escalate()


def _layer2_urgent(work: Work) -> None:
    work.assign()
    work.note("Penanya meminta jawaban hari ini karena rapat anggaran.", 2)
    work.escalate(urgent=True)


def _layer2_taken(work: Work) -> None:
    work.assign()
    row = work.escalate()
    escalations.take(row, at=work.at(5), actor=work.expert(row.unit.code))


def _layer2_returned(work: Work) -> None:
    work.assign()
    row = work.escalate()
    expert = work.expert(row.unit.code)
    escalations.take(row, at=work.at(4), actor=expert)
    escalations.return_to_layer1(
        row, reason="Mohon dilengkapi nama daerah, periode, dan nomor surat yang dimaksud.", at=work.at(6), actor=expert
    )


def _layer2_answered(work: Work) -> None:
    work.assign()
    row = work.escalate()
    expert = work.expert(row.unit.code)
    escalations.take(row, at=work.at(4), actor=expert)
    escalations.answer(row, answer=work.words.unit_answer, at=work.at(7), actor=expert)


_LEAD: dict[str, Callable[[Work], None]] = {
    "unassigned": _unassigned, "open": _open, "noted": _noted, "waiting_requester": _waiting_requester,
    "talking": _talking, "answered": _answered, "closed": _closed, "layer2_open": _layer2_open,
    "layer2_urgent": _layer2_urgent, "layer2_taken": _layer2_taken, "layer2_returned": _layer2_returned,
    "layer2_answered": _layer2_answered,
}  # fmt: skip
