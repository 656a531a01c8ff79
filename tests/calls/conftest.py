"""The exchange: a connected telephone line, and signed calls to our address."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from kernel.secrets import seal
from kernel.signing import signature
from messaging.models import Connection
from tests import factories as make

SECRET = "rahasia-sentral"


@pytest.fixture
def line(db) -> Connection:
    return Connection.objects.create(
        channel=make.channel("PHONE"), name="Avaya", address="avaya", secrets=seal({"secret": SECRET})
    )


def post(body, *, secret=SECRET, moment=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = moment or str(int(timezone.now().timestamp()))
    headers = {"X-CTI-Timestamp": moment, "X-CTI-Signature": signature(secret, moment, raw)}
    return Client().post("/hooks/cti/", raw, content_type="application/json", headers=headers)
