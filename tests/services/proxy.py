"""A TCP proxy in front of a server, for network cuts: it can stall, cut, and go on."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from tests.services.server import HOST

Result = TypeVar("Result")


class Proxy:
    """Forwards to the server of a URL, from a thread of its own; `url` is the same server reached through it."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asyncio_proxy", daemon=True)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._refusing = False
        self._connections: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread.start()
        self._server = self._do(self._listen())

    @property
    def url(self) -> str:
        """The server's URL, by way of this proxy."""
        port = self._server.sockets[0].getsockname()[1]
        login, at, _ = self._target.netloc.rpartition("@")
        return urlunsplit(self._target._replace(netloc=f"{login}{at}{HOST}:{port}"))

    @property
    def connections(self) -> int:
        """How many go through it now."""
        return len(self._connections) // 2

    def stall(self) -> None:
        """From now on no byte comes through, either way; connections stay open, and new ones are taken and stall too.

        So it looks when a cable is pulled: nobody is told anything.
        """
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def resume(self) -> None:
        """Let everything through again, what waited meanwhile too; take new connections again after `cut`."""
        self._refusing = False
        self._loop.call_soon_threadsafe(self._flowing.set)

    def cut(self) -> None:
        """Break every connection and take no new one until `resume`."""
        self._refusing = True
        self._do(self._break_all())

    def close(self) -> None:
        """Break every connection and end."""
        self.cut()
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10.0)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, HOST, 0)

    async def _end(self) -> None:
        self._server.close()
        # All transports are broken: whoever forwards finds out, and ends.
        self._flowing.set()
        await asyncio.gather(*self._tasks)

    async def _break_all(self) -> None:
        for writer in self._connections:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._connections.add(writer)
        try:
            await self._flowing.wait()
            if self._refusing:
                return
            there, onward = await asyncio.open_connection(self._target.hostname, self._target.port)
            self._connections.add(onward)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._forward(reader, onward))
                    both.create_task(self._forward(there, writer))
            finally:
                self._connections.discard(onward)
                onward.transport.abort()
        except* OSError:
            """One side has gone: the other learns of it here."""
        finally:
            self._connections.discard(writer)
            writer.transport.abort()

    async def _forward(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flowing.wait()
            sink.write(data)
            await sink.drain()
        await self._flowing.wait()
        with contextlib.suppress(OSError):
            sink.write_eof()
