"""What can be done to escalations under /api/v1/. Each address calls one verb; status and score are never fields."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from escalation import verbs
from escalation.access import ANY_UNIT, answerable_escalations, visible_escalations
from escalation.api import EscalationSerializer, TicketEscalationList, shown_with
from escalation.asking import ask_units, cancel_plan
from escalation.files import chosen_files
from escalation.models import Escalation, PlannedEscalation
from kernel.api.fields import Flag, Input, RowField, Text
from kernel.api.views import Endpoint, answer
from kernel.errors import Refused
from kernel.models import StoredFile
from knowledge.models import KnowledgeArticle
from people.access import TICKET_WORKERS
from people.models import Role, Unit, User
from people.units import unit_on
from tickets.api import READERS
from tickets.api_verbs import LONGEST_TEXT, Writing
from tickets.models import Ticket

WRITE = "escalations:write"
ANSWERERS = ANY_UNIT | {Role.AGENT_L2}


class Key(serializers.IntegerField):
    """The key of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)


class FilesInput(Input):
    """Files of the ticket to pass on: attachments of its messages, and files of its notes."""

    attachments = serializers.ListField(child=Key(), required=False, max_length=20)
    note_files = serializers.ListField(child=Key(), required=False, max_length=20)


class EscalationInput(FilesInput):
    """A question for a unit, or for several: at once, or `one_after_another` in the order given.

    Without `unit` and `units` for the one that owns the ticket's topic.
    """

    unit = RowField(lambda: Unit.objects.order_by("-valid_from"), required=False)
    units = serializers.ListField(
        child=RowField(lambda: Unit.objects.order_by("-valid_from")), required=False, min_length=1, max_length=20
    )
    one_after_another = Flag(default=False)
    question = Text(max_length=LONGEST_TEXT, help_text="Written for Layer 2, not the whole conversation.")
    tried = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT, help_text="What Layer 1 has tried.")
    urgent = Flag(default=False)
    may_answer_requester = Flag(default=False)
    follows = Key(required=False, help_text="An answered escalation of this ticket that is asked about again.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "unit" in attrs and "units" in attrs:
            raise exceptions.ValidationError(_("Isi “unit” atau “units”, tidak keduanya."), "unit_ambiguous")
        return attrs


TO_DTU = OpenApiExample("To DTU", value={"unit": "PK.2", "question": "Mohon jadwal salur."}, request_only=True)


class AnswerInput(Input):
    """`to_requester` sends it straight to whoever asked, where Layer 1 allowed that."""

    answer = Text(max_length=LONGEST_TEXT)
    to_requester = Flag(default=False)
    legal_basis = serializers.ListField(child=Text(max_length=120), required=False, max_length=20)
    article = RowField(
        lambda: KnowledgeArticle.objects.filter(status=KnowledgeArticle.Status.PUBLISHED), required=False
    )
    propose_article = Flag(default=False, help_text="Have the answer drafted as an article of the unit.")


class ResumptionInput(FilesInput):
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
        """The body with its units as in force today."""
        given = self.read(shape)
        if unit := given.get("unit"):
            given["unit"] = unit_on(unit.code, self.at.date())
        if units := given.get("units"):
            given["units"] = [unit_on(unit.code, self.at.date()) for unit in units]
        return given

    def files_of(self, ticket: Ticket, given: dict[str, Any]) -> list[tuple[StoredFile, str]]:
        """The ticket's files that the body names, taken out of it."""
        keys = [f"p{pk}" for pk in given.pop("attachments", [])] + [f"c{pk}" for pk in given.pop("note_files", [])]
        return chosen_files(ticket, keys)

    def shown_escalation(self, escalation: Escalation, status: int = 200) -> Response:
        """The escalation after the verb, also when it is no longer the caller's (handed to another unit)."""
        row = shown_with(Escalation.objects.all()).get(pk=escalation.pk)
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
        """Hand the question to a unit; its clock starts now or at the next opening. Shows the first of several."""
        return answer(self, self._escalate)

    def _escalate(self) -> Response:
        given = self.read_unit(EscalationInput)
        owner = self.ticket.topic.owner_unit if self.ticket.topic else None
        unit = given.pop("unit", None) or owner
        units = given.pop("units", None) or ([unit] if unit else [])
        if not units:
            raise Refused("escalation.needs_unit", _("Pilih unit tujuan; topik tiket ini tidak mempunyai unit."))
        if "follows" in given:
            own = visible_escalations(self.request.user).filter(ticket=self.ticket)
            given["follows"] = get_object_or_404(own, pk=given["follows"])
        files = self.files_of(self.ticket, given)
        return self.shown_escalation(ask_units(self.ticket, units=units, files=files, **given, **self.act())[0], 201)


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
        row, given = self.escalation, self.read(ResumptionInput)
        files = self.files_of(row.ticket, given)
        return self.shown_escalation(verbs.resume(row, files=files, **given, **self.act()))


class Recall(_Layer1Step):
    @extend_schema(operation_id="escalations_recall", request=WhyInput, responses={200: EscalationSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Take the question back; it closes without a score."""
        return answer(self, self._recall)

    def _recall(self) -> Response:
        return self.shown_escalation(verbs.recall(self.escalation, **self.read(WhyInput), **self.act()))


class PlannedUnit(_Acting, Endpoint):
    tag = "escalations"
    scopes = {"DELETE": WRITE}
    roles = {"DELETE": TICKET_WORKERS}

    @extend_schema(operation_id="planned_escalations_cancel", responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """Not ask this unit after all."""
        return answer(self, self._cancel)

    def _cancel(self) -> Response:
        rows = PlannedEscalation.objects.select_related("ticket", "unit", "after__ticket")
        cancel_plan(get_object_or_404(rows, pk=self.kwargs["pk"]), **self.act())
        return Response(status=204)


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
