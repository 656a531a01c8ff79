"""A caller with a token, as another system would be."""

import pytest
from django.test import Client
from django.utils import timezone

from djpk.catalogue import compile_catalogues
from people.scopes import SCOPES
from people.tokens import issue_token
from tests import factories as make

ROOT = "/api/v1/"
compile_catalogues()


class Caller:
    """`caller.get("tickets/", page_size=2)` with a bearer token; `caller.secret`, `caller.token`."""

    def __init__(self, username: str, scopes=tuple(SCOPES)):
        self.user = make.staff(username)
        self.token, self.secret = issue_token(name="uji", user=self.user, scopes=scopes, at=timezone.now(), actor=None)
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def get(self, path, headers=None, **query):
        return self.client.get(_address(path), query, headers=headers)

    def post(self, path, body=None, headers=None):
        return self.client.post(_address(path), body or {}, content_type="application/json", headers=headers)

    def delete(self, path, headers=None):
        return self.client.delete(_address(path), headers=headers)


def _address(path: str) -> str:
    return path if "://" in path or path.startswith("/") else ROOT + path


@pytest.fixture
def call(db):
    """`call("laras")` or `call("laras", ["tickets:read"])`."""
    return Caller


def check_problem(response, status: int, code: str):
    """Assert that the answer is a problem of this status and code; returns its body."""
    body = response.json()
    assert response.status_code == status, body
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert body["code"] == code, body
    assert body["type"] == f"urn:dering:problem:{code}"
    assert body["title"]
    assert body["detail"]
    return body
