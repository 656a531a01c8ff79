"""One web process on a listening socket that the supervisor opened: `python -m djpk.embedded.web_process FD`."""

import socket
import sys

import uvicorn

KEEP_ALIVE = 130  # seconds; proxies drop idle lines after two minutes at most: who closes first never loses a request


def main(fd: int) -> None:
    """Serve until SIGTERM. An open WebSocket does not hold up the end for more than two seconds."""
    config = uvicorn.Config(
        "djpk.asgi:application",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=KEEP_ALIVE,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=fd)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
