"""Celery's worker whose pool processes die with it, also when it is killed without a word."""

import os
import sys

from celery.signals import worker_process_init

from djpk.celery import app
from djpk.embedded.child import die_with_parent

WORKER = os.getpid()


@worker_process_init.connect
def _bind_to_worker(**_kwargs: object) -> None:
    die_with_parent()
    if os.getpid() != WORKER and os.getppid() != WORKER:
        os._exit(1)


if __name__ == "__main__":
    app.worker_main(["worker", *sys.argv[1:]])
