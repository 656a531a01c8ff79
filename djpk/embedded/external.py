"""Servers that the environment names instead of our own: asked once before anything is built on them."""

from urllib.parse import urlsplit

from djpk.embedded.trouble import Trouble

PATIENCE = 10
_DATABASE_SCHEMES = {"postgresql", "postgres"}
_REDIS_SCHEMES = {"redis", "rediss", "unix"}


def check_database(url: str) -> None:
    """Raise Trouble unless PostgreSQL at DATABASE_URL lets us in."""
    import psycopg

    _check_scheme("DATABASE_URL", url, _DATABASE_SCHEMES, "postgresql://user:password@host:5432/name")
    try:
        psycopg.connect(url, connect_timeout=PATIENCE).close()
    except psycopg.Error as error:
        raise _unreachable("DATABASE_URL", url, error) from error


def check_redis(url: str) -> None:
    """Raise Trouble unless Valkey or Redis at REDIS_URL answers."""
    import redis

    _check_scheme("REDIS_URL", url, _REDIS_SCHEMES, "redis://host:6379")
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise _unreachable("REDIS_URL", url, error) from error


def check_named(environment: dict[str, str]) -> None:
    """Ask those servers that the environment names."""
    if url := environment.get("DATABASE_URL"):
        check_database(url)
    if url := environment.get("REDIS_URL"):
        check_redis(url)


def _check_scheme(name: str, url: str, schemes: set[str], example: str) -> None:
    if urlsplit(url).scheme not in schemes:
        raise Trouble(f"{name} tidak dikenal; tulis {example}", f"{name} is not understood; write {example}")


def _unreachable(name: str, url: str, error: Exception) -> Trouble:
    """The address without user and password; what the server or the network said as detail."""
    parts = urlsplit(url)
    where = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return Trouble(
        f"Server {name} tidak dapat dipakai: {where}",
        f"The server of {name} cannot be used: {where}",
        str(error).strip().partition("\n")[0],
    )
