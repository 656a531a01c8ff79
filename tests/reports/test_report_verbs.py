"""What staff write for a report changes it, is checked, and leaves an event."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kernel.errors import Refused
from kernel.months import Month
from people.models import User
from reports.figures import Figures
from reports.filling import fill_month
from reports.models import IndicatorSetting, MonthlyFigure, ReportEvent, ReportText
from reports.report import build
from reports.verbs import Printing, confirm_text, enter_snapshot, set_indicator, withdraw_snapshot, write_text
from tests.reports.reading import figures, sections
from tests.reports.records import Records

pytestmark = pytest.mark.django_db
AT = datetime(2025, 6, 2, 3, tzinfo=UTC)
MAY = Month(2025, 5)


@pytest.fixture
def ratna() -> User:
    return User.objects.create(username="ratna", display_name="Ratna Wulandari")


def test_a_snapshot_shows_in_the_report_and_can_be_corrected_and_withdrawn(ratna):
    enter_snapshot(MAY, "website_visits.total", Decimal(61000), source="Google Analytics", at=AT, actor=ratna)
    assert figures(build(MAY))["website_visits.total"]["printed"] == "61.000"
    row = enter_snapshot(MAY, "website_visits.total", Decimal(62000), at=AT, actor=ratna)
    assert figures(build(MAY))["website_visits.total"]["value"] == 62000
    withdraw_snapshot(row, reason="salah bulan", at=AT, actor=ratna)
    assert figures(build(MAY))["website_visits.total"]["value"] is None
    codes = list(ReportEvent.objects.order_by("id").values_list("code", "from_value", "to_value", "actor__username"))
    assert [code[0] for code in codes] == ["snapshot.entered", "snapshot.entered", "snapshot.withdrawn"]
    assert codes[1][1:] == ("61000.000000", "62000", "ratna")


def test_a_snapshot_entered_twice_is_one_event(ratna):
    for _ in range(2):
        enter_snapshot(MAY, "x.followers", Decimal(100), at=AT, actor=ratna)
    assert ReportEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("month", "key", "value", "code"),
    [
        (MAY, "no.figure", 1, "snapshot.unknown_indicator"),
        (MAY, "x.followers", -1, "snapshot.negative"),
        (Month(2025, 7), "x.followers", 1, "snapshot.future"),
    ],
)
def test_refused_snapshots(month, key, value, code):
    with pytest.raises(Refused) as refused:
        enter_snapshot(month, key, Decimal(value), at=AT, actor=None)
    assert refused.value.code == code


def test_own_figures_win_over_snapshots_from_the_first_live_month_on(ratna):
    january = Month(2025, 1)
    Records(3).build()
    fill_month(january, at=AT)
    own = Figures([january]).value("consultations.total", january)
    enter_snapshot(january, "consultations.by_channel", Decimal(7), dim1="WHATSAPP", at=AT, actor=ratna)
    assert Figures([january]).value("consultations.total", january) == own
    set_indicator("*", "VALUE", Printing(), live_from=date(2025, 2, 1), at=AT, actor=ratna)
    before_live = Figures([january])
    assert before_live.value("whatsapp.total", january) == 7
    assert before_live.value("hai.total", january) is None


def test_texts_are_offered_written_and_confirmed(ratna):
    offered = sections(build(MAY))["S35"]["items"][0]
    assert (offered["status"], len(offered["text"])) == ("TEMPLATE", 2)
    write_text(MAY, "S35", "contact_center", ["Tambah agen.", "  "], at=AT, actor=ratna)
    assert sections(build(MAY))["S35"]["items"][0]["text"] == ["Tambah agen."]
    confirm_text(MAY, "S35", "contact_center", at=AT, actor=ratna)
    confirm_text(MAY, "S35", "information", at=AT, actor=ratna)
    assert [item["status"] for item in sections(build(MAY))["S35"]["items"]] == ["CONFIRMED", "CONFIRMED"]
    confirm_text(MAY, "S35", "information", at=AT, actor=ratna)
    assert ReportEvent.objects.filter(code="text.confirmed").count() == 2
    assert set(ReportText.objects.values_list("written_by__username", flat=True)) == {"ratna"}


def test_a_text_without_words_or_section_is_refused():
    for section, lines, code in (("S99", ["a"], "text.no_section"), ("S35", [" "], "text.empty")):
        with pytest.raises(Refused) as refused:
            write_text(MAY, section, "contact_center", lines, at=AT, actor=None)
        assert refused.value.code == code
    with pytest.raises(Refused):
        confirm_text(MAY, "S09", "DAU", at=AT, actor=None)


def test_printing_of_one_figure_can_differ(ratna):
    for month, value in ((MAY.same_month_last_year, 7), (MAY, 23)):
        MonthlyFigure.objects.create(
            month=month.first_day, indicator="consultations.by_channel", dim1="LIVE_CHAT", value=value, filled_at=AT
        )
    last_year = "same_month_last_year"
    assert figures(build(MAY))["live_chat.total"]["comparisons"][last_year]["printed"] == "228,6%"
    set_indicator("live_chat.total", "LAST_YEAR", Printing(0, "DOWN"), at=AT, actor=ratna)
    assert figures(build(MAY))["live_chat.total"]["comparisons"][last_year]["printed"] == "228%"
    set_indicator("live_chat.total", "LAST_YEAR", Printing(), at=AT, actor=ratna)
    assert not IndicatorSetting.objects.exists()
    assert ReportEvent.objects.filter(code="indicator.set").count() == 2
