"""Form fields as Django's own templates render them, without the templates.

A filter form holds some two hundred options, each an included template of its own: ten milliseconds of a page.
Fields that are no plain input, select or textarea are left to Django.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_FOLDER = "django/forms/widgets/"
_OPTION = f"{_FOLDER}select_option.html"


class FormRenderer(DjangoTemplates):
    """Django's renderer with short cuts."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        make = _MADE.get(template_name)
        html = make(context["widget"]) if make else None
        return super().render(template_name, context, request) if html is None else html


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    name, attrs = conditional_escape(widget["name"]), _attrs(widget["attrs"])
    return mark_safe(f'<input type="{widget["type"]}" name="{name}"{value}{attrs}>')  # noqa: S308


def _textarea(widget: Mapping[str, Any]) -> SafeString:
    name, text = conditional_escape(widget["name"]), _text(widget["value"] or "")
    return mark_safe(f'<textarea name="{name}"{_attrs(widget["attrs"])}>\n{text}</textarea>')  # noqa: S308


def _select(widget: Mapping[str, Any]) -> SafeString | None:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attrs(widget["attrs"])}>']
    for group, options, _place in widget["optgroups"]:
        if any(option["template_name"] != _OPTION for option in options):
            return None
        parts += [f'<optgroup label="{conditional_escape(group)}">'] if group else []
        parts += _options(options)
        parts += ["</optgroup>"] if group else []
    return mark_safe("".join([*parts, "</select>"]))  # noqa: S308


def _options(options: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        f'<option value="{_text(one["value"])}"{_attrs(one["attrs"])}>{conditional_escape(one["label"])}</option>'
        for one in options
    ]


def _attrs(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {conditional_escape(name)}" if value is True else f' {conditional_escape(name)}="{_text(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _text(value: Any) -> str:
    """As `stringformat:'s'` and escaping make it; a ModelChoiceIteratorValue is its value."""
    return conditional_escape(value if isinstance(value, str) else str(value))


_INPUTS = ("input", "text", "hidden", "number", "email", "url", "password", "checkbox", "date", "datetime", "time")
_MADE: dict[str, Callable[[Mapping[str, Any]], SafeString | None]] = {
    **{f"{_FOLDER}{name}.html": _input for name in _INPUTS},
    f"{_FOLDER}textarea.html": _textarea,
    f"{_FOLDER}select.html": _select,
}
