"""What only a real server shows: bodies in chunks."""

import http.client
import json

import pytest

from tests.api.conftest import Caller
from tests.api.test_tickets import NEW
from tickets.models import Ticket


def send(live, caller, pieces):
    connection = http.client.HTTPConnection(live.url.split("//")[1], timeout=30)
    headers = {
        "Authorization": f"Bearer {caller.secret}",
        "Content-Type": "application/json",
        "Transfer-Encoding": "chunked",
    }
    connection.request("POST", "/api/v1/tickets/", iter(pieces), headers, encode_chunked=True)
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return response.status, body


@pytest.mark.django_db(transaction=True)
def test_a_body_in_chunks_is_read_whole_or_refused_for_its_size(live):
    caller, text = Caller("laras"), json.dumps(NEW).encode()
    status, body = send(live, caller, [text[:20], text[20:]])
    assert (status, body["subject"]) == (201, NEW["subject"])
    status, body = send(live, caller, [b'{"text": "', *[b"x" * 1_000_000] * 6, b'"}'])
    assert (status, body["code"]) == (413, "too_large")
    assert Ticket.objects.count() == 1
