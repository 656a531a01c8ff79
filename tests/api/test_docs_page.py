"""The documentation page works from our own files, under the content policy."""

import pytest
from django.test import Client
from django.urls import reverse

# What is far below is drawn once one scrolls there: a step for each look until it stands on the page.
SCROLLED_TO = """id => {
  if (document.getElementById(id)) return true;
  const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
  scrollTo({ top: end ? 0 : scrollY + innerHeight / 2, behavior: "instant" });
}"""


def test_document_and_page_are_open_and_local(db):
    page = Client().get(reverse("api-docs"))
    assert page.status_code == 200
    html = page.content.decode()
    assert "http://" not in html
    assert "https://" not in html
    assert "<script>" not in html
    assert "unsafe-inline" not in page["Content-Security-Policy"].split("script-src")[1].split(";")[0]
    document = Client().get("/api/v1/schema/")
    assert document["Content-Type"] == "application/vnd.oai.openapi+json"
    assert document.json()["openapi"].startswith("3.1")
    yaml = Client(headers={"Accept": "application/vnd.oai.openapi"}).get("/api/v1/schema/")
    assert yaml.content.startswith(b"openapi: 3.1")


@pytest.mark.browser
def test_the_page_lists_the_operations_without_breaking_the_policy(live, page):
    broken = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{live.url}/api/v1/docs/" if hasattr(live, "url") else f"{live}/api/v1/docs/")
    page.wait_for_selector("#operations-tag-escalations")
    page.wait_for_function(SCROLLED_TO, arg="operations-tickets-tickets_list")
    page.click("#operations-tickets-tickets_list button.opblock-summary-control")
    page.wait_for_selector("text=created_from")
    assert broken == []
