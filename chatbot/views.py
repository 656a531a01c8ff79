"""/chatbot/: the tree to edit, try and publish; what its menus are used for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatbot import versions
from chatbot.access import may_edit_chatbot, may_read_chatbot
from chatbot.forms import MenuForm, SettingsForm
from chatbot.models import ChatbotVersion
from chatbot.state import State
from chatbot.statistics import statistics as statistics_of
from chatbot.tree import Node, Tree, tree_of
from chatbot.trial import lines_of, try_turn
from kernel.errors import Refused
from kernel.months import Month

SALT, MOST_LINES, MOST_VERSIONS = "chatbot.trial", 40, 20
SETTINGS = "pengaturan"
_SAVED = gettext_lazy("Draf disimpan. Pengguna melihatnya setelah diterbitkan.")
_PUBLISHED = gettext_lazy("Menu diterbitkan.")
View = Callable[..., HttpResponse]


def allowed(may: Callable[[Any], bool]) -> Callable[[View], View]:
    """Strangers to the sign-in page, others without the role to the 403 page."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


@require_safe
@allowed(may_edit_chatbot)
def editor(request: HttpRequest) -> HttpResponse:
    """The draft as a tree, the chosen menu's form, the trial, versions."""
    return _editor(request, request.GET.get("menu", ""))


def _editor(request: HttpRequest, chosen: str, form: Any = None, status: int = 200) -> HttpResponse:
    row = versions.draft()
    tree = tree_of(row.content)
    problems = versions.problems_of(row.content)
    node = tree.nodes.get(chosen)
    rows = ChatbotVersion.objects.exclude(number=None).select_related("published_by")[:MOST_VERSIONS]
    latest = rows[0] if rows else None
    context = {
        "draft": row,
        "rows": _rows(tree, {problem.node for problem in problems}),
        "node": node,
        "settings_chosen": chosen == SETTINGS,
        "form": form or (MenuForm(node=node, tree=tree) if node else SettingsForm(tree=tree)),
        "problems": [(one, tree.nodes[one.node].label if one.node in tree.nodes else one.node) for one in problems],
        "versions": rows,
        "unchanged": latest is not None and latest.content == row.content,
        **_trial_context([], "", False),
    }
    return render(request, "chatbot/editor.html", context, status=status)


def _rows(tree: Tree, faulty: set[str], parent: str = "", depth: int = 0) -> list[tuple[Node, int, bool]]:
    """(menu, depth, has a problem) in the order of the tree, hidden ones too."""
    found = []
    for node in (one for one in tree.nodes.values() if one.parent == parent):
        found += [(node, depth, node.code in faulty), *_rows(tree, faulty, node.code, depth + 1)]
    return found


@require_POST
@allowed(may_edit_chatbot)
def change(request: HttpRequest) -> HttpResponse:
    """One change of the draft, or its publication, by `aksi`."""
    given, chosen = request.POST, request.POST.get("menu", "")
    form = _form(given, chosen)
    if form is not None and not form.is_valid():
        return _editor(request, chosen or SETTINGS, form, status=422)
    try:
        chosen = _act(given, chosen, form, at=timezone.now(), actor=request.user) or chosen
        if form is not None or given.get("aksi") == "terbit":
            messages.success(request, _PUBLISHED if form is None else _SAVED)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect(f"{reverse('chatbot')}?menu={chosen}" if chosen else "chatbot")


def _form(given: QueryDict, chosen: str) -> Any:
    """The form that was sent, if the action has one."""
    tree = tree_of(versions.draft().content)
    node = tree.nodes.get(chosen)
    if given.get("aksi") == "simpan" and node is not None:
        return MenuForm(given, node=node, tree=tree)
    return SettingsForm(given, tree=tree) if given.get("aksi") == "atur" else None


def _act(given: QueryDict, chosen: str, form: Any, **who: Any) -> str:
    """Calls the verb; the menu to show then."""
    match given.get("aksi"):
        case "tambah":
            return versions.add_menu(parent=chosen, label=given.get("label", "")[:72], **who)
        case "simpan" if form is not None:
            values = dict(form.cleaned_data)
            parent = values.pop("parent")
            if parent != tree_of(versions.draft().content).nodes[chosen].parent:
                versions.move_menu(code=chosen, parent=parent, **who)
            versions.change_menu(code=chosen, changes=values, **who)
        case "naik" | "turun" as way:
            versions.move_menu(code=chosen, by=versions.UP if way == "naik" else versions.DOWN, **who)
        case "hapus":
            versions.remove_menu(code=chosen, **who)
        case "atur":
            versions.change_settings(changes=form.changes(), **who)
            return SETTINGS
        case "terbit":
            versions.publish(note=given.get("note", ""), **who)
        case "pulihkan":
            number = given.get("nomor", "")
            row = ChatbotVersion.objects.filter(number=int(number[:9]) if number.isdecimal() else 0).first()
            if row is None:
                raise Refused("chatbot.no_version", _("Versi itu tidak ada."))
            versions.restore(version=row, **who)
    return ""


@require_http_methods(["GET", "POST"])
@allowed(may_edit_chatbot)
def trial(request: HttpRequest) -> HttpResponse:
    """One turn of the draft tried out; the conversation travels with the page, signed."""
    lines, state, known = _tried(request.POST.get("percakapan", ""))
    if request.method == "POST" and "ulang" not in request.POST:
        known = known if lines else request.POST.get("dikenal") == "on"
        text, choice = request.POST.get("teks", ""), request.POST.get("pilih", "")
        key, _bar, label = choice.partition("|")
        done = try_turn(versions.draft().content, state, text=text or label, choice=key[:60], known=known)
        lines = [*lines, {"said": (text or label)[:500]}, *lines_of(done.replies)][-MOST_LINES:]
        state = done.state
    else:
        lines, state = [], State()
    packed = signing.dumps([lines, state.stored(), known], salt=SALT, compress=True) if lines else ""
    context = _trial_context(lines, packed, known)
    page = "chatbot/_trial.html" if request.headers.get("HX-Request") else "chatbot/trial.html"
    return render(request, page, context)


def _trial_context(lines: list[dict[str, Any]], packed: str, known: bool) -> dict[str, Any]:
    return {"lines": lines, "packed": packed, "known": known, "last": len(lines)}


def _tried(packed: str) -> tuple[list[dict[str, Any]], State, bool]:
    try:
        lines, state, known = signing.loads(packed, salt=SALT, max_age=3600)
    except signing.BadSignature:
        return [], State(), False
    return lines, State.read(state), known


@require_safe
@allowed(may_read_chatbot)
def statistics(request: HttpRequest) -> HttpResponse:
    """A month's use of the menus; the current month unless named."""
    this = Month.of(timezone.localdate())
    try:
        month = Month.parse(request.GET.get("bulan", "") or str(this))
    except (ValueError, Refused):
        month = this
    context = {"month": month, "statistics": statistics_of(month), "edits": may_edit_chatbot(request.user)}
    return render(request, "chatbot/statistics.html", context)
