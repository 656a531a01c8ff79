"""The form's turns: one field after the other, each checked and explained, the region confirmed. Pure."""

from django.utils.translation import gettext as _

from chatbot import commands
from chatbot.identity import AGENCY, EMAIL, NAME, QUESTION, REGION, Known, check, label, prompt
from chatbot.places import Place
from chatbot.replies import Option, Reply, chosen
from chatbot.state import IDENTIFIED, Effect, Heard, State, Turn, World

ANOTHER, NICKNAME, PREVIOUS = "r:none", "name:nick", "form:back"


def known_fields(known: Known) -> dict[str, str]:
    return {NAME: known.name, REGION: known.region, AGENCY: known.organization, EMAIL: known.email}


def ask(state: State, world: World, lead: str = "") -> Turn:
    """Ask for the first field that is left."""
    field = state.todo[0]
    count = len(state.asked) + 1
    head = f"{label(field)} ({count}/{count + len(state.todo) - 1})"
    text = "\n\n".join(part for part in (lead, f"{head}\n{prompt(field)}") if part)
    options = []
    if field == NAME and (nickname := check(NAME, world.known.nickname)[0]):
        options.append(Option(NICKNAME, nickname))
    return _say(state, text, options)


def answer(state: State, heard: Heard, world: World, said: str) -> Turn:
    """Take the answer to the field asked for. A turn with nothing left to do has ended the form."""
    field = state.todo[0]
    if said == commands.BACK or heard.choice == PREVIOUS:
        return _previous(state, world)
    if said in (commands.TOP, commands.AGENT, commands.FIND):
        return ask(state, world, _("Lengkapi dahulu data Anda, lalu menu terbuka. Ketik “batal” untuk berhenti."))
    key = heard.choice or chosen(heard.text, state.offered)
    if field == REGION:
        return _region(state, key, heard, world)
    if field == NAME and (key == NICKNAME or (state.offered and commands.consents(heard.text))):
        return _filled(state, world.known.nickname, heard, world)
    return _filled(state, heard.text, heard, world)


def _filled(state: State, text: str, heard: Heard, world: World) -> Turn:
    field = state.todo[0]
    value, wrong = check(field, text)
    if wrong:
        return ask(state, world, wrong)
    if field == QUESTION:
        state = state.having(question_ref=heard.ref)
    return _next(state.filled(field, value), world)


def _next(state: State, world: World) -> Turn:
    state = state.having(asked=(*state.asked, state.todo[0]), todo=state.todo[1:], offered=())
    return ask(state, world) if state.todo else Turn(state, effects=(Effect(IDENTIFIED),))


def _previous(state: State, world: World) -> Turn:
    if not state.asked:
        return ask(state, world)
    return ask(state.having(todo=(state.asked[-1], *state.todo), asked=state.asked[:-1]), world)


def _region(state: State, key: str, heard: Heard, world: World) -> Turn:
    """Recognise, offer, and take only what was confirmed."""
    offered = [one for one, _label in state.offered if one.startswith("r:") and one != ANOTHER]
    says = commands.consents(heard.text) if offered and not key else None
    if says and len(offered) == 1:
        key = offered[0]
    if key in offered:
        return _next(state.filled(REGION, key[2:]), world)
    if key == ANOTHER or says is False:
        return ask(state, world, _("Baik. Tulis lagi, dengan jenisnya: Kab., Kota, atau Provinsi."))
    if key:
        return ask(state, world)  # what was tapped belongs to another moment
    found = world.recognise(heard.text)
    if not found:
        return ask(state, world, _("Daerah itu belum dikenali. Periksa ejaannya."))
    return _confirm(state, found)


def _confirm(state: State, found: list[Place]) -> Turn:
    if len(found) == 1:
        text = _("Daerah Anda {name}?").format(name=found[0].label)
        options = [Option(f"r:{found[0].code}", _("Ya, benar"))]
    else:
        text = _("Daerah mana yang Anda maksud?")
        options = [Option(f"r:{place.code}", place.label, place.short[:24]) for place in found]
    return _say(state, text, [*options, Option(ANOTHER, _("Bukan, tulis lagi"))])


def _say(state: State, text: str, options: list[Option]) -> Turn:
    offered = tuple((option.key, option.label) for option in options)
    return Turn(state.having(offered=offered), (Reply(text, tuple(options), _("Lihat pilihan")),))
