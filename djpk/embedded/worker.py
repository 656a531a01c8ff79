"""Celery's worker whose pool processes die with it, also when it is killed without a word."""

import sys

from celery.signals import worker_process_init

from djpk.celery import app
from djpk.embedded.child import die_with_parent


@worker_process_init.connect
def _bind_to_parent(**_kwargs: object) -> None:
    die_with_parent()


if __name__ == "__main__":
    app.worker_main(["worker", *sys.argv[1:]])
