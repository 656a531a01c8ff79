"""Files sent block by block under ASGI, without the whole file in memory."""

from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import FileResponse

_BLOCK = 256 * 1024


class StreamedFileResponse(FileResponse):
    """A FileResponse that an asynchronous server can iterate; Django's own is read whole before the first byte."""

    block_size = _BLOCK

    async def __aiter__(self) -> AsyncIterator[bytes]:
        blocks = iter(self)
        pull = sync_to_async(lambda: next(blocks, b""), thread_sensitive=False)
        while block := await pull():
            yield block
