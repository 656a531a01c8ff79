"""Forms of the chatbot's editor."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chatbot.checking import CHANNELS, text_labels
from chatbot.tree import (
    LONGEST_IDLE,
    LONGEST_LABEL,
    LONGEST_SHORT,
    LONGEST_TEXT,
    LONGEST_WORDS,
    SHORTEST_IDLE,
    TEXTS,
    Node,
    Tree,
)
from knowledge.models import KnowledgeArticle
from messaging.models import Channel
from tickets.models import Topic

_INPUT, _SELECT = {"class": "form-control"}, {"class": "form-select"}


class MenuForm(forms.Form):
    """One menu of the draft."""

    label = forms.CharField(label=_("Nama menu"), max_length=LONGEST_LABEL, widget=forms.TextInput(attrs=_INPUT))
    short = forms.CharField(
        label=_("Nama singkat"), max_length=LONGEST_SHORT, required=False, widget=forms.TextInput(attrs=_INPUT),
        help_text=_("Untuk baris sempit di WhatsApp; kosong: nama menu dipotong."),
    )  # fmt: skip
    label_en = forms.CharField(
        label=_("Nama dalam bahasa Inggris"), max_length=LONGEST_LABEL, required=False,
        widget=forms.TextInput(attrs=_INPUT), help_text=_("Untuk laporan berbahasa Inggris."),
    )  # fmt: skip
    parent = forms.ChoiceField(label=_("Di bawah"), required=False, widget=forms.Select(attrs=_SELECT))
    text = forms.CharField(
        label=_("Jawaban"), max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea(attrs={**_INPUT, "rows": 6}),
    )  # fmt: skip
    article = forms.ChoiceField(
        label=_("Artikel basis pengetahuan"), required=False, widget=forms.Select(attrs=_SELECT),
        help_text=_("Isinya dikirim setelah jawaban dan selalu yang terbaru."),
    )  # fmt: skip
    topic = forms.ChoiceField(
        label=_("Topik tiket"), required=False, widget=forms.Select(attrs=_SELECT),
        help_text=_("Topik tiket bila pengguna memilih Chat Agent dari sini."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("Kata kunci"), max_length=LONGEST_WORDS, required=False, widget=forms.TextInput(attrs=_INPUT),
        help_text=_("Kata lain yang dipakai orang untuk mencarinya."),
    )  # fmt: skip
    active = forms.BooleanField(
        label=_("Tampil bagi pengguna"), required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )

    def __init__(self, *args: Any, node: Node, tree: Tree, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: getattr(node, name) for name in self.base_fields}, **kwargs)
        below = {one.code for one in tree.nodes.values() if node in tree.path(one.code)}
        others = [(one.code, one.label) for one in tree.nodes.values() if one.code not in below]
        self._choose("parent", [("", _("Menu utama")), *others])
        rows = KnowledgeArticle.objects.filter(status="PUBLISHED").order_by("code").values_list("code", "title")
        self._choose("article", [("", "—"), *((code, f"{code} {title}") for code, title in rows)], node.article)
        self._choose(
            "topic", [("", "—"), *((row.code, str(row)) for row in Topic.objects.filter(active=True))], node.topic
        )

    def _choose(self, name: str, choices: list[tuple[str, Any]], kept: str = "") -> None:
        """What may be chosen; what stands there already may stay, so that the page's check can speak of it."""
        if kept and kept not in dict(choices):
            choices = [*choices, (kept, kept)]
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class SettingsForm(forms.Form):
    """Texts of the whole tree, where it answers, and how long it waits."""

    channels = forms.MultipleChoiceField(
        label=_("Menjawab di"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    )
    idle_minutes = forms.IntegerField(
        label=_("Batas diam (menit)"), min_value=SHORTEST_IDLE, max_value=LONGEST_IDLE,
        widget=forms.NumberInput(attrs=_INPUT),
    )  # fmt: skip

    def __init__(self, *args: Any, tree: Tree, **kwargs: Any) -> None:
        given = {**tree.texts, "channels": tree.channels, "idle_minutes": tree.idle_minutes}
        super().__init__(*args, initial=given, **kwargs)
        rows = Channel.objects.filter(code__in=CHANNELS)
        self.fields["channels"].choices = [(row.code, str(row)) for row in rows]  # type: ignore[attr-defined]
        for name, label in text_labels().items():
            area = forms.Textarea(attrs={**_INPUT, "rows": 3})
            self.fields[name] = forms.CharField(label=label, max_length=LONGEST_TEXT, widget=area)
        self.order_fields([*TEXTS, "channels", "idle_minutes"])

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "texts": {name: given[name] for name in TEXTS},
            "channels": given["channels"],
            "idle_minutes": given["idle_minutes"],
        }
