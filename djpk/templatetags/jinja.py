"""`{% jinja "app/_part.html" %}`: a part in Jinja, which sees everything the page around it sees."""

from django import template
from django.template import Context, engines
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def jinja(context: Context, name: str) -> SafeString:
    """The part as HTML."""
    part = engines["jinja2"].get_template(name).template  # type: ignore[attr-defined]
    return mark_safe(part.render(context.flatten()))  # noqa: S308  (Jinja escapes)
