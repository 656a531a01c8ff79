"""`Idempotency-Key`: a POST sent again with the same key and body gets the same answer and does nothing more.

The key's row is written in the transaction of the work itself. A second request with the key waits on the
unique index until the first one commits (then it gets the stored answer) or fails (then it does the work).
A crash leaves nothing behind.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.problems import MEDIA_TYPE, Conflict, Unprocessable
from kernel.models import IdempotencyKey

HEADER = "Idempotency-Key"
WAIT_SECONDS = 10
_FORM = re.compile(r"[\x21-\x7e]{1,200}")


def once(request: Request, scope: str, work: Callable[[], Response], *, at: datetime) -> Response:
    """Run `work` once per key and `scope` (who asks); without the header simply run it.

    `work` turns its own refusals into responses. Answers of 500 and more are not kept.
    Raises ParseError (400) for a malformed key, Unprocessable (422) when the key came with another
    body, Conflict (409) when the first request takes longer than WAIT_SECONDS.
    """
    key = key_of(request)
    if key is None:
        return work()
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        if not _claim(scope, key, fingerprint, at):
            return _stored(scope, key, fingerprint)
        response = work()
        if response.status_code >= 500:
            transaction.set_rollback(True)
            return response
        body = json.loads(JSONRenderer().render(response.data))
        IdempotencyKey.objects.filter(scope=scope, key=key).update(status=response.status_code, body=body)
    return response


def key_of(request: Request) -> str | None:
    """The key that the caller gave, if any. Raises ParseError (400) for a malformed one."""
    key = request.headers.get(HEADER)
    if key is not None and not _FORM.fullmatch(key):
        raise exceptions.ParseError(_("Idempotency-Key: 1–200 huruf ASCII tanpa spasi."), "idempotency.bad_key")
    return key


def forget_before(moment: datetime) -> int:
    """Delete the keys kept since before `moment`; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=moment).delete()[0]


def _claim(scope: str, key: str, fingerprint: str, at: datetime) -> bool:
    """True when this request is the first with the key; waits for a running one."""
    table = IdempotencyKey._meta.db_table
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{int(WAIT_SECONDS * 1000)}ms"])
            cursor.execute(
                f"INSERT INTO {table} (scope, key, fingerprint, created_at) VALUES (%s, %s, %s, %s)"  # noqa: S608
                " ON CONFLICT (scope, key) DO NOTHING",
                [scope, key, fingerprint, at],
            )
            claimed = cursor.rowcount == 1
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError as error:
        raise Conflict(_("Permintaan dengan kunci ini masih berjalan."), "idempotency.running") from error
    return claimed


def _stored(scope: str, key: str, fingerprint: str) -> Response:
    row = IdempotencyKey.objects.get(scope=scope, key=key)
    if row.fingerprint != fingerprint:
        raise Unprocessable(_("Kunci ini sudah dipakai untuk permintaan lain."), "idempotency.mismatch")
    kind = MEDIA_TYPE if row.status >= 400 else None
    return Response(row.body, status=row.status, headers={"Idempotent-Replayed": "true"}, content_type=kind)


def _fingerprint(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(f"{request.method} {request.path} {body}".encode()).hexdigest()
