"""An agent at work in a browser, in one of three ways, so that each task is written once.

By mouse on a desktop, by the keyboard alone there, or by touch on a phone. A `Desk` knows how each way reaches a
control; nothing is focused or clicked by script.
"""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from tests import factories as make
from tickets.models import Ticket

MOUSE, KEYS, PHONE = "mouse", "keyboard", "phone"
WAYS = (MOUSE, KEYS, PHONE)
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
TOUCH = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SETTLED = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
OPENED = "() => document.activeElement.id === 'judul-tiket'"
ANSWERED = "#palet [role=listbox]:not([aria-busy=true])"
MOST_TABS = 150


def signed_in(chromium: Any, url: str, user: Any, **options: Any) -> Any:
    """A context that carries the user's session, without typing the sign-in."""
    client = Client()
    client.force_login(user)
    context = chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", **options)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
    return context


def is_trouble(message: Any) -> bool:
    """Whether a line of the console is one; a socket that opens while one leaves the page is not."""
    left = "WebSocket is closed before the connection is established"
    return message.type in {"error", "warning"} and left not in message.text


def question(name: str, *, minutes: int = 30, contact: Any = None, **fields: Any) -> Ticket:
    """An open ticket of today, of a requester of its own."""
    who = contact or make.stranger(name=f"Pemohon {name}", email=f"{name}@kota.example", user_group="PEMDA")
    at = timezone.now() - timedelta(minutes=minutes)
    given = {"topic": make.topic(), "subject": f"Tentang {name}", "text": f"Mohon penjelasan {name}.", **fields}
    return make.ticket(contact=who, at=at, **given)


def arrow_down_to(page: Any, selector: str, label: str) -> None:
    """An option of the select that has the focus; typed letters count together only when they come quickly."""
    chosen = page.locator(f"{selector} option:checked")
    for _option in range(page.locator(f"{selector} option").count()):
        if label in chosen.inner_text():
            return
        page.keyboard.press("ArrowDown")
    assert label in chosen.inner_text()


class Desk:
    """One page and the way it is used."""

    def __init__(self, page: Any, url: str, way: str) -> None:
        self.page, self.url, self.way = page, url, way

    # Reaching controls

    def use(self, selector: str) -> None:
        """Click it, tap it, or walk to it with Tab and press Enter."""
        if self.way == KEYS:
            self.walk_to(selector)
            self.page.keyboard.press("Enter")
        elif self.way == PHONE:
            self.page.tap(selector)
        else:
            self.page.click(selector)

    def walk_to(self, selector: str, key: str = "Tab") -> None:
        """Press Tab until the first visible match has the focus; a control that Tab never reaches is a finding."""
        wanted = self.page.locator(selector).first
        wanted.wait_for(state="attached")
        for _step in range(MOST_TABS):
            if wanted.evaluate("control => control === document.activeElement"):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"not reached by {key}: {selector}")

    def do(self, keys: str, shown: str, menu: str = "") -> None:
        """An action of the open ticket: by its key, its button, or on a phone from the menu."""
        if self.way == KEYS:
            self.page.keyboard.press(keys)
        elif self.way == PHONE and menu:
            self.from_menu(keys, menu)
        else:
            self.use(shown)

    def from_menu(self, keys: str, item: str) -> None:
        """An action of the menu of the open ticket, or its key."""
        if self.way == KEYS:
            self.page.keyboard.press(keys)
            return
        self.use("[popovertarget=tindakan]")
        self.use(f"#tindakan {item}")

    def mark(self, selector: str) -> None:
        """Tick a box."""
        if self.way == KEYS:
            self.walk_to(selector)
            self.page.keyboard.press("Space")
        else:
            self.use(selector)

    def write_in(self, selector: str, text: str) -> None:
        """Go into a field and type, in place of what stood there."""
        if self.way == KEYS:
            self.walk_to(selector)
        else:
            self.use(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, selector: str, label: str) -> None:
        """An option of a select; its list is the browser's own, so only the keyboard is seen opening it."""
        if self.way == KEYS:
            self.walk_to(selector)
            arrow_down_to(self.page, selector, label)
        else:
            self.page.select_option(
                selector, self.page.get_attribute(f"{selector} option:has-text('{label}')", "value")
            )

    def command(self, text: str) -> None:
        """Take a command from the palette."""
        self.page.keyboard.press("Control+k")
        self.page.keyboard.type(f">{text}")
        self.page.wait_for_selector(f"{ANSWERED} [role=option][aria-selected=true]:has-text('{text}')")
        self.page.keyboard.press("Enter")

    # Waiting

    def sees(self, selector: str, state: str = "visible") -> None:
        self.page.wait_for_selector(selector, state=state)

    def settled(self) -> None:
        self.page.wait_for_function(SETTLED)

    # Going about the workspace

    def inbox(self, query: str = "") -> None:
        self.page.goto(f"{self.url}/tiket/{query}")

    def open(self, ticket: Ticket, query: str = "?urut=terlama") -> Ticket:
        """Open it from the list."""
        self.inbox(query)
        return self.open_row(ticket)

    def open_row(self, ticket: Ticket) -> Ticket:
        row = f"#tiket-{ticket.pk} a[data-open]"
        if self.way == KEYS:
            self.walk_to(row, "j")
            self.page.keyboard.press("Enter")
        else:
            self.use(row)
        self.page.wait_for_function(OPENED)
        self.sees(f"#percakapan[data-pk='{ticket.pk}']")
        return ticket

    def properties(self) -> None:
        """On a phone the properties are a pane of their own."""
        if self.way == PHONE and not self.page.is_visible("#properti"):
            self.page.tap("#percakapan .dr-toggle-props")
            self.sees("#properti")

    def conversation(self) -> None:
        if self.way == PHONE and not self.page.is_visible("#percakapan"):
            self.page.tap("#properti [data-show-pane=thread]")

    def edit(self, name: str, label: str, option: str) -> None:
        """Give the property another value."""
        self.properties()
        if self.way == KEYS:
            self.command(f"Ubah {label}")
            self.sees(f"#sunting-{name} .dr-option")
            for _option in range(10):
                self.page.keyboard.press("ArrowUp")
            self.walk_to(f"#sunting-{name} .dr-option:has-text('{option}')", "ArrowDown")
            self.page.keyboard.press("Enter")
        else:
            self.use(f"#ubah-{name}")
            self.use(f"#sunting-{name} .dr-option:has-text('{option}')")
        self.sees(f"#ubah-{name} :text('{option}')")

    def write(self, text: str, mode: str = "reply") -> None:
        """Write a reply or a note into the composer of the open ticket."""
        if self.way == KEYS:
            self.page.keyboard.press({"reply": "r", "note": "n"}[mode])
        else:
            self.use(f"[data-mode-tab={mode}]")
            self.use("#teks" if mode == "reply" else "#catatan")
        self.page.keyboard.type(text)

    def send(self, mode: str = "reply") -> None:
        if self.way == KEYS:
            self.page.keyboard.press("Control+Enter")
        else:
            self.use(f"[data-send={mode}]")

    def undo(self) -> None:
        """Take back what the corner says was done."""
        self.sees("#kabar button:has-text('Urungkan')")
        if self.way == KEYS:
            self.page.keyboard.press("z")
        else:
            self.use("#kabar button:has-text('Urungkan')")
