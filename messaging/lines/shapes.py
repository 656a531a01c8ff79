"""What a connection of each channel is told: its settings and its credentials, for forms and the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused

_TLS = (("tls", "TLS"), ("starttls", "STARTTLS"), ("none", _("tanpa enkripsi")))


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to fill in. `kind`: text, port, number, address (of the web), flag or choice."""

    name: str
    label: str | Promise
    kind: str = "text"
    choices: tuple[tuple[str, str | Promise], ...] = ()
    group: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a channel needs; `address` says what requesters write to."""

    address: str | Promise
    settings: tuple[Setting, ...]
    secrets: tuple[Setting, ...]


_IN, _OUT, _META, _PACE = _("Surat masuk (IMAP)"), _("Surat keluar (SMTP)"), _("Akun Meta"), _("Kecepatan")
_OAUTH = _("OAuth 2 (pengganti kata sandi)")
_SPEED = Setting("per_second", _("Pesan per detik"), "number", group=_PACE)
_MAIL = Shape(
    _("Alamat email"),
    (
        Setting("imap_host", _("Server"), group=_IN),
        Setting("imap_port", _("Port"), "port", group=_IN),
        Setting("imap_security", _("Keamanan"), "choice", _TLS, _IN),
        Setting("imap_user", _("Nama pengguna"), group=_IN),
        Setting("imap_folder", _("Folder"), group=_IN),
        Setting("authserv_id", _("Server yang hasil pemeriksaan pengirimnya dipercaya (authserv-id)"), group=_IN),
        Setting("smtp_host", _("Server"), group=_OUT),
        Setting("smtp_port", _("Port"), "port", group=_OUT),
        Setting("smtp_security", _("Keamanan"), "choice", (_TLS[1], _TLS[0], _TLS[2]), _OUT),
        Setting("smtp_user", _("Nama pengguna"), group=_OUT),
        Setting("oauth_token_url", _("Alamat server token"), "address", group=_OAUTH),
        Setting("oauth_client_id", _("Client ID"), group=_OAUTH),
        Setting("oauth_scope", _("Scope"), group=_OAUTH),
        Setting("plus_addressing", _("Balasan ke alamat dengan nomor tiket (+)"), "flag", group=_OUT),
        _SPEED,
    ),
    (
        Setting("imap_password", _("Kata sandi"), group=_IN),
        Setting("imap_token", _("Token OAuth 2"), group=_IN),
        Setting("smtp_password", _("Kata sandi"), group=_OUT),
        Setting("oauth_client_secret", _("Client secret"), group=_OAUTH),
        Setting("oauth_refresh_token", _("Refresh token"), group=_OAUTH),
    ),
)
SHAPES: dict[str, Shape] = {
    "EMAIL": _MAIL,
    "LAPOR": _MAIL,
    "WHATSAPP": Shape(
        _("Nomor WhatsApp"),
        (
            Setting("phone_number_id", _("Phone number ID"), group=_META),
            Setting("business_account_id", _("WhatsApp Business Account ID"), group=_META),
            _SPEED,
        ),
        (
            Setting("access_token", _("Access token"), group=_META),
            Setting("app_secret", _("App secret"), group=_META),
            Setting("verify_token", _("Verify token"), group=_META),
        ),
    ),
    "HAI": Shape(
        _("Nama sambungan"),
        (Setting("callback_url", _("Alamat panggilan balik"), "address", group=_("HAI Kemenkeu")), _SPEED),
        (Setting("secret", _("Kunci tanda tangan"), group=_("HAI Kemenkeu")),),
    ),
    "PHONE": Shape(
        _("Nama sambungan"),
        (),
        (Setting("secret", _("Kunci tanda tangan"), group=_("Sentral telepon (CTI)")),),
    ),
    "LIVE_CHAT": Shape(
        _("Nama sambungan"),
        (Setting("sites", _("Situs yang boleh memuat jendela, dipisah spasi"), group=_("Live Chat")),),
        (),
    ),
}
LONGEST = 500


def check(channel_code: str, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
    """Raises Refused for what the channel does not know and for values that cannot be."""
    shape = SHAPES.get(channel_code)
    if shape is None:
        raise Refused("connection.channel", _("Kanal ini tidak disambungkan di sini."))
    known = {one.name: one for one in shape.settings}
    unknown = sorted({*settings} - {*known}) + sorted({*secrets} - {one.name for one in shape.secrets})
    if unknown:
        raise Refused("connection.unknown_setting", _("Isian tidak dikenal: {names}."), names=", ".join(unknown)[:200])
    for name, value in settings.items():
        if value != "" and not _fits(known[name], value):
            raise Refused("connection.bad_setting", _("{name} tidak sah."), name=f"{known[name].label} ({name})")


def _fits(setting: Setting, value: Any) -> bool:
    text = str(value)
    if len(text) > LONGEST or "\x00" in text:
        return False
    match setting.kind:
        case "port":
            return text.isascii() and text.isdigit() and 0 < int(text) < 65536
        case "number":
            try:
                return 0 < float(text) <= 10_000
            except ValueError:
                return False
        case "address":
            return text.startswith(("https://", "http://"))
        case "choice":
            return text in dict(setting.choices)
    return True
