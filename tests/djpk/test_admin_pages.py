"""The admin: every page opens for administrators and for nobody else, and business rows are only read there."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.models import Reservation, SlotException
from information.models import PpidObjection, PpidRequest
from kernel.admin_events import in_words
from kernel.admin_labels import LABELS
from kernel.admin_pages import ReadPages, VerbPages
from kernel.models import EventBase, ImportRun
from knowledge.models import KnowledgeArticle, ReviewRequest
from people.models import AccessLog, Role, SignInLock, User
from people.staff import Grant, create_staff
from people.tokens import issue_token
from reports.catalogue import CATALOGUE
from reports.models import MonthlyFigure
from reports.verbs import Printing, set_indicator
from tests import factories as make
from tickets.models import Ticket
from tickets.sorting import set_priority
from tickets.targets import set_resolution_target
from worktime.models import WorkCalendar
from worktime.verbs import add_exception

PAGES = {f"{model._meta.label}": pages for model, pages in admin.site._registry.items()}
EVENT_TABLES = [model for model in apps.get_models() if issubclass(model, EventBase)]
OTHERS = sorted(set(Role) - {Role.ADMINISTRATOR})
BUSINESS = [
    "tickets.Ticket",
    "tickets.SatisfactionRating",
    "escalation.Escalation",
    "consultations.Reservation",
    "consultations.Visit",
    "consultations.VideoConference",
    "information.Complaint",
    "information.PpidRequest",
    "information.PpidObjection",
    "people.Contact",
    "messaging.Message",
    "chatbot.ChatbotSession",
    "knowledge.KnowledgeArticle",
    "knowledge.ReviewRequest",
    "outreach.Publication",
    "outreach.Event",
    "outreach.Blast",
    "outreach.LaporMail",
    "outreach.WebTraffic",
    "outreach.SocialMetric",
    "reports.MonthlyFigure",
    "reports.ReportText",
    "reports.ReportEvent",
    "people.AccessLog",
    "worktime.CalendarEvent",
    "kernel.ImportRun",
    "people.Region",
]
QUERIES_OF_A_LIST = 14


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def addresses(pages):
    """List and add page, and page, history and moves of one row."""
    model = pages.model
    found = [address(model, "changelist")]
    if isinstance(pages, VerbPages) and pages.add_form:
        found.append(address(model, "add"))
    row = model._default_manager.order_by("-pk").first()
    assert row is not None, f"no row of {model._meta.label} to look at"
    found += [address(model, "change", row.pk), address(model, "history", row.pk)]
    found += [address(model, "move", row.pk, move.slug) for move in getattr(pages, "moves", ())]
    return found


@pytest.fixture
def rows(demo):
    """A row of each of the tables that the demonstration data leave empty."""
    by = {"at": make.NOW, "actor": make.staff("nala")}
    day = date(2024, 8, 16)
    add_exception(WorkCalendar.objects.first(), starts_on=day, ends_on=day, reason="Pemeliharaan", **by)
    issue_token(name="Portal", user=make.staff("laras"), scopes=["tickets:read"], **by)
    set_resolution_target(valid_from=day, minutes=960, **by)
    set_indicator(next(iter(CATALOGUE)), "VALUE", Printing(1), **by)
    SignInLock.objects.create(kind="ADDRESS", key="192.0.2.1", failures=1, since=make.NOW, locked_until=make.NOW)
    ImportRun.objects.create(kind="tickets", file_name="a.csv", created_at=make.NOW)
    ReviewRequest.objects.create(article=KnowledgeArticle.objects.first(), requested_at=make.NOW)
    PpidObjection.objects.create(
        request=PpidRequest.objects.first(), number="K-1", ground="LATE", filed_on=day, due_on=day
    )
    Reservation.objects.create(
        number="RSV-1", mode="VIDEO", organization="BKAD", user_group="PEMDA", starts_at=make.NOW,
        ends_at=make.NOW + make.HOUR, requested_at=make.NOW,
    )  # fmt: skip
    SlotException.objects.create(starts_on=day, ends_on=day, reason="Rapat kerja")
    MonthlyFigure.objects.create(month=date(2024, 8, 1), indicator="x", value=1, filled_at=make.NOW)


@pytest.fixture
def nala(client, rows):
    client.force_login(make.staff("nala"))
    return client


def test_every_page_opens_for_administrators(nala):
    for pages in PAGES.values():
        for url in addresses(pages):
            response = nala.get(url)
            assert response.status_code == 200, url
            assert response.templates, url


def test_lists_ask_a_fixed_number_of_questions(nala):
    for name, pages in PAGES.items():
        with CaptureQueriesContext(connection) as asked:
            nala.get(address(pages.model, "changelist"))
        assert len(asked) <= QUERIES_OF_A_LIST, f"{name}: {len(asked)}"


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_comes_in(client, rows, role):
    unit = make.unit("PK.2") if role == Role.AGENT_L2 else None
    user = create_staff(username="x", display_name="X", grants=[Grant(role, unit)], at=make.NOW, actor=None)
    User.objects.filter(pk=user.pk).update(is_staff=True)  # Django's own flag opens nothing
    client.force_login(user)
    for pages in PAGES.values():
        for url in addresses(pages):
            for response in (client.get(url), client.post(url, {})):
                assert response.status_code == 302, url
                assert response.url.startswith(reverse("admin:login")), url
    assert client.get(reverse("admin:login")).status_code == 403


def test_strangers_sign_in_where_everybody_does(client, db):
    wanted = address(Ticket, "changelist")
    response = client.get(wanted, follow=True)
    assert response.redirect_chain[-1][0] == f"{reverse('sign-in')}?next={wanted.replace('/', '%2F')}"


@pytest.mark.parametrize("name", BUSINESS)
def test_business_rows_are_only_read(nala, name):
    pages = PAGES[name]
    model = pages.model
    row = model._default_manager.order_by("-pk").first()
    before = model._default_manager.order_by("pk").values().last()
    change = address(model, "change", row.pk)
    assert nala.get(address(model, "add")).status_code == 403
    assert nala.post(address(model, "add"), {}).status_code == 403
    values = {field.name: "x" for field in model._meta.concrete_fields}
    assert nala.post(change, values).status_code == 403
    for deletion in (nala.get, nala.post):
        assert deletion(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    everything = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    nala.post(address(model, "changelist"), everything)
    assert model._default_manager.order_by("pk").values().last() == before
    page = nala.get(change).content.decode()
    assert 'type="submit"' not in page.partition('id="content-main"')[2].partition("</form>")[0]


def test_nothing_at_all_is_deleted_by_the_admin_itself(nala):
    for pages in PAGES.values():
        row = pages.model._default_manager.order_by("-pk").first()
        assert nala.post(address(pages.model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert pages.get_actions(nala.get("/").wsgi_request) == {}


def test_reading_about_persons_is_written_down(nala):
    ticket = Ticket.objects.order_by("-pk").first()
    before = AccessLog.objects.order_by("id").last().pk
    nala.get(address(Ticket, "changelist"), {"q": ticket.number})
    nala.get(address(Ticket, "change", ticket.pk))
    lines = (
        AccessLog.objects.filter(pk__gt=before)
        .order_by("id")
        .values_list("action", "record", "record_id", "user__username")
    )
    assert list(lines) == [
        ("ticket.listed", "tickets.ticket", None, "nala"),
        ("ticket.read", "tickets.ticket", ticket.pk, "nala"),
    ]


def test_history_shows_events_and_earlier_states(nala):
    ticket = make.ticket(topic=make.topic())
    set_priority(ticket=ticket, priority=Ticket.Priority.HIGH, at=make.NOW, actor=make.staff("laras"))
    page = nala.get(address(Ticket, "history", ticket.pk)).content.decode()
    assert str(make.staff("laras")) in page
    assert "20 → 30" in page


def test_reporters_and_raters_stay_unnamed(nala):
    hidden = {"information.Complaint": "reporter_name", "tickets.SatisfactionRating": "contact"}
    for name, field in hidden.items():
        assert field not in PAGES[name]._field_names()


def test_every_field_that_is_shown_has_an_indonesian_name():
    for name, pages in PAGES.items():
        if isinstance(pages, ReadPages):
            fields = {field.name for field in pages.opts.concrete_fields}
            shown = {*pages._field_names(), *pages.list_display} & fields
            assert shown - LABELS.keys() - pages.labels.keys() == set(), name


def test_no_page_carries_a_script_of_its_own(nala):
    for pages in PAGES.values():
        for url in addresses(pages):
            for script in nala.get(url).content.decode().split("<script")[1:]:
                assert " src=" in script.partition(">")[0], url


def test_every_event_of_the_demonstration_is_put_into_words(rows):
    codes = {code for model in EVENT_TABLES for code in model.objects.values_list("code", flat=True).distinct()}
    codes |= set(AccessLog.objects.values_list("action", flat=True).distinct())
    assert codes
    assert [code for code in sorted(codes) if in_words(code) == code] == []


def test_lists_are_sorted_by_their_headings(nala):
    page = nala.get(address(Ticket, "changelist")).content.decode()
    assert "?o=2" in page
