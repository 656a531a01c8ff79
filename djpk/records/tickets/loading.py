"""Loading tickets: compare each row with what is stored, then write new and changed ones."""

from collections.abc import Hashable
from dataclasses import replace

from django.utils.translation import gettext as _

from djpk.records.agents import AgentIndex
from djpk.records.contacts import owners
from djpk.records.lookups import load_lookups
from djpk.records.tickets.checks import Stretch, stretch_of, ticket_problems
from djpk.records.tickets.facts import Facts
from djpk.records.tickets.stored import StoredTicket, by_numbers, ordered
from djpk.records.tickets.updating import update_ticket
from djpk.records.tickets.writing import TicketWriter
from escalation.scores import score_answered
from kernel.formats import number
from kernel.importing.engine import Context
from kernel.importing.rows import Outcome, Row


class TicketLoader:
    """The loader of tickets (see `kernel.importing.engine.Loader`)."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.lookups = load_lookups()
        self.agents = AgentIndex.load()
        self.writer = TicketWriter(context, self.agents)
        self.strangers: dict[str, str] = {}

    def key(self, row: Row) -> Hashable:
        return row.values["number"]

    def examine(self, rows: list[Row]) -> None:
        stored = by_numbers([row.values["number"] for row in rows], lock=self.context.update)
        facts = [self._facts(row, stored.get(row.values["number"])) for row in rows]
        found = owners(handle for one in facts if one for handle in one.handles)
        for row, one in zip(rows, facts, strict=True):
            if one:
                row.stored = one
                self._decide(row, one, {handle: found.get(handle) for handle in one.handles})
                if not row.refused and one.agent and self.agents.find(one.agent) is None:
                    self.strangers.setdefault(one.agent.casefold(), one.agent)

    def write(self, rows: list[Row]) -> None:
        self.writer.create([(row.stored, row.line) for row in rows if row.outcome is Outcome.CREATED])
        for row in rows:
            if row.outcome is Outcome.UPDATED:
                update_ticket(self.writer, row.stored, row.line)

    def after_commit(self) -> None:
        """Score the answers that came in; a sweep scores them should this one be cut short."""
        score_answered(at=self.context.at)

    def remarks(self) -> list[str]:
        if not self.strangers:
            return []
        return [
            _("%(count)s agen belum dikenal; akunnya dibuat dalam keadaan tidak aktif: %(names)s.")
            % {"count": number(len(self.strangers)), "names": ", ".join(self.strangers.values())}
        ]

    def _facts(self, row: Row, stored: StoredTicket | None) -> Facts | None:
        """What the row says of the ticket; columns the file lacks say what is stored. None when refused."""
        values, created_at = row.values, row.values["created_at"]
        stretches: list[Stretch] = []
        for one in (row, *row.more):
            stretch, problems = stretch_of(one.values, created_at)
            one.errors.extend(problems)
            if one is not row and not stretch and not problems:
                one.refuse(_("Baris lanjutan kosong: isi escalated_unit dan escalated_at, atau hapus baris ini."))
            if stretch:
                stretches.append(stretch)
        if row.refused:
            return None
        facts = Facts.of(values, ordered(stretches))
        if stored:
            facts = self._filled(facts, stored)
        row.errors.extend(ticket_problems(facts))
        return None if row.refused else facts

    def _filled(self, facts: Facts, stored: StoredTicket) -> Facts:
        facts = replace(facts, stored=stored)
        lacking = {column: names for column, names in _FROM_STORED.items() if column not in self.context.present}
        if "agent" in lacking and stored.agent_id is not None:
            facts = replace(facts, agent=self.agents.names[stored.agent_id])
        return replace(facts, **{name: getattr(stored, name) for names in lacking.values() for name in names})

    def _decide(self, row: Row, facts: Facts, found: dict[tuple[str, str], int | None]) -> None:
        stored = facts.stored
        if stored is None:
            row.outcome = Outcome.CREATED
            return
        differs = self._differences(facts, stored, found)
        if not differs:
            row.outcome = Outcome.UNCHANGED
        elif self.context.update:
            row.outcome = Outcome.UPDATED
        else:
            row.refuse(
                _("Nomor ini sudah tersimpan dengan isi berbeda (%(columns)s). Samakan, atau impor dengan pembaruan.")
                % {"columns": ", ".join(differs)}
            )

    def _differences(self, facts: Facts, stored: StoredTicket, found: dict[tuple[str, str], int | None]) -> list[str]:
        pairs = {
            "created_at": (facts.created_at, stored.created_at),
            "channel": (facts.channel_id, stored.channel_id),
            "user_group": (facts.user_group, stored.user_group),
            "region": (facts.region_id, stored.region_id),
            "topic": (facts.topic_id, stored.topic_id),
            "subject": (facts.subject, stored.subject),
            "message": (facts.message, stored.message),
            "agent": (self.agents.find(facts.agent) or facts.agent if facts.agent else None, stored.agent_id),
            "status": (facts.status, stored.status),
            "closed_at": (facts.closed_at, stored.closed_at),
            "escalated_unit, escalated_at, answered_at": (facts.escalations, stored.escalations),
            "service_score": (facts.service_score, stored.service_score),
            "substance_score": (facts.substance_score, stored.substance_score),
        }
        contact = self._contact_differences(facts, stored, found)
        return contact + [column for column, (given, kept) in pairs.items() if given != kept]

    def _contact_differences(
        self, facts: Facts, stored: StoredTicket, found: dict[tuple[str, str], int | None]
    ) -> list[str]:
        """A contact is who the handles say; the name counts only where there are none (decisions 23)."""
        if not facts.handles:
            columns = [] if not (stored.email or stored.phone) else ["contact_email, contact_phone"]
            return columns + (["contact_name"] if facts.contact_name != stored.contact_name else [])
        owner = next((owner for owner in found.values() if owner), None)
        if owner == stored.contact_id and all(found.values()):
            return []
        return ["contact_email, contact_phone"]


_FROM_STORED: dict[str, tuple[str, ...]] = {
    "contact_name": ("contact_name",),
    "contact_email": ("email",),
    "contact_phone": ("phone",),
    "user_group": ("user_group",),
    "region": ("region_id",),
    "topic": ("topic_id",),
    "subject": ("subject",),
    "message": ("message",),
    "agent": (),
    "closed_at": ("closed_at",),
    "escalated_unit": ("escalations",),
    "service_score": ("service_score",),
    "substance_score": ("substance_score",),
}
