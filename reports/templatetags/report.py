"""Small pieces of a report page, made here because a page holds hundreds of them."""

from django import template
from django.utils.html import format_html, mark_safe
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from kernel.formats import decimal
from kernel.months import Month
from reports.page.shown import Delta, Shown

register = template.Library()
_ARROWS = {
    gettext_noop("naik"): "ti-arrow-up-right",
    gettext_noop("turun"): "ti-arrow-down-right",
    gettext_noop("tetap"): "ti-arrow-right",
}


def _missing(words: str, short: bool) -> SafeString:
    """The words for "not known"; in a narrow column a dash that says them."""
    if not short:
        return format_html('<span class="dr-missing">{}</span>', words)
    return format_html(
        '<span class="dr-missing" title="{}"><span aria-hidden="true">–</span>'
        '<span class="visually-hidden">{}</span></span>',
        words,
        words,
    )


@register.simple_tag
def delta(change: Delta | None, short: bool = False) -> SafeString:
    """An arrow and a percentage without colour; a dotted line under it when the base is small.

    `short` is for narrow columns.
    """
    if change is None:
        return mark_safe("")
    if not change.base:
        return _missing(_("belum dimuat") if change.existed else _("belum ada"), short)
    if not change.printed:
        return format_html('<span class="dr-muted">{}</span>', _("dari %(base)s") % {"base": change.base})
    small = format_html(' data-small title="{}"', _("Basis pembanding kecil")) if change.small else ""
    return format_html(
        '<span class="dr-delta"{}><i class="ti {}" role="img" aria-label="{}"></i>{}</span>',
        small,
        _ARROWS.get(change.direction, "ti-arrow-right"),
        _(change.direction) if change.direction in _ARROWS else "",
        change.printed,
    )


@register.simple_tag
def why(figure: Shown | None, short: bool = False) -> SafeString:
    """The figure as a link to what is behind it, or the words for "not known"."""
    if figure is None or not figure.printed:
        return _missing(_("data belum tersedia"), short)
    if not figure.url:
        return format_html("{}", figure.printed)
    return format_html('<a class="dr-why" href="{}">{}</a>', figure.url, figure.printed)


@register.simple_tag
def linked(row: dict[str, object], name: str = "printed") -> SafeString:
    """The same for a row of a ranking: `{printed, url}`; a row without a value has a dash."""
    text = row[name]
    if not text:
        return _missing(_("data belum tersedia"), short=True)
    if not row.get("url"):
        return format_html("{}", text)
    return format_html('<a class="dr-why" href="{}">{}</a>', row["url"], text)


@register.filter
def month_label(month: Month) -> str:
    """ "Agustus 2024", in the language of the page."""
    return month.label(get_language() or "id")


@register.filter
def month_short(month: Month) -> str:
    """ "Agt"."""
    return month.label(get_language() or "id", short=True, year=False)


@register.filter
def amount(value: int | float | None) -> str:
    """A number as the page writes it: 1.018, 5,5."""
    return "" if value is None else decimal(value, 2, trim=True, language=get_language() or "id")
