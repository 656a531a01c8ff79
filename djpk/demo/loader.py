"""Loading the demonstration data in one transaction, once."""

from datetime import datetime, timedelta

from django.db import transaction

from chatbot.versions import change_settings, publish
from djpk.demo import plans
from djpk.demo.accounts import create_accounts
from djpk.demo.coming import write_coming
from djpk.demo.drafts import Draft, World
from djpk.demo.duty import write_duty
from djpk.demo.inflows import write_inflows
from djpk.demo.macros import write_macros
from djpk.demo.open_work import write_open_work
from djpk.demo.people import STAFF
from djpk.demo.registers import write_registers
from djpk.demo.telephone import write_calls
from djpk.demo.writing import Page, Reference, write_month
from kernel.locks import lock_names
from messaging.connection_verbs import connect
from messaging.models import Channel
from people.models import Region, Unit
from tickets.models import Ticket, Topic
from worktime.loading import OFFICE, SERVICE, load_calendar

CHATBOT_SINCE = plans.Month(2023, 9)


@transaction.atomic
def load(*, today: datetime) -> bool:
    """Write all demonstration data; False, and nothing changed, when it is there already.

    `today` is the moment the open work is open at. ValueError when it is not after September 2024: its
    tickets would fall among the months whose figures are bound.
    """
    if plans.Month.of(today) <= plans.AUGUST_2024.next:
        raise ValueError("today must be later than September 2024")
    lock_names("load_demo")
    if is_loaded():
        return False
    world = build_world()
    reference = build_reference()
    for plan in plans.PLANS:
        write(reference, plan, world.month(plan))
    write_registers(reference)
    write_inflows(reference, world.office)
    write_open_work(reference, world, today)
    write_calls(today)
    write_coming(reference, world, today)
    write_macros(reference, today)
    write_duty(reference, world.office, today)  # after the tickets of today, which nobody was given by it
    _connect_live_chat(reference, today)
    _publish_menus(today - timedelta(days=30))
    return True


def _publish_menus(at: datetime) -> None:
    """The chatbot begins chats of the widget, too."""
    change_settings(changes={"channels": ["WHATSAPP", "LIVE_CHAT"]}, at=at, actor=None)
    publish(note="Susunan awal", at=at, actor=None)


def _connect_live_chat(reference: Reference, today: datetime) -> None:
    """So that the widget of `/obrolan/contoh/` takes chats; it needs no server elsewhere."""
    connect(channel=reference.channels["LIVE_CHAT"], address="obrolan", name="Live Chat DJPK", at=today, actor=None)


def is_loaded() -> bool:
    return Ticket.objects.filter(number="CC-202408-0001").exists()


def build_world() -> World:
    """What the drafts are made of; equal on every call."""
    return World.of(list(Region.objects.order_by("id")), load_calendar(OFFICE).calendar)


def build_reference() -> Reference:
    """Rows that drafts point to, with the accounts made when they are missing."""
    units = {unit.code: unit for unit in Unit.objects.filter(valid_to__isnull=True)}
    first = plans.PLANS[0].month.bounds()[0] - timedelta(days=60)
    users = create_accounts(units, first)
    experts: dict[str, list] = {}
    for colleague in STAFF:
        if colleague.unit:
            experts.setdefault(colleague.unit, []).append(users[colleague.username])
    return Reference(
        channels={row.code: row for row in Channel.objects.all()},
        topics={row.code: row for row in Topic.objects.all()},
        units=units,
        regions={row.code: row for row in Region.objects.all()},
        users=users,
        experts=experts,
        window_version=load_calendar(SERVICE).version,
    )


def write(reference: Reference, plan: plans.Plan, drafts: list[Draft]) -> None:
    """Store one month's tickets."""
    page = Page()
    write_month(page, reference, drafts, chatbot=plan.month >= CHATBOT_SINCE)
    page.insert()
