"""What can be done to escalations under /api/v1/. Each address calls one verb; status and score are never fields."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from escalation import verbs
from escalation.access import ANY_UNIT, answerable_escalations, visible_escalations
from escalation.api import SHOWN_WITH, EscalationSerializer, TicketEscalationList
from escalation.models import Escalation
from kernel.api.fields import Flag, Input, RowField, Text
from kernel.api.views import Endpoint, answer
from kernel.errors import Refused
from people.access import TICKET_WORKERS
from people.models import Role, Unit, User
from people.units import unit_on
from tickets.api import READERS
from tickets.api_verbs import LONGEST_TEXT, Writing

WRITE = "escalations:write"
ANSWERERS = ANY_UNIT | {Role.AGENT_L2}


class EscalationInput(Input):
    """A question for a unit; without `unit` for the one that owns the ticket's topic."""

    unit = RowField(lambda: Unit.objects.order_by("-valid_from"), required=False)
    question = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    urgent = Flag(default=False)


TO_DTU = OpenApiExample("To DTU", value={"unit": "PK.2", "question": "Mohon jadwal salur."}, request_only=True)


class AnswerInput(Input):
    answer = Text(max_length=LONGEST_TEXT)


class ResumptionInput(Input):
    note = Text(required=False, allow_blank=True, max_length=1000)


class WhyInput(Input):
    reason = Text(max_length=1000)


class TransferInput(WhyInput):
    unit = RowField(lambda: Unit.objects.order_by("-valid_from"))


class AssignmentInput(Input):
    assignee = RowField(User.objects.filter(is_active=True).all, by="username")


class ExclusionInput(WhyInput):
    excluded = Flag(help_text="true leaves the answer out of the averages, false takes it back.")


class _Acting(Writing):
    def read_unit(self, shape: type[Input]) -> dict[str, Any]:
        """The body with its unit as in force today."""
        given = self.read(shape)
        if unit := given.get("unit"):
            given["unit"] = unit_on(unit.code, self.at.date())
        return given

    def shown_escalation(self, escalation: Escalation, status: int = 200) -> Response:
        """The escalation after the verb, also when it is no longer the caller's (handed to another unit)."""
        row = Escalation.objects.select_related(*SHOWN_WITH).get(pk=escalation.pk)
        return Response(EscalationSerializer(row, context={"request": self.request}).data, status=status)


class TicketEscalations(_Acting, TicketEscalationList):
    __doc__ = TicketEscalationList.__doc__
    scopes = {"GET": "escalations:read", "POST": WRITE}
    roles = {"GET": READERS, "POST": TICKET_WORKERS}

    @extend_schema(
        operation_id="tickets_escalate",
        request=EscalationInput,
        responses={201: EscalationSerializer},
        examples=[
            OpenApiExample("To DTU", value={"unit": "PK.2", "question": "Mohon jadwal salur."}, request_only=True)
        ],
    )
    def post(self, request: Request, number: str) -> Response:
        """Hand the question to a unit; its clock starts now, or at the next opening."""
        return answer(self, self._escalate)

    def _escalate(self) -> Response:
        given = self.read_unit(EscalationInput)
        owner = self.ticket.topic.owner_unit if self.ticket.topic else None
        unit = given.pop("unit", None) or owner
        if unit is None:
            raise Refused("escalation.needs_unit", _("Pilih unit tujuan; topik tiket ini tidak mempunyai unit."))
        return self.shown_escalation(verbs.escalate(self.ticket, unit=unit, **given, **self.act()), 201)


class _Step(_Acting, Endpoint):
    """A step of one escalation by those who answer it: the own unit's, or any for supervisors."""

    tag = "escalations"
    scopes = {"POST": WRITE}
    roles = {"POST": ANSWERERS}

    @property
    def escalation(self) -> Escalation:
        return get_object_or_404(answerable_escalations(self.request.user), pk=self.kwargs["pk"])


class _Layer1Step(_Step):
    """A step by Layer 1."""

    roles = {"POST": TICKET_WORKERS}

    @property
    def escalation(self) -> Escalation:
        return get_object_or_404(visible_escalations(self.request.user), pk=self.kwargs["pk"])


class Taking(_Step):
    roles = {"POST": frozenset({Role.AGENT_L2})}

    @extend_schema(operation_id="escalations_take", request=None, responses={200: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Make it one's own."""
        return answer(self, lambda: self.shown_escalation(verbs.take(self.escalation, **self.act())))


class Assignment(_Step):
    @extend_schema(operation_id="escalations_assign", request=AssignmentInput, responses={200: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Give it to a Layer 2 agent of the unit."""
        return answer(self, self._assign)

    def _assign(self) -> Response:
        return self.shown_escalation(verbs.assign(self.escalation, **self.read(AssignmentInput), **self.act()))


class Answer(_Step):
    @extend_schema(operation_id="escalations_answer", request=AnswerInput, responses={200: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """The first answer of substance: the clock stops, a worker scores it a moment later."""
        return answer(self, self._answer)

    def _answer(self) -> Response:
        return self.shown_escalation(verbs.answer(self.escalation, **self.read(AnswerInput), **self.act()))


class Return(_Step):
    @extend_schema(operation_id="escalations_return", request=WhyInput, responses={200: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Ask Layer 1 for missing data; the clock stands still."""
        return answer(self, self._return)

    def _return(self) -> Response:
        return self.shown_escalation(verbs.return_to_layer1(self.escalation, **self.read(WhyInput), **self.act()))


class Transfer(_Step):
    @extend_schema(operation_id="escalations_transfer", request=TransferInput, responses={201: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Hand it to another unit; the answer is the new escalation, with its own clock."""
        return answer(self, self._transfer)

    def _transfer(self) -> Response:
        given = self.read_unit(TransferInput)
        return self.shown_escalation(verbs.transfer(self.escalation, **given, **self.act()), 201)


class Resumption(_Layer1Step):
    @extend_schema(operation_id="escalations_resume", request=ResumptionInput, responses={200: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """What was missing has been added: the clock runs again."""
        return answer(self, self._resume)

    def _resume(self) -> Response:
        return self.shown_escalation(verbs.resume(self.escalation, **self.read(ResumptionInput), **self.act()))


class Recall(_Layer1Step):
    @extend_schema(operation_id="escalations_recall", request=WhyInput, responses={200: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Take the question back; it closes without a score."""
        return answer(self, self._recall)

    def _recall(self) -> Response:
        return self.shown_escalation(verbs.recall(self.escalation, **self.read(WhyInput), **self.act()))


class Exclusion(_Step):
    roles = {"POST": ANY_UNIT}

    @extend_schema(operation_id="escalations_exclude", request=ExclusionInput, responses={200: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Leave an answer out of the averages, or take that back; the score itself stays."""
        return answer(self, self._exclude)

    def _exclude(self) -> Response:
        given = self.read(ExclusionInput)
        verb = verbs.exclude_from_score if given.pop("excluded") else verbs.include_in_score
        return self.shown_escalation(verb(self.escalation, **given, **self.act()))
