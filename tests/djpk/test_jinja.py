"""Parts in Jinja are compiled for each language, with our texts in them."""

import pytest
from django.template import engines
from django.utils import translation
from jinja2 import DictLoader

from djpk.embedded.paths import ROOT


@pytest.fixture
def part():
    """Call it with a template; the result renders it in a language with these values."""
    environment = engines["jinja2"].env
    made: dict[str, str] = {}
    kept, environment.loader = environment.loader, DictLoader(made)
    environment.in_languages.clear()

    def render(source: str, language: str, **values) -> str:
        made["part.html"] = source
        with translation.override(language):
            return environment.get_template("part.html").render(**values)

    yield render
    environment.loader = kept
    environment.in_languages.clear()


@pytest.mark.parametrize(("language", "said"), [("id", "Simpan"), ("en", "Save")])
def test_a_text_stands_in_the_language_that_is_active(part, language, said):
    assert part('<b title="{{ _(\'Simpan\') }}">{{ _("Simpan") }}</b>', language) == f'<b title="{said}">{said}</b>'


def test_values_in_a_text_are_escaped_and_percent_signs_stay(part):
    source = "{% trans name=name %}Pilih {{ name }}{% endtrans %}"
    assert part(source, "id", name="<b> 5%") == "Pilih &lt;b&gt; 5%"
    assert part(source, "en", name="Budi") == "Select Budi"


def test_an_unknown_text_stays_as_it_is(part):
    assert part('{{ _("Belum pernah ditulis 100%%") }}', "en") == "Belum pernah ditulis 100%"


def test_no_name_stands_for_two_templates():
    """Django's engine is asked first: a part in Jinja of the same name would never be shown."""
    names: dict[str, set[str]] = {
        kind: {
            str(path.relative_to(folder)) for folder in ROOT.glob(f"*/{kind}") for path in folder.rglob("*.html")
        }
        for kind in ("templates", "jinja2")
    }  # fmt: skip
    assert len(names["jinja2"]) > 20
    assert names["templates"] & names["jinja2"] == set()
