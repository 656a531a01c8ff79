"""Tasks of the live pages: they go on after a failure, say an outage once, and end when they are told to."""

import asyncio
import logging
from types import SimpleNamespace

import pytest
from redis import ConnectionError as NotThere

from tests.loops import finish
from tickets.live import ending
from tickets.live.ending import until_ended


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(ending, "RETRY", 0.0)


def _done(failures: list[BaseException | None]) -> list[str]:
    """Run work that meets these failures in turn (None: it comes to its end), then is told to end."""
    tried: list[str] = []

    async def work() -> None:
        if len(tried) == len(failures):
            task.cancel()
            await asyncio.sleep(0)
        failure = failures[len(tried)]
        tried.append(type(failure).__name__)
        if failure:
            raise failure

    async def main() -> None:
        nonlocal task
        task = asyncio.create_task(until_ended(work, "pages"))
        with pytest.raises(asyncio.CancelledError):
            await task

    task: asyncio.Task[None]
    finish(asyncio.wait_for(main(), 10))
    return tried


def test_work_is_done_again_after_each_failure(caplog):
    assert _done([NotThere("away"), ValueError("odd"), None, OSError("cut")]) == [
        "ConnectionError", "ValueError", "NoneType", "OSError"
    ]  # fmt: skip
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == ["pages stumbled"]


def test_an_outage_is_said_once_and_the_next_one_again(caplog, monkeypatch):
    tried: list[int] = []
    now = [0.0]
    monkeypatch.setattr(ending, "time", SimpleNamespace(monotonic=lambda: now[0]))

    async def work() -> None:
        tried.append(1)
        now[0] += 60.0 if len(tried) == 3 else 0.5  # the third time it worked for a minute
        if len(tried) == 4:
            asyncio.current_task().cancel()
            await asyncio.sleep(0)
        raise NotThere(f"try {len(tried)}")

    async def main() -> None:
        with pytest.raises(asyncio.CancelledError):
            await until_ended(work, "pages")

    finish(main())
    said = [record.getMessage() for record in caplog.records]
    assert said == ["pages wait for Valkey: try 1", "pages wait for Valkey: try 3"]


def test_work_that_swallows_the_word_ends_all_the_same():
    async def main() -> int:
        runs = 0

        async def work() -> None:
            nonlocal runs
            runs += 1
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                return  # as redis and asgiref may do

        task = asyncio.create_task(until_ended(work, "pages"))
        await asyncio.sleep(0)
        task.cancel()
        await task
        return runs

    assert finish(asyncio.wait_for(main(), 10)) == 1
