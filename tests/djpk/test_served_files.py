"""Files leave an asynchronous server block by block, not read whole first."""

import asyncio
import io
import warnings
from concurrent.futures import ThreadPoolExecutor

from django.test import AsyncClient

from kernel.streaming import StreamedFileResponse


def run(work):
    """In a thread of its own: a browser test before this one may have left a loop in ours."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def taken(response) -> list[bytes]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [block async for block in response]


def test_a_file_is_read_in_blocks():
    content = bytes(600_000)
    blocks = run(taken(StreamedFileResponse(io.BytesIO(content), filename="a.bin")))
    assert b"".join(blocks) == content
    assert len(blocks) == 3


def test_static_files_are_streamed_with_their_own_headers_only():
    async def get():
        response = await AsyncClient().get("/static/admin/css/base.css")
        return response, b"".join(await taken(response))

    response, content = run(get())
    assert response.status_code == 200
    assert b"color-scheme" in content
    assert response.headers["Content-Type"].startswith("text/css")
    assert "Content-Disposition" not in response.headers
