"""The life of an escalation: open, taken, returned, answered, transferred, recalled (rules 3.1 to 3.7).

Each verb locks the ticket and then the escalation, checks the move, writes, and appends one event. `at`
is an aware moment, `actor` a User or None; `Refused` when the rules do not allow the move. Asking is in `asking.py`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from escalation import asking, ticket_side
from escalation.asking import escalate
from escalation.models import Escalation, EscalationFile, EscalationPause
from escalation.steps import Files, Status, attach, begin, close, end_pause, give, move, needed, open_row, record
from escalation.tasks import score_answers
from escalation.ticket_side import RUNNING, UNFINISHED
from kernel.errors import Refused
from knowledge.models import KnowledgeArticle
from knowledge.verbs import create_article
from people.models import Unit, User
from tickets.conversation import write_reply

__all__ = [
    "answer",
    "assign",
    "escalate",
    "exclude_from_score",
    "include_in_score",
    "recall",
    "resume",
    "return_to_layer1",
    "take",
    "transfer",
]
_LONGEST_TITLE = 200


@transaction.atomic
def take(escalation: Escalation, *, at: datetime, actor: User) -> Escalation:
    """The actor works on it from now on. Refused when somebody else has it (see `assign`)."""
    return give(escalation, actor, at, actor, only_from=(Status.OPEN,), code="escalation.taken")


@transaction.atomic
def assign(escalation: Escalation, *, assignee: User, at: datetime, actor: User | None) -> Escalation:
    """Give it to a Layer 2 agent of the unit, whoever had it before."""
    return give(escalation, assignee, at, actor, only_from=UNFINISHED, code="escalation.assigned")


@transaction.atomic
def return_to_layer1(escalation: Escalation, *, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Ask Layer 1 for missing data: the clock stands still until `resume` (rule 3.6)."""
    escalation = begin(escalation, at, RUNNING)
    reason = needed(reason, "escalation.needs_reason", _("Tuliskan data yang masih diperlukan."))
    EscalationPause.objects.create(escalation=escalation, paused_at=at, reason=reason)
    move(escalation, Status.RETURNED, "escalation.returned", at, actor, reason)
    ticket_side.released(escalation, at=at, actor=actor, reason=reason)
    return escalation


@transaction.atomic
def resume(
    escalation: Escalation, *, note: str = "", files: Files = (), at: datetime, actor: User | None
) -> Escalation:
    """Layer 1 has added what was missing: the clock runs again, with whoever had taken it."""
    escalation = begin(escalation, at, (Status.RETURNED,))
    end_pause(escalation, at)
    attach(escalation, files, EscalationFile.Kind.QUESTION)
    status = Status.TAKEN if escalation.taken_by_id else Status.OPEN
    move(escalation, status, "escalation.resumed", at, actor, note.strip())
    ticket_side.asked(escalation, at=at, actor=actor, resumed=True)
    return escalation


@transaction.atomic
def answer(
    escalation: Escalation,
    *,
    answer: str,
    to_requester: bool = False,
    legal_basis: Sequence[str] = (),
    article: KnowledgeArticle | None = None,
    propose_article: bool = False,
    files: Files = (),
    at: datetime,
    actor: User | None,
) -> Escalation:
    """Give the first answer of substance: the clock stops, and a worker scores it.

    Also while it is returned to Layer 1; the pause then ends with the answer. A second answer is refused.
    `to_requester`: straight to whoever asked, where Layer 1 allowed it. `article`: what it was answered with;
    `propose_article` makes the answer a draft of the unit's. The next planned unit is asked.
    """
    escalation = begin(escalation, at, UNFINISHED)
    text = needed(answer, "escalation.needs_answer", _("Jawaban wajib diisi."))
    if to_requester and not (escalation.may_answer_requester and actor):
        raise Refused(
            "escalation.not_direct", _("Eskalasi ini dijawab kepada Layer 1; jawaban langsung tidak diizinkan.")
        )
    chosen = list(files)
    end_pause(escalation, at)
    escalation.answer, escalation.answered_at, escalation.answered_by = text, at, actor
    escalation.legal_basis = [one.strip()[:120] for one in legal_basis if one.strip()]
    escalation.answered_requester, escalation.article = to_requester, article
    if propose_article:
        escalation.proposed_article = _proposed(escalation, text, at, actor)
    attach(escalation, chosen, EscalationFile.Kind.ANSWER)
    close(escalation, Status.ANSWERED, "escalation.answered", at, actor, "", *_ANSWERED)
    ticket_side.answered(escalation, at=at, actor=actor)
    if to_requester:
        text = letter_of(escalation)
        write_reply(ticket=escalation.ticket, text=text, files=tuple(chosen), at=at, actor=actor)
    asking.open_next(escalation, at=at, actor=actor)
    _after_commit(lambda: score_answers.delay(escalation_ids=[escalation.pk]))
    return escalation


_ANSWERED = (
    "answer", "answered_at", "answered_by", "legal_basis", "answered_requester", "article", "proposed_article",
)  # fmt: skip


@transaction.atomic
def transfer(escalation: Escalation, *, unit: Unit, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Hand it to another unit: this row closes without a score, the new one has its own clock (rule 3.6)."""
    escalation = begin(escalation, at, UNFINISHED)
    reason = needed(reason, "escalation.needs_reason", _("Alasan pengalihan wajib diisi."))
    if unit.pk == escalation.unit_id:
        raise Refused("escalation.same_unit", _("Eskalasi ini sudah berada pada unit tersebut."))
    end_pause(escalation, at)
    data = {"unit": unit.code}
    close(escalation, Status.TRANSFERRED, "escalation.transferred", at, actor, reason, data=data)
    successor = open_row(
        escalation.ticket,
        unit,
        at,
        actor,
        question=escalation.question,
        tried=escalation.tried,
        urgent=escalation.urgent,
        may_answer_requester=escalation.may_answer_requester,
        via_app=escalation.via_app,
        transferred_from=escalation,
    )
    files = escalation.files.filter(kind=EscalationFile.Kind.QUESTION).select_related("file")
    attach(successor, [(row.file, row.name) for row in files], EscalationFile.Kind.QUESTION)
    asking.hand_on_plans(escalation, successor)
    ticket_side.released(escalation, at=at, actor=actor, reason=reason)
    ticket_side.asked(successor, at=at, actor=actor)
    return successor


@transaction.atomic
def recall(escalation: Escalation, *, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Layer 1 takes the question back: it closes without a score, and the units planned after it are not asked."""
    escalation = begin(escalation, at, UNFINISHED)
    reason = needed(reason, "escalation.needs_reason", _("Alasan penarikan wajib diisi."))
    end_pause(escalation, at)
    close(escalation, Status.RECALLED, "escalation.recalled", at, actor, reason)
    asking.drop_plans(escalation, at=at)
    ticket_side.released(escalation, at=at, actor=actor, reason=reason)
    return escalation


@transaction.atomic
def exclude_from_score(escalation: Escalation, *, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Leave an answer out of the averages; the score stays on the row and the reason enters the report."""
    escalation = begin(escalation, at, (Status.ANSWERED,))
    if escalation.excluded:
        raise Refused("escalation.excluded", _("Eskalasi ini sudah dikeluarkan dari capaian."))
    reason = needed(reason, "escalation.needs_reason", _("Alasan pengecualian wajib diisi."))[:255]
    escalation.excluded, escalation.excluded_reason = True, reason
    escalation.save(update_fields=["excluded", "excluded_reason"])
    record(escalation, "escalation.excluded", at, actor, reason=reason)
    return escalation


@transaction.atomic
def include_in_score(escalation: Escalation, *, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Take an exclusion back; the score counts again as it was."""
    escalation = begin(escalation, at, (Status.ANSWERED,))
    if not escalation.excluded:
        raise Refused("escalation.not_excluded", _("Eskalasi ini tidak sedang dikecualikan."))
    reason = needed(reason, "escalation.needs_reason", _("Alasan wajib diisi."))
    escalation.excluded, escalation.excluded_reason = False, ""
    escalation.save(update_fields=["excluded", "excluded_reason"])
    record(escalation, "escalation.included", at, actor, reason=reason)
    return escalation


def letter_of(escalation: Escalation) -> str:
    """The answer as the requester reads it: the text and what it rests on."""
    basis = "; ".join(escalation.legal_basis)
    return f"{escalation.answer}\n\nDasar hukum: {basis}" if basis else escalation.answer


def _proposed(escalation: Escalation, text: str, at: datetime, actor: User | None) -> KnowledgeArticle:
    """The answer as a draft, under the question's first line; its unit and Layer 1 review it."""
    ticket = escalation.ticket
    first_line = escalation.question.partition("\n")[0]
    title = (ticket.subject or first_line or ticket.number)[:_LONGEST_TITLE]
    return create_article(title=title, body=text, unit=escalation.unit, topic=ticket.topic, at=at, actor=actor)


def _after_commit(wake: Callable[[], object]) -> None:
    """Wake a worker; if the broker is away, the sweep finds the row. No partial: Django logs the name of `wake`."""
    transaction.on_commit(wake, robust=True)
