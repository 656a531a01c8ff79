"""E-mail addresses and phone numbers in the one form by which a contact is recognised (decisions 23).

Pure. Numbers without country code are Indonesian. A number need not be in use to be accepted, only dialable.
"""

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused

HOME_REGION = "ID"
RESERVED = "62000"
"""Numbers of invented people. No one has them; the zeros are not a trunk prefix to be taken away."""


def normalise_email(text: str) -> str:
    """Lower case, without `mailto:` and angle brackets. Raises Refused(`handle.bad_email`).

    >>> normalise_email(" <Sekar@Pemda.example> ")
    'sekar@pemda.example'
    """
    clean = text.strip().strip("<>").removeprefix("mailto:").strip().lower()
    try:
        validate_email(clean)
    except ValidationError:
        raise Refused(
            "handle.bad_email", _("Alamat email “{text}” tidak lengkap. Periksa kembali."), text=text.strip()
        ) from None
    return clean


def normalise_phone(text: str) -> str:
    """E.164, also of numbers written with 62 but no plus. Raises Refused(`handle.bad_phone`).

    >>> normalise_phone("0812-3456-7890")
    '+6281234567890'
    """
    clean = text.strip()
    digits = "".join(filter(str.isdigit, clean))
    if digits.startswith(RESERVED) and 8 <= len(digits) <= 15:
        return "+" + digits
    try:
        if digits.startswith("62") and len(digits) >= 10 and not clean.startswith(("+", "0")):
            clean = "+" + digits
        number = phonenumbers.parse(clean, HOME_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Refused(
            "handle.bad_phone", _("Nomor telepon “{text}” tidak dikenal. Tulis dengan kode negara."), text=text.strip()
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
