"""Looking back under /api/v1/: why a score is what it is, Layer 2 over a month or year, what a draft table would do,
and who is away."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from escalation.absences import end_absence, enter_absence
from escalation.access import leads, members_of, queue_units, visible_escalations
from escalation.api_verbs import ANSWERERS, WRITE
from escalation.models import Absence
from escalation.reporting import Line, Period, report_of
from escalation.whatif import Effect, draft_rubric, try_rubric
from kernel.api.fields import Input, RowField, Text
from kernel.api.views import Endpoint, answer
from kernel.formats import as_decimal, exact
from kernel.months import JAKARTA, Month
from people.log import log_access
from people.models import Role, User
from tickets.api import READERS
from tickets.api_verbs import Writing

READ = "escalations:read"
OVERSEERS = ANSWERERS | {Role.MANAGER}


def _number(value: Any) -> float | None:
    return None if value is None else round(float(as_decimal(exact(value))), 6)


class ScoreRow(serializers.Serializer):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    paused = serializers.BooleanField()
    reason = serializers.CharField()
    intervals = serializers.ListField(child=serializers.ListField(child=serializers.DateTimeField()))


class ScoreSerializer(serializers.Serializer):
    """The stretches of the clock with the working intervals in them; those of a pause were not counted."""

    score = serializers.IntegerField()
    rule = serializers.CharField()
    calendar = serializers.CharField()
    working_minutes = serializers.CharField()
    rows = ScoreRow(many=True)
    excluded = serializers.BooleanField()
    excluded_reason = serializers.CharField()


class Score(Endpoint):
    tag = "escalations"
    scopes = {"GET": READ}
    roles = {"GET": READERS}

    @extend_schema(operation_id="escalations_score", responses={200: ScoreSerializer})
    def get(self, request: Request, pk: str) -> Response:
        """Why the score is what it is; 404 until it is scored."""
        row = get_object_or_404(visible_escalations(request.user), pk=pk)
        event = row.events.filter(code="escalation.scored").last()
        if event is None:
            raise exceptions.NotFound
        log_access(user=request.user, action="escalation.read", record=row, reason="API score", at=self.at)
        kept = {name: event.data[name] for name in ("rule", "calendar", "working_minutes", "rows")}
        more = {"score": row.score, "excluded": row.excluded, "excluded_reason": row.excluded_reason}
        return Response(kept | more)


class LineSerializer(serializers.Serializer):
    label = serializers.CharField()
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    average = serializers.FloatField(allow_null=True)
    on_target = serializers.IntegerField()
    returned = serializers.IntegerField()
    transferred = serializers.IntegerField()
    open = serializers.IntegerField()
    excluded = serializers.IntegerField()
    spread = serializers.DictField(child=serializers.IntegerField(), help_text="Number of answers by score.")


class ReportSerializer(serializers.Serializer):
    period = serializers.CharField()
    units = LineSerializer(many=True)
    topics = LineSerializer(many=True)


class Layer2Report(Endpoint):
    tag = "escalations"
    scopes = {"GET": READ}
    roles = {"GET": OVERSEERS}
    query_params = ("unit",)

    @extend_schema(
        operation_id="layer2_report",
        parameters=[OpenApiParameter("unit", str, description="A unit's code; without it all that may be seen.")],
        responses={200: ReportSerializer},
    )
    def get(self, request: Request, period: str) -> Response:
        """Layer 2 in a month ("2024-08") or a year ("2024"), by unit and topic."""
        try:
            wanted = Period.parse(period)
        except ValueError:
            raise exceptions.NotFound from None
        units = queue_units(request.user, self.at)
        if code := request.query_params.get("unit"):
            units = [unit for unit in units if unit.code == code]
            if not units:
                raise exceptions.NotFound
        found = report_of(wanted, units, people=[])
        shown = {"units": found.units, "topics": found.topics}
        lines = {name: [_line(line) for line, _cells in rows] for name, rows in shown.items()}
        return Response({"period": str(wanted), **lines})


def _line(line: Line) -> dict[str, Any]:
    plain = ("label", "asked", "answered", "on_target", "returned", "transferred", "open", "excluded")
    spread = {str(score): count for score, count in sorted(line.spread.items(), reverse=True)}
    return {name: getattr(line, name) for name in plain} | {"average": _number(line.average), "spread": spread}


class StepInput(Input):
    within_days = serializers.IntegerField(min_value=1, max_value=365)
    points = serializers.IntegerField(min_value=0, max_value=120)


class TrialInput(Input):
    """A draft of the score table and the month to try it on."""

    month = Text(max_length=7)
    steps = serializers.ListField(child=StepInput(), min_length=1, max_length=30)
    later_points = serializers.IntegerField(min_value=0, max_value=120)

    def validate_month(self, text: str) -> Month:
        try:
            return Month.parse(text)
        except ValueError:
            raise exceptions.ValidationError(_("Tulis bulan seperti 2024-08."), "month") from None


class EffectSerializer(serializers.Serializer):
    unit = serializers.CharField(help_text="Empty for all of them.")
    count = serializers.IntegerField()
    now = serializers.FloatField()
    draft = serializers.FloatField()
    moved = serializers.IntegerField(help_text="Answers that would get another score.")


class ScoreTrialSerializer(serializers.Serializer):
    units = EffectSerializer(many=True)
    whole = EffectSerializer(allow_null=True)


class ScoreTrial(Writing, Endpoint):
    tag = "escalations"
    scopes = {"POST": READ}
    roles = {"POST": frozenset({Role.ADMINISTRATOR})}

    @extend_schema(operation_id="score_rules_try", request=TrialInput, responses={200: ScoreTrialSerializer})
    def post(self, request: Request) -> Response:
        """What a draft of the score table would make of a past month. Changes nothing."""
        return answer(self, self._try)

    def _try(self) -> Response:
        given = self.read(TrialInput)
        steps = [(step["within_days"], step["points"]) for step in given["steps"]]
        rubric = draft_rubric(steps=steps, later=given["later_points"], target_days=steps[0][0])
        trial = try_rubric(rubric, given["month"])
        whole = _effect(trial.whole) if trial.whole else None
        return Response({"units": [_effect(one) for one in trial.units], "whole": whole})


def _effect(one: Effect) -> dict[str, Any]:
    numbers = {"now": _number(one.now), "draft": _number(one.draft)}
    return {"unit": one.unit, "count": one.count, "moved": one.moved} | numbers


class AbsenceInput(Input):
    """Away from `starts_on` to `ends_on`, both included."""

    user = RowField(User.objects.filter(is_active=True).all, by="username")
    deputy = RowField(User.objects.filter(is_active=True).all, by="username", required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reason = Text(required=False, allow_blank=True, max_length=120)


class AbsenceSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    user = serializers.CharField(source="user.username")
    deputy = serializers.CharField(source="deputy.username", default=None, allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.SerializerMethodField()
    reason = serializers.CharField()

    def get_ends_on(self, row: Absence) -> str:
        return f"{row.ends_on - timedelta(days=1):%Y-%m-%d}"


class _Absences(Writing, Endpoint):
    tag = "escalations"

    def may_enter(self, user: User) -> bool:
        """One's own; anybody's of the unit for those who lead it."""
        today = self.at.astimezone(JAKARTA).date()
        codes = [unit.code for unit in queue_units(self.request.user, self.at)]
        of = [code for code in codes if any(row.user_id == user.pk for row in members_of(code))]
        own = user.pk == self.request.user.pk
        return bool(of) and (own or any(leads(self.request.user, code, today) for code in of))


class Absences(_Absences):
    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": OVERSEERS, "POST": ANSWERERS}

    @extend_schema(operation_id="absences_list", responses={200: AbsenceSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Who is away from today on, of the units one may look at."""
        codes = [unit.code for unit in queue_units(request.user, self.at)]
        users = {row.user_id for code in codes for row in members_of(code)}
        today = self.at.astimezone(JAKARTA).date()
        rows = Absence.objects.filter(user__in=users, ends_on__gt=today).select_related("user", "deputy")
        return Response(AbsenceSerializer(rows, many=True).data)

    @extend_schema(operation_id="absences_enter", request=AbsenceInput, responses={201: AbsenceSerializer})
    def post(self, request: Request) -> Response:
        """Say that somebody will be away, and who stands in."""
        return answer(self, self._enter)

    def _enter(self) -> Response:
        given = self.read(AbsenceInput)
        if not self.may_enter(given["user"]):
            raise exceptions.NotFound
        given["ends_on"] += timedelta(days=1)
        return Response(AbsenceSerializer(enter_absence(**given, **self.act())).data, status=201)


class OneAbsence(_Absences):
    scopes = {"DELETE": WRITE}
    roles = {"DELETE": ANSWERERS}

    @extend_schema(operation_id="absences_end", responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """The person is back."""
        return answer(self, self._end)

    def _end(self) -> Response:
        row = get_object_or_404(Absence.objects.select_related("user"), pk=self.kwargs["pk"])
        if not self.may_enter(row.user):
            raise exceptions.NotFound
        end_absence(row, **self.act())
        return Response(status=204)
