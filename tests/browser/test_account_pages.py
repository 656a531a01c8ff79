"""Sign-in and one's own account in a real browser: codes, security keys, sessions; readable by all, on any screen."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect

from people import lockout
from people.models import SignInLock
from tests.browser.fixtures import paced
from tests.browser.test_report_page import PHONE, findings, quiet  # noqa: F401
from tests.djpk.cast import PASSWORD, laras

pytestmark = pytest.mark.browser
SECRET = totp.generate_totp_secret()
HOME = "**/tiket/**"


def code(secret: str = SECRET) -> str:
    counter = list(totp.yield_hotp_counters_from_time())[1]
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@pytest.fixture
def address(live):
    """By name: browsers know security keys for names only."""
    return live.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def user(live):
    return laras()


@pytest.fixture
def visitor(quiet, address, user):  # noqa: F811
    """Before the sign-in form."""
    quiet.goto(address + "/masuk/")
    return quiet


def sign_in(page, password: str = PASSWORD) -> None:
    page.fill("#id_username", "laras")
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")


def sign_out(page) -> None:
    page.click("[popovertarget=akun]")
    page.click("#akun >> text=Keluar")
    page.wait_for_url("**/masuk/")


def confirm(page) -> None:
    page.wait_for_url("**/akun/konfirmasi/**")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")


def plug_in_key(page, *, passkey: bool = True) -> None:
    """A virtual authenticator that says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    options |= {"hasResidentKey": passkey, "hasUserVerification": passkey, "isUserVerified": passkey}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_key(page, address: str, name: str, *, passwordless: bool = False) -> None:
    page.goto(address + "/akun/keamanan/kunci/tambah/")
    if "/konfirmasi/" in page.url:
        confirm(page)
    page.wait_for_url("**/kunci/tambah/")
    page.fill("#id_name", name)
    if passwordless:
        page.check("[name=passwordless]")
    page.click("text=Daftarkan kunci")
    page.wait_for_url("**/akun/keamanan/pemulihan/")
    page.goto(address + "/akun/keamanan/")


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(visitor, address):
    sign_in(visitor)
    visitor.wait_for_url(HOME)
    visitor.click("[popovertarget=akun]")
    visitor.click("text=Akun saya")
    visitor.click(".dr-tabs >> text=Faktor kedua")
    visitor.click("text=Pasang aplikasi")
    confirm(visitor)
    assert visitor.locator(".dr-qr svg path").bounding_box()["width"] > 100
    secret = visitor.inner_text("#rahasia").replace(" ", "")
    visitor.fill("#id_code", code(secret))
    visitor.press("#id_code", "Enter")
    visitor.wait_for_url("**/akun/keamanan/pemulihan/")
    recovery = visitor.inner_text("#kode-pemulihan li >> nth=0")
    sign_out(visitor)

    sign_in(visitor)
    visitor.wait_for_url("**/masuk/kode/")
    visitor.fill("#id_code", code(secret))
    visitor.press("#id_code", "Enter")
    visitor.wait_for_url(HOME)
    sign_out(visitor)

    sign_in(visitor)
    visitor.fill("#id_code", recovery)
    visitor.press("#id_code", "Enter")
    visitor.wait_for_url(HOME)


def test_a_security_key_is_the_second_factor(visitor, address):
    plug_in_key(visitor, passkey=False)
    sign_in(visitor)
    visitor.wait_for_url(HOME)
    add_key(visitor, address, "Kunci gantungan")
    assert "Kunci gantungan" in visitor.inner_text("main")
    sign_out(visitor)
    sign_in(visitor)
    visitor.click("text=Pakai kunci keamanan")
    visitor.wait_for_url(HOME)


def test_a_passkey_signs_in_without_a_password(visitor, address):
    plug_in_key(visitor)
    sign_in(visitor)
    visitor.wait_for_url(HOME)
    add_key(visitor, address, "Laptop kantor", passwordless=True)
    assert "tanpa kata sandi" in visitor.inner_text("main")
    sign_out(visitor)
    visitor.click("text=Masuk dengan kunci sandi")
    visitor.wait_for_url(HOME)


def test_without_a_key_the_page_says_what_to_do(visitor, address):
    visitor.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    visitor.click("text=Masuk dengan kunci sandi")
    visitor.wait_for_selector("[data-trouble]:not([hidden])")
    assert visitor.inner_text("[data-trouble]") == "Kunci tidak terbaca atau dibatalkan. Coba lagi."


def test_too_many_failures_say_when_to_try_again(visitor, settings):
    settings.LOCKOUT_TRIES = 2
    for _try in range(2):
        sign_in(visitor, "salah")
        visitor.wait_for_selector("text=tidak cocok")
        visitor.evaluate("() => document.querySelector('[role=alert]').remove()")
    sign_in(visitor)
    visitor.wait_for_selector("text=Terlalu banyak percobaan gagal.")
    until = SignInLock.objects.get(kind="ACCOUNT").locked_until
    assert f"Coba lagi pukul {lockout.clock(until)}." in visitor.inner_text("[role=alert]")
    assert findings(visitor) == []


def test_the_list_of_sessions_ends_the_one_of_another_browser(visitor, address, chromium):
    sign_in(visitor)
    visitor.wait_for_url(HOME)
    other = chromium.new_context(locale="id-ID")
    elsewhere = paced(other.new_page())
    elsewhere.goto(address + "/masuk/")
    sign_in(elsewhere)
    elsewhere.wait_for_url(HOME)
    visitor.goto(address + "/akun/sesi/")
    assert visitor.locator(".dr-devices li").count() == 2
    visitor.click(".dr-devices button")
    visitor.wait_for_selector("text=Sesi diakhiri.")
    elsewhere.goto(address + "/akun/")
    elsewhere.wait_for_url("**/masuk/?next=/akun/")
    other.close()
    expect(visitor.locator(".dr-devices li")).to_have_count(1)


PAGES = [
    "/akun/",
    "/akun/kata-sandi/",
    "/akun/keamanan/",
    "/akun/keamanan/kunci/tambah/",
    "/akun/keamanan/pemulihan/",
    "/akun/keamanan/pemulihan/buat/",
    "/akun/keamanan/aplikasi/lepas/",
    "/akun/konfirmasi/",
    "/akun/sesi/",
]


def test_every_page_of_the_account_is_readable_by_all_and_fits_any_screen(visitor, address, user):
    totp.TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    sign_in(visitor)
    visitor.wait_for_url("**/masuk/kode/")
    both_ways(visitor, "/masuk/kode/")
    visitor.set_viewport_size({"width": 1440, "height": 900})
    visitor.fill("#id_code", code())
    visitor.press("#id_code", "Enter")
    visitor.wait_for_url(HOME)
    visitor.goto(address + "/akun/konfirmasi/?next=/akun/")
    confirm(visitor)
    visitor.wait_for_url("**/akun/")
    for path in PAGES:
        visitor.goto(address + path)
        assert visitor.url == address + path
        both_ways(visitor, path)
    totp.Authenticator.objects.all().delete()
    visitor.goto(address + "/akun/keamanan/aplikasi/")
    both_ways(visitor, "/akun/keamanan/aplikasi/")


def both_ways(page, path: str) -> None:
    """Light on a wide screen, dark on a phone; nothing for axe, nothing wider than the screen."""
    for theme, size in (("light", {"width": 1440, "height": 900}), ("dark", PHONE)):
        page.set_viewport_size(size)
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        assert findings(page) == [], (path, theme)
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, path
