"""The two kinds of admin pages: rows to read, and rows that are changed by calling verbs.

Nothing here saves a row. Forms gather what a verb wants, the verb decides, and what it refuses stands as an
error on the form with the input kept. The site lets administrators in and nobody else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.admin_columns import Label, column, labelled_filter, shown
from kernel.admin_events import in_words
from kernel.admin_forms import VerbForm
from kernel.admin_labels import LABELS
from kernel.errors import Refused

SHOWN_EVENTS, SHOWN_STATES = 200, 50


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened to a row, as its history shows it."""

    at: datetime
    actor: str
    what: str
    moved: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A verb on one row, offered on its page while `allowed`. `perform` names the page's method."""

    slug: str
    label: Label
    form: type[VerbForm]
    perform: str
    allowed: Callable[[Any], bool] = lambda row: True


class ReadPages(admin.ModelAdmin):
    """List, search, page and history of rows; nothing can be added, changed or deleted."""

    title: Label = ""
    labels: dict[str, Label] = {}
    hidden: Sequence[str] = ()  # fields that the page leaves out
    details: Sequence[str] = ()  # lines of the page; all fields when empty
    extra: Sequence[str] = ()  # methods whose lines stand below the fields

    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "kernel/admin_page.html"

    def __init__(self, model: type[models.Model], admin_site: admin.AdminSite) -> None:
        model._meta.verbose_name = model._meta.verbose_name_plural = self.title
        self._columns: dict[str, Any] = {}  # the same function every time, or Django would not sort by it
        super().__init__(model, admin_site)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [self._shown(name) for name in self.list_display]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [
            labelled_filter(name, self.labels.get(name)) if isinstance(name, str) else name for name in self.list_filter
        ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [self._shown(name) for name in (*self._field_names(), *self.extra)]

    get_readonly_fields = get_fields

    def _field_names(self) -> list[str]:
        if self.details:
            return list(self.details)
        fields = [field for field in self.opts.concrete_fields if not field.primary_key and not field.generated]
        return [field.name for field in fields if field.name not in self.hidden]

    def _shown(self, name: str) -> Any:
        if all(field.name != name for field in self.opts.concrete_fields):
            return name  # a method of the page
        if name not in self._columns:
            self._columns[name] = column(self.model, name, self.labels.get(name))
        return self._columns[name]

    @admin.display(description=gettext_lazy("Peristiwa"), ordering="code")
    def what(self, row: Any) -> str:
        """The code of an event in words."""
        return in_words(row.code)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.note_read(request, self.model)
        return super().changelist_view(request, {"title": self.title, **(extra_context or {})})

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self._row(request, object_id) if object_id else None
        if row is not None:
            self.note_read(request, row)
        context = {"moves": self.open_moves(row), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What happened to the row, and how it was before each change."""
        row = self._row(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        self.note_read(request, row)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Riwayat: %(row)s") % {"row": row},
            "opts": self.opts,
            "original": row,
            "lines": list(self.history_lines(row)),
            "states": earlier_states(row, self.labels),
        }
        return TemplateResponse(request, "kernel/admin_history.html", context)

    def history_lines(self, row: Any) -> Iterable[Line]:
        """The row's events, the latest first."""
        if not hasattr(row, "events"):
            return []
        events = row.events.select_related("actor").order_by("-at", "-id")[:SHOWN_EVENTS]
        return [line_of(event) for event in events]

    def note_read(self, request: HttpRequest, record: Any) -> None:
        """Called before rows of the table, or one row, are shown."""

    def open_moves(self, row: Any) -> list[dict[str, Any]]:
        """The verbs that this row offers now; none for rows to read."""
        return []

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))


class VerbPages(ReadPages):
    """Rows that administrators add and change through verbs.

    With `add_form` a page adds, with `change_form` it changes; `moves` are the other verbs of a row. The
    methods get the form's data and `at` and `actor`, and return the row or a response of their own.
    """

    add_form: type[VerbForm] | None = None
    change_form: type[VerbForm] | None = None
    moves: Sequence[Move] = ()

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
        raise NotImplementedError

    def perform_change(self, request: HttpRequest, row: Any, data: dict[str, Any], **by: Any) -> Any:
        raise NotImplementedError

    def initial(self, row: Any) -> dict[str, Any]:
        """What the form starts with: for a change the row's own values."""
        names = getattr(self.change_form, "base_fields", {})
        return {name: getattr(row, name) for name in names if row is not None and hasattr(row, name)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.add_form is not None and self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.change_form is not None and self.admin_site.has_permission(request)

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        view = self.admin_site.admin_view(self.move_view)
        return [path("<path:object_id>/langkah/<slug:slug>/", view, name=name), *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if object_id is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            title = _("Tambah %(name)s") % {"name": _inside(str(self.title))}
            return self._run(request, None, self.add_form, self.perform_add, title)
        row = self._row(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, row):
            return super().changeform_view(request, object_id, form_url, extra_context)
        self.note_read(request, row)

        def perform(request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
            return self.perform_change(request, row, data, **by)

        return self._run(request, row, self.change_form, perform, str(row))

    def move_view(self, request: HttpRequest, object_id: str, slug: str) -> HttpResponse:
        """The form of one of the row's moves."""
        row = self._row(request, object_id)
        move = next((move for move in self.moves if move.slug == slug), None)
        if move is None:
            raise Http404
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)

        def perform(request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
            return getattr(self, move.perform)(request, row, data, **by)

        return self._run(request, row, move.form, perform, f"{move.label}: {row}", move)

    def open_moves(self, row: Any) -> list[dict[str, Any]]:
        if row is None:
            return []
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_move"
        return [
            {"label": move.label, "url": reverse(name, args=[row.pk, move.slug])}
            for move in self.moves
            if move.allowed(row)
        ]

    def _run(
        self,
        request: HttpRequest,
        row: Any,
        form_class: Any,
        perform: Callable[..., Any],
        title: str,
        move: Move | None = None,
    ) -> HttpResponse:
        """Show the form; call the verb with what it holds; say on the form what the verb refuses."""
        form = form_class(request.POST or None, row=row, initial={} if move else self.initial(row))
        if request.method == "POST" and form.is_valid():
            try:
                done = perform(request, form.cleaned_data, at=timezone.now(), actor=request.user)
            except Refused as refusal:
                form.add_error(None, refusal.message)
            else:
                return done if isinstance(done, HttpResponse) else self._after(request, row if move else done)
        return self._render(request, row, form, title, move)

    def _after(self, request: HttpRequest, row: Any) -> HttpResponse:
        messages.success(request, _("Perubahan tersimpan."))
        base = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        if row is not None and self.get_object(request, str(row.pk)) is not None:
            return redirect(f"{base}_change", row.pk)
        return redirect(f"{base}_changelist")

    def _render(self, request: HttpRequest, row: Any, form: VerbForm, title: str, move: Move | None) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": row,
            "add": row is None,
            "change": row is not None,
            "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}, (), model_admin=self),
            "errors": form.errors,
            "media": self.media + form.media,
            "has_view_permission": True,
            "verb": True,
            "move": move,
            "moves": [] if move else self.open_moves(row),
            "facts": [] if row is None else self.facts(row, form),
        }
        return TemplateResponse(request, self.change_form_template, context)

    def facts(self, row: Any, form: VerbForm) -> list[tuple[Label, Any]]:
        """The lines of the row that the form does not hold."""
        found: list[tuple[Label, Any]] = []
        for name in (*self._field_names(), *self.extra):
            if name not in form.fields:
                show = self._shown(name)
                show = getattr(self, show) if isinstance(show, str) else show
                found.append((show.short_description, show(row)))
        return found


def _inside(name: str) -> str:
    """A name as it stands inside a sentence: "Token API" -> "token API"."""
    return name[:1].lower() + name[1:]


def line_of(event: Any) -> Line:
    """An event of any aggregate as a line of history."""
    moved = " → ".join(filter(None, (event.from_value, event.to_value)))
    return Line(event.at, str(event.actor) if event.actor else _("Sistem"), in_words(event.code), moved, event.reason)


def earlier_states(row: Any, labels: dict[str, Label]) -> list[dict[str, Any]]:
    """Each change of a row whose history is kept: when, and which fields went from what to what."""
    if not hasattr(row, "history"):
        return []
    found, later = [], row
    for state in row.history.order_by("-pgh_created_at", "-pgh_id")[:SHOWN_STATES]:
        changes = [
            (labels.get(field.name) or LABELS.get(field.name, field.name), shown(before), shown(after))
            for field in row._meta.concrete_fields
            if not field.generated
            and (before := getattr(state, field.attname, None)) != (after := getattr(later, field.attname))
        ]
        found.append({"at": state.pgh_created_at, "changes": changes})
        later = state
    return found
