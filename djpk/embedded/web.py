"""How the web processes are started, by `bin/demo` and by whatever measures them."""

import socket

from djpk.embedded.progress import python

HOST = "127.0.0.1"
PROCESSES = 2  # Python runs on one core a process; measured in docs/benchmarks.md
BACKLOG = 2048
ENV = {"DERING_DB_POOL": "1"}


def listen(port: int) -> socket.socket:
    """The port, taken: who connects waits until a process is there. Raises OSError when somebody else has it;
    0 takes a free one."""
    taken = socket.socket()
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((HOST, port))
        taken.listen(BACKLOG)
    except OSError:
        taken.close()
        raise
    return taken


def argv(listener: socket.socket) -> list[str]:
    """One process on a listening socket that it inherits: as many as are started share what comes in."""
    return python("-m", "djpk.embedded.web_process", str(listener.fileno()))
