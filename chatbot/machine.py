"""The conversation: (state, what was said, tree) -> (state, replies, effects). Pure, and never at a loss.

new ─▶ form ─▶ menu ⇄ search          Every state answers, but for three silences: what is no message
         └▶ (known) ─▶ menu ─▶ ask    (a reaction), a conversation that has ended, and one that has had
                         └─▶ done     more turns than people take, so that two robots do not talk for ever.
"""

from django.utils.translation import gettext as _

from chatbot import commands, form
from chatbot.identity import QUESTION, asks_something, check, prompt
from chatbot.matching import find
from chatbot.replies import Option, Reply, chosen
from chatbot.state import (
    ASK,
    DONE,
    ENDED,
    FORM,
    HAND_OVER,
    MENU,
    MISSED,
    NEW,
    OPENED,
    SEARCH,
    SEARCHED,
    Effect,
    Heard,
    State,
    Turn,
    World,
)

MOST_TURNS = 200
PATIENCE = 2  # misses, after which an agent is offered in words
TOP, BACK, AGENT, FIND, END = commands.TOP, commands.BACK, commands.AGENT, commands.FIND, commands.END


def advance(state: State, heard: Heard, world: World) -> Turn:
    """The next turn."""
    state = state.having(turns=state.turns + 1)
    if heard.quiet or state.step == DONE or state.turns > MOST_TURNS:
        return Turn(state)
    if state.step == NEW:
        return _begin(state, heard, world)
    if state.step == FORM:
        return _form(state, heard, world)
    choice = _choice(state, heard)
    if choice:
        return _follow(choice, state, heard, world)
    if state.step == ASK:
        return _question(state, heard, world)
    return _search(heard.text, state, world)


def _begin(state: State, heard: Heard, world: World) -> Turn:
    """Greet; ask what is not known, else show the menus. A first message that asks something is the question."""
    known = world.known
    todo = known.missing()
    state = state.having(form={name: value for name, value in form.known_fields(known).items() if value})
    if asks_something(heard.text) and not heard.choice:
        state = state.filled(QUESTION, check(QUESTION, heard.text)[0]).having(question_ref=heard.ref)
        todo = [field for field in todo if field != QUESTION]
    greeting = world.tree.texts["greeting"]
    if todo:
        return form.ask(state.having(step=FORM, todo=tuple(todo)), world).after(Reply(greeting))
    hello = _("Selamat datang kembali, {name}.").format(name=known.name)
    turn = _menu(heard.choice[2:], state, world) if heard.choice.startswith("m:") else _identified(state, world)
    return turn.after(Reply(f"{greeting}\n\n{hello}".strip()))


def _form(state: State, heard: Heard, world: World) -> Turn:
    said = commands.read(heard.text)
    if said in (END, commands.CANCEL) or heard.choice == END:
        return _end(state, world)
    turn = form.answer(state, heard, world, said)
    return turn if turn.state.todo else _identified(turn.state, world).with_effects(*turn.effects)


def _identified(state: State, world: World) -> Turn:
    """The menus; with a question, first what may answer it."""
    question = state.form.get(QUESTION, "")
    if question and (found := find(question, world.tree)):
        options = [Option(f"m:{node.code}", node.label, node.title) for node in found[:4]]
        options += [Option(TOP, _("Menu utama")), Option(AGENT, _("Chat Agent"))]
        text = _("Mungkin ini menjawab pertanyaan Anda. Pilih salah satu, atau Chat Agent untuk dijawab petugas.")
        return _say(state.having(step=MENU, node=""), text, options)
    return _menu("", state, world)


def _choice(state: State, heard: Heard) -> str:
    """The key of what was tapped, numbered, named or commanded; empty for other words."""
    if heard.choice:
        return heard.choice
    typed = chosen(heard.text, state.offered)
    return typed or commands.read(heard.text)


def _follow(choice: str, state: State, heard: Heard, world: World) -> Turn:
    if choice.startswith("m:"):
        return _menu(choice[2:], state, world)
    if choice == AGENT:
        return _agent(state, world)
    if choice == FIND:
        return _say(state.having(step=SEARCH), _("Tulis kata yang dicari, misalnya “penyaluran DAU”."), [_top()])
    if choice in (END, commands.CANCEL):
        return _end(state, world)
    if choice == commands.THANKS:
        return _end(state, world, _("Sama-sama."))
    if choice == BACK:
        path = world.tree.path(state.node)
        return _menu(path[-2].code if len(path) > 1 else "", state, world)
    if choice.startswith(commands.FIND_FOR):
        return _search(choice.removeprefix(commands.FIND_FOR), state, world)
    return _menu("", state, world)


def _menu(code: str, state: State, world: World) -> Turn:
    """What a menu says and leads to; the top where there is none of that code."""
    node = world.tree.node(code) if code else None
    if node is None:
        lead = _("Menu itu tidak ada lagi.") + "\n\n" if code else ""
        options = [Option(f"m:{one.code}", one.label, one.title) for one in world.tree.children()]
        options += [Option(FIND, _("Cari dengan kata")), Option(AGENT, _("Chat Agent"))]
        text = lead + (world.tree.texts["menu"] or _("Pilih informasi yang dibutuhkan."))
        return _say(state.having(step=MENU, node="", misses=0), text, options)
    options = [Option(f"m:{one.code}", one.label, one.title) for one in world.tree.children(code)]
    if node.parent:
        options.append(Option(BACK, _("Kembali")))
    options += [Option(TOP, _("Menu utama")), Option(AGENT, _("Chat Agent"))]
    said = world.tree.answer(node)
    if not said and not world.tree.children(code):
        said = _("Informasi ini sedang diperbarui. Pilih Chat Agent untuk bertanya kepada petugas.")
    text = f"{node.label}\n\n{said}" if said else node.label
    turn = _say(state.having(step=MENU, node=code, misses=0), text, options)
    return turn.with_effects(Effect(OPENED, code))


def _search(words: str, state: State, world: World) -> Turn:
    words = " ".join(words.split())
    if not words:
        return _missed(state, world, _("Pesan itu belum dapat dibaca di sini. Tulis dengan kata, atau pilih menu."), "")
    found = find(words, world.tree)
    if not found:
        return _missed(state, world, _("Belum ada menu tentang itu. Tulis dengan kata lain, atau pilih menu."), words)
    options = [Option(f"m:{node.code}", node.label, node.title) for node in found]
    turn = _say(
        state.having(step=MENU, misses=0), _("Ini yang ditemukan. Pilih salah satu."),
        [*options, _top(), Option(AGENT, _("Chat Agent"))],
    )  # fmt: skip
    return turn.with_effects(Effect(SEARCHED, text=words))


def _missed(state: State, world: World, text: str, words: str) -> Turn:
    state = state.having(misses=state.misses + 1, step=MENU)
    if state.misses > PATIENCE:
        text = _("Menu kami belum memuatnya. Pilih Chat Agent agar petugas membantu.")
    options = [_top(), Option(FIND, _("Cari dengan kata")), Option(AGENT, _("Chat Agent"))]
    turn = _say(state, text, options)
    return turn.with_effects(Effect(MISSED, text=words)) if words else turn


def _agent(state: State, world: World) -> Turn:
    """To an agent, with the question; without one it is asked for first."""
    if state.form.get(QUESTION):
        return Turn(state.having(step=DONE, offered=()), effects=(Effect(HAND_OVER),))
    return _say(state.having(step=ASK), prompt(QUESTION), [_top()])


def _question(state: State, heard: Heard, world: World) -> Turn:
    value, wrong = check(QUESTION, heard.text)
    if wrong:
        return _say(state, f"{wrong}\n\n{prompt(QUESTION)}", [_top()])
    return _agent(state.filled(QUESTION, value).having(question_ref=heard.ref), world)


def _end(state: State, world: World, lead: str = "") -> Turn:
    text = " ".join(part for part in (lead, world.tree.texts["closing"]) if part) or _("Percakapan selesai.")
    return Turn(state.having(step=DONE, offered=()), (Reply(text),), (Effect(ENDED),))


def _top() -> Option:
    return Option(TOP, _("Menu utama"))


def _say(state: State, text: str, options: list[Option]) -> Turn:
    offered = tuple((option.key, option.label) for option in options)
    return Turn(state.having(offered=offered), (Reply(text, tuple(options), _("Lihat pilihan")),))
