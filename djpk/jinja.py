"""Jinja for what is rendered often: the rows of lists, the panels around them, the shell. See docs/frontend.md.

Templates stand in an app's `jinja2/` folder and are put into a page by `{% load jinja %}{% jinja "app/_part.html" %}`.
They are compiled once for each language, with our texts in them: looking texts up took as long as the rest.
"""

from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template import defaultfilters, engines
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.dateformat import format as worded
from jinja2 import ChainableUndefined, Environment, Template, nodes, pass_context
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from kernel.formats import clock_time
from kernel.languages import gettext
from kernel.months import JAKARTA
from kernel.numbering import unbroken

EXTENSIONS = ["jinja2.ext.i18n"]
LAYOUT = {"trim_blocks": True, "lstrip_blocks": True}


class _Said(NodeTransformer):
    """Puts a text in the place where it is asked for: `_("Simpan")` becomes "Save"."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        asks = isinstance(node.node, nodes.Name) and node.node.name in ("_", "gettext")
        if not asks or len(node.args) != 1 or not isinstance(node.args[0], nodes.Const):
            return node
        text = translation.gettext(node.args[0].value)
        if not node.kwargs:
            return nodes.MarkSafe(nodes.Const(text % {}), lineno=node.lineno)
        values = nodes.Dict([nodes.Pair(nodes.Const(one.key), one.value) for one in node.kwargs])
        return nodes.Mod(nodes.MarkSafe(nodes.Const(text)), values, lineno=node.lineno)


class _Environment(Environment):
    """Gives templates in the language that is active; below it is one such environment for each language."""

    language = ""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.in_languages: dict[str, _Environment] = {}

    def _load_template(self, name: str, globals: Any) -> Template:
        if self.language:
            return super()._load_template(name, globals)
        return self._in(language())._load_template(name, globals)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.language:
            with translation.override(self.language):
                _Said().visit(tree)
        return tree

    def _in(self, language: str) -> "_Environment":
        if language not in self.in_languages:
            made: Any = self.overlay()
            made.language = language
            self.in_languages[language] = made
        return self.in_languages[language]


def environment(**options: Any) -> Environment:
    """As Django makes it, with our texts. What is missing is empty, as in Django's own templates."""
    from djpk.context import initials  # needs the models, which whoever collects our texts does not load

    ours = {"undefined": ChainableUndefined, "extensions": EXTENSIONS}
    made = _Environment(**options | LAYOUT | ours)
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext, npgettext=translation.npgettext
    )
    made.globals |= {"url": url, "query": query, "static": static, "csrf": csrf, "django_part": django_part}
    made.globals["language"] = language
    made.filters |= {"iso": iso, "hour": hour, "epoch": epoch, "date": in_words, "initials": cache(initials)}
    made.filters |= {"file_size": defaultfilters.filesizeformat, "lines": defaultfilters.linebreaksbr}
    made.filters["unbroken"] = unbroken
    return made


def language() -> str:
    """The reader's."""
    return translation.get_language() or settings.LANGUAGE_CODE


def url(name: str, *args: object) -> str:
    return reverse(name, args=args) if args else _address(get_script_prefix(), name)


@cache
def _address(_prefix: str, name: str) -> str:
    """`_prefix` is where our pages stand on the server."""
    return reverse(name)


def query(request: HttpRequest, **changes: str | None) -> str:
    """As `{% querystring %}`: the query with "?" and some parts changed; those that are None are left out."""
    given = request.GET.copy() if changes else request.GET
    for name, value in changes.items():
        if value is None:
            given.pop(name, None)
        else:
            given[name] = value
    return f"?{given.urlencode()}" if given or request.GET else ""


def csrf(token: object) -> Markup:
    """What `{% csrf_token %}` is elsewhere."""
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(token)


def iso(moment: datetime) -> str:
    """A moment in Jakarta's time, for `datetime` attributes."""
    return moment.astimezone(JAKARTA).isoformat()


def hour(moment: datetime) -> str:
    """The time in Jakarta: 09.41, in English 09:41."""
    return clock_time(moment.astimezone(JAKARTA), translation.get_language() or "id")


def epoch(moment: datetime) -> int:
    """Seconds, for what scripts count down."""
    return int(moment.timestamp())


def in_words(moment: datetime | date, form: str) -> str:
    """As Django's `date`; a moment as it is in Jakarta."""
    return worded(moment.astimezone(JAKARTA) if isinstance(moment, datetime) else moment, form)


@pass_context
def django_part(context: Context, name: str, **more: Any) -> str:
    """A part that is a Django template, for what is rarely shown. It sees what the page sees, and what it is given."""
    return engines["django"].get_template(name).render(context.get_all() | more, context["request"])
