"""/layer2/tidak-di-tempat/: who of a unit is away, and who stands in."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from escalation.absences import end_absence, enter_absence
from escalation.access import leads, may_see_queue, members_of, queue_units
from escalation.forms import AbsenceForm
from escalation.models import Absence
from escalation.views import chosen_unit, reader
from kernel.errors import Refused
from kernel.months import JAKARTA
from people.guard import page_for
from people.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_see_queue)
def absences(request: HttpRequest) -> HttpResponse:
    """The unit's absences from today on; oneself enters one's own, heads and supervisors anybody's."""
    now = timezone.now()
    unit, today = chosen_unit(request, now), now.astimezone(JAKARTA).date()
    members = [row.user for row in members_of(unit.code)]
    people = members if leads(request.user, unit.code, today) else [one for one in members if one == request.user]
    form = AbsenceForm(request.POST or None, people=people, members=members)
    if request.method == "POST" and form.is_valid() and people:
        try:
            enter_absence(**_given(form, members), at=now, actor=reader(request))
            messages.success(request, _("Ketidakhadiran dicatat."))
            return redirect(request.get_full_path())
        except Refused as refusal:
            form.add_error(None, refusal.message)
    rows = Absence.objects.filter(user__in=members, ends_on__gt=today).select_related("user", "deputy")
    units = queue_units(request.user, now)
    context = {
        "rows": [(row, row.ends_on - timedelta(days=1), row.user in people) for row in rows],
        "form": form if people else None,
        "unit": unit,
        "units": units if len(units) > 1 else [],
    }
    return render(request, "escalation/absences.html", context)


@require_POST
@page_for(may_see_queue)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The person is back."""
    row, now = get_object_or_404(Absence.objects.select_related("user"), pk=pk), timezone.now()
    today = now.astimezone(JAKARTA).date()
    own = [unit.code for unit in queue_units(request.user, now)]
    theirs = [code for code in own if any(member.user_id == row.user_id for member in members_of(code))]
    if not theirs:
        raise Http404
    if row.user_id != request.user.pk and not any(leads(request.user, code, today) for code in theirs):
        raise PermissionDenied
    end_absence(row, at=now, actor=reader(request))
    messages.success(request, _("Ketidakhadiran diakhiri."))
    return redirect("layer2-absences")


def _given(form: AbsenceForm, members: list[User]) -> dict[str, Any]:
    by_name, given = {one.username: one for one in members}, form.cleaned_data
    return {
        "user": by_name[given["siapa"]],
        "deputy": by_name.get(given["pengganti"]),
        "starts_on": given["mulai"],
        "ends_on": given["sampai"] + timedelta(days=1),
        "reason": given["alasan"],
    }
