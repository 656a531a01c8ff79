"""The rule check as people read it: each rule met, broken, or waived by whom and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.booking import Wish, limits_of
from consultations.models import ConsultationRule, Reservation
from consultations.rules import MESSAGES, NEVER_WAIVED, Result
from kernel.formats import number
from people.models import User

BY_OUTCOME = {"MET": "ok", "BROKEN": "fail", "WAIVED": "waived"}


@dataclass(frozen=True, slots=True)
class Line:
    """`state` is ok, fail or waived; `limit` stands at its right, `help` below it."""

    rule: str
    state: str
    text: str
    limit: str
    help: str
    waivable: bool


def lines_of(wish: Wish, rule: ConsultationRule, results: Sequence[Result], letter_name: str = "") -> list[Line]:
    """One line a rule, in the order of the circular."""
    names = _names(results)
    return [_line(result, wish, rule, letter_name, names) for result in results]


def stored_results(reservation: Reservation) -> list[Result]:
    """How the reservation stood when it was last looked at: the check, else the request."""
    event = reservation.events.filter(code__in=("reservation.checked", "reservation.requested")).last()
    rows: list[Mapping[str, str]] = event.data.get("rules", []) if event else []
    return [Result(**row) for row in rows if row.get("rule") in MESSAGES]  # type: ignore[arg-type]


def _names(results: Sequence[Result]) -> dict[str, str]:
    waivers = {result.waived_by for result in results if result.waived_by}
    found = User.objects.filter(username__in=waivers) if waivers else []
    return {user.username: str(user) for user in found}


def _line(result: Result, wish: Wish, rule: ConsultationRule, letter_name: str, names: Mapping[str, str]) -> Line:
    text, limit, more = _words(result.rule, wish, rule, letter_name, met=result.outcome == "MET")
    if result.outcome == "BROKEN":
        more = str(MESSAGES[result.rule]).format(**limits_of(rule).words())
    elif result.outcome == "WAIVED":
        who = names.get(result.waived_by, result.waived_by)
        more = _("Dikecualikan oleh {name}: {reason}").format(name=who, reason=result.reason)
    return Line(result.rule, BY_OUTCOME[result.outcome], text, limit, more, result.rule not in NEVER_WAIVED)


def _words(name: str, wish: Wish, rule: ConsultationRule, letter_name: str, *, met: bool) -> tuple[str, str, str]:
    """What is so, what is asked for, and what else there is to say."""
    limits = limits_of(rule).words()
    if name == "guests":
        count = len(wish.guests)
        said = ngettext("Jumlah tamu {count} orang", "Jumlah tamu {count} orang", count).format(count=number(count))
        return said, _("maks. {limit}").format(limit=rule.guest_limit), ""
    if name == "letter":
        missing = _("Surat permohonan belum ada")
        return (_("Surat permohonan ada") if wish.letter else missing), "", letter_name if wish.letter else ""
    if name == "lead_time":
        return (
            _("Jarak permohonan ke hari konsultasi"),
            _("min. {days} hari kerja").format(days=limits["lead_working_days"]),
            "",
        )
    if name == "slot":
        return _("Waktu dalam jam konsultasi"), f"{limits['opens']}–{limits['closes']}", ""
    if name == "topics":
        return _("Topik dipilih"), _("min. 1"), ""
    if name == "order":
        return _("Urutan waktu"), "", ""
    if name == "reason":
        said = _("Alasan tatap muka ada") if met else _("Alasan tatap muka belum ada")
        return said, "", wish.reason_face_to_face[:200]
    return _("Jumlah kunjungan bulan itu"), _("maks. {limit}").format(limit=rule.month_limit), ""
