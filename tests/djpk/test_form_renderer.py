"""The short cuts of our form renderer write what Django's templates write, blanks aside."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from djpk.form_renderer import FormRenderer
from people.models import Unit

ODD = "a\"b'<c>&amp; é"


class Sample(forms.Form):
    text = forms.CharField(max_length=9, widget=forms.TextInput(attrs={"placeholder": ODD, "autofocus": True}))
    off = forms.CharField(widget=forms.TextInput(attrs={"disabled": False, "data-n": 0}))
    number = forms.IntegerField(min_value=1, max_value=2000)
    email = forms.EmailField()
    date = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.DateTimeField()
    tick = forms.BooleanField()
    secret = forms.CharField(widget=forms.PasswordInput)
    hidden = forms.CharField(widget=forms.HiddenInput)
    area = forms.CharField(widget=forms.Textarea)
    one = forms.ChoiceField(choices=[("", "Semua"), (ODD, ODD), ("b", "B")])
    grouped = forms.ChoiceField(choices=[(ODD, [("a", ODD), ("b", "B")]), ("c", "C")])
    many = forms.MultipleChoiceField(choices=[(1, "satu"), (2, "dua")])
    radio = forms.ChoiceField(choices=[("a", "A"), ("b", ODD)], widget=forms.RadioSelect)
    ticks = forms.MultipleChoiceField(choices=[("a", "A"), ("b", ODD)], widget=forms.CheckboxSelectMultiple)
    file = forms.FileField()
    yes_no = forms.NullBooleanField()


FILLED = {"text": ODD, "area": f"\n{ODD}\n", "one": ODD, "grouped": "b", "many": ["2"], "number": 1500, "tick": "on"}


@pytest.mark.parametrize("data", [None, {}, FILLED, {**FILLED, "radio": "b", "ticks": ["b"], "hidden": ODD}])
def test_each_field_is_what_django_writes(data):
    ours, django = Sample(data, renderer=FormRenderer()), Sample(data, renderer=DjangoTemplates())
    for name in ours.fields:
        assert _plain(ours[name].as_widget()) == _plain(django[name].as_widget()), name
        assert _plain(ours[name].as_hidden()) == _plain(django[name].as_hidden()), name


def test_rows_of_the_database_are_options_by_their_own_field(db):
    class Rows(forms.Form):
        unit = forms.ModelChoiceField(Unit.objects.all(), to_field_name="code", initial="PK.2")

    html = Rows(renderer=FormRenderer())["unit"].as_widget()
    assert _plain(html) == _plain(Rows(renderer=DjangoTemplates())["unit"].as_widget())
    assert '<option value="PK.2" selected>' in html


def test_the_application_uses_it(settings):
    assert settings.FORM_RENDERER == "djpk.form_renderer.FormRenderer"


def _plain(html: str) -> str:
    """Without the blanks between tags, and with single quotes as Django's filters leave them."""
    return re.sub(r">\s+<", "><", html.strip())
