"""The English catalogue covers what the pages say."""

from babel.messages.mofile import read_mo

from djpk.catalogue import ENGLISH, compile_catalogues, english, texts

SHELL = (
    "djpk/context.py",
    "djpk/accounts/",
    "people/lockout.py",
    "djpk/admin_site.py",
    "djpk/templates/",
    "kernel/admin",
    "kernel/templates/",
    "reports/",
    "escalation/templates/",
    "escalation/ticket_panel.py",
    "tickets/clocks.py",
    "tickets/forms.py",
    "tickets/inbox/",
    "tickets/templates/",
)


def test_every_text_of_the_pages_is_translated():
    catalogue = english()

    def untranslated(context: str | None, text: str) -> bool:
        found = catalogue.get(text, context)
        return found is None or not found.string

    ours = [message for message, place in texts() if place.startswith(SHELL)]
    assert [text for context, text, _plural in ours if untranslated(context, text)] == []


def test_the_catalogue_compiles_to_what_it_says():
    compile_catalogues()
    with ENGLISH.with_suffix(".mo").open("rb") as stream:
        compiled = read_mo(stream)
    assert compiled["Kata sandi"].string == "Password"
