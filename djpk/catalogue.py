"""The English catalogue: found in templates and code, compiled by Babel, without system gettext.

The texts in the code are Indonesian; `djpk/locale/en` translates them. `*.mo` files are built, not kept.
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from djpk.jinja import EXTENSIONS, LAYOUT

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "djpk" / "locale"
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_JINJA = {"extensions": ",".join(EXTENSIONS), "trimmed": "true", "silent": "false"}
_JINJA |= {name: str(on).lower() for name, on in LAYOUT.items()}
_CALL = re.compile(r"\b(?:n?p?gettext|_)\((?:[^()\"']|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')*\)")


def compile_catalogues() -> None:
    """Write the `.mo` beside each `.po` that is newer."""
    for source in LOCALE.glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream)
        part = target.with_suffix(f".{os.getpid()}.part")  # test workers compile side by side
        with part.open("wb") as stream:
            write_mo(stream, catalogue)
        part.replace(target)


def update_catalogue() -> None:
    """Bring `en/django.po` in line with the texts in use, keeping every translation there is."""
    found = Catalog()
    for message, place in texts():
        context, singular, plural = message
        found.add((singular, plural) if plural else singular, context=context, locations=[(place, 0)])
    catalogue = english()
    catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with ENGLISH.open("wb") as stream:
        write_po(stream, catalogue, width=100, sort_output=True, omit_header=False, include_lineno=False)


def english() -> Catalog:
    """The English catalogue as kept."""
    with ENGLISH.open("rb") as stream:
        return read_po(stream, locale="en")


def texts() -> Iterator[tuple[tuple[str | None, str, str | None], str]]:
    """Every text marked for translation: (context, singular, plural) and the file it stands in."""
    for app in sorted(path.parent for path in ROOT.glob("*/apps.py")):
        for path in sorted([*app.rglob("*.py"), *app.rglob("templates/**/*.html"), *app.rglob("jinja2/**/*.html")]):
            for message in _texts_of(path):
                yield message, str(path.relative_to(ROOT))


def _texts_of(path: Path) -> Iterator[tuple[str | None, str, str | None]]:
    source = path.read_text(encoding="utf-8")
    method, options = "python", {}
    if "jinja2" in path.parts:
        method, options = "jinja2.ext:babel_extract", _JINJA
    elif path.suffix == ".html":
        source = "\n".join(_CALL.findall(templatize(source)))
    stream = io.BytesIO(source.encode())
    for _line, message, _comments, context in extract(method, stream, keywords=_KEYWORDS, options=options):
        singular, plural = message if isinstance(message, tuple) else (message, None)
        yield context, singular, plural
