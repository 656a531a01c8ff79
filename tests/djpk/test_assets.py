"""The browser's files: built once, named by their content, and nothing in them from another site."""

import json
import re

import pytest
from django.core.files.storage import storages
from django.core.management import call_command

from djpk import assets


@pytest.fixture(scope="module", autouse=True)
def _built():
    assets.build()


def test_a_second_build_has_nothing_to_do():
    assert assets.build() is False


def test_changed_templates_make_a_new_bundle():
    before = assets._digest(assets._sources())
    named = {path.relative_to(assets.ROOT).as_posix() for path in assets._sources()}
    assert {
        "assets/app.css",
        "djpk/templates/shell.html",
        "reports/templatetags/report.py",
        "djpk/accounts/forms.py",
    } <= named
    assert not any(name.startswith("assets/dist/") for name in named)
    changed = [path for path in assets._sources() if path.name != "shell.html"]
    assert assets._digest(changed) != before


def test_static_files_are_collected_under_names_of_their_content(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    assert storages["staticfiles"].url("app.js") != "/static/app.js"
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    style = (tmp_path / names["style.css"]).read_text(encoding="utf-8")
    fonts = re.findall(r"url\([\"']?(?:\.\/)?(fonts/[^)\"']+)", style)
    assert fonts
    assert all(re.search(r"\.[0-9a-f]{12}\.woff2$", font) for font in fonts), fonts


def test_nothing_is_loaded_from_another_site():
    for name in ("style.css", "app.js"):
        text = (assets.DIST / name).read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import|src\s*=\s*[\"']https?://", text), name


def test_icons_in_use_are_in_the_sheet_and_others_are_not():
    style = (assets.DIST / "style.css").read_text(encoding="utf-8")
    assert ".ti-chart-bar:" in style
    assert ".ti-arrow-down-right:" in style
    assert style.count(".ti-") < 200


def test_the_lock_names_no_registry():
    lock = json.loads((assets.ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
