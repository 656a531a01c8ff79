"""One form for each e-mail address and phone number."""

import pytest

from kernel.errors import Refused
from people.handles import normalise_email, normalise_phone


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Arung@Gowa.EXAMPLE", "arung@gowa.example"),
        (" <arung@gowa.example> ", "arung@gowa.example"),
        ("mailto:arung@gowa.example", "arung@gowa.example"),
    ],
)
def test_mail_addresses(written, kept):
    assert normalise_email(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("(021) 350 9442", "+62213509442"),
        ("+62 000 1000 0001", "+6200010000001"),
        ("+62 000 1234 567", "+620001234567"),
        ("+1 202 555 0143", "+12025550143"),
    ],
)
def test_phone_numbers(written, kept):
    assert normalise_phone(written) == kept


@pytest.mark.parametrize("written", ["arung", "arung@", "@gowa.example", "a b@gowa.example"])
def test_what_is_no_mail_address(written):
    with pytest.raises(Refused) as refused:
        normalise_email(written)
    assert refused.value.code == "handle.bad_email"
    assert written in refused.value.message


@pytest.mark.parametrize("written", ["tanya saja", "12", "0812345678901234567890"])
def test_what_is_no_phone_number(written):
    with pytest.raises(Refused) as refused:
        normalise_phone(written)
    assert refused.value.code == "handle.bad_phone"
