"""Both servers of one data folder, or the external ones that the environment names."""

import os
from pathlib import Path

from djpk.embedded.paths import socket_folder
from djpk.embedded.postgres import Postgres
from djpk.embedded.valkey import Valkey


class Servers:
    """Starts what DATABASE_URL and REDIS_URL leave open; `environment()` tells Django where they are."""

    def __init__(self, data: Path, *, fast: bool = False) -> None:
        data.mkdir(parents=True, exist_ok=True)
        log = data / "log"
        log.mkdir(exist_ok=True)
        self.data = data
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.redis_url = os.environ.get("REDIS_URL", "")
        sockets = socket_folder(data)
        self.postgres = (
            None if self.database_url else Postgres(data / "postgres", sockets, log / "postgres.log", fast=fast)
        )
        self.valkey = None if self.redis_url else Valkey(sockets, log / "valkey.log")

    def start(self) -> None:
        try:
            if self.postgres:
                self.postgres.start()
                self.database_url = self.postgres.url()
            if self.valkey:
                self.valkey.start()
                self.redis_url = self.valkey.url()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for server in (self.valkey, self.postgres):
            if server:
                server.stop()

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "DERING_DATA": str(self.data),
        }
