"""The URL of a Redis: its form is checked, and a password that stands beside it is put in."""

from urllib.parse import SplitResult, quote, unquote, urlsplit

SCHEMES = ("redis", "rediss", "unix")

_NOT_PARSED = (
    "it does not parse; a password with one of the characters / ? # @ % [ ] has to be percent-encoded in a URL "
    "(/ as %2F), or stands as it is in REDIS_PASSWORD"
)


def checked_redis_url(url: str, password: str | None = None) -> str:
    """Checks a URL and completes it. No part of it gets into an error: any part may be one of the password.

    Args:
        url: `redis://`, `rediss://` or `unix://`, as redis-py reads it.
        password: The password as it is, without encoding; None if the URL holds it or there is none.

    Returns:
        The URL, with the password in it.

    Raises:
        ValueError: It can't be used; the message says why.
    """
    if url.partition("://")[0] not in SCHEMES:
        raise ValueError("write redis://HOST:PORT/0, rediss://HOST:PORT/0 (with TLS) or unix:///PATH")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(_NOT_PARSED) from error
    if parts.fragment or "@" in parts.path or ("@" in parts.query and "@" not in parts.netloc):
        raise ValueError(_NOT_PARSED)
    if parts.scheme != "unix":
        _check_place(parts)
    return _with_password(parts, password) if password else url


def _check_place(parts: SplitResult) -> None:
    """Raises ValueError if port or database of a URL can't be used."""
    try:
        usable = parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("its port is not a number from 1 to 65535")
    database = parts.path.strip("/")
    if database and not (database.isascii() and database.isdigit()):
        raise ValueError("what follows the port is not the number of a database, such as /0")


def _with_password(parts: SplitResult, password: str) -> str:
    userinfo, _, host = parts.netloc.rpartition("@")
    user, _, written = userinfo.partition(":")
    if written and unquote(written) != password:
        raise ValueError("it has a password that differs from REDIS_PASSWORD; take one of the two out")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()
