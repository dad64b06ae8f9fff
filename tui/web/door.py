"""Who may open the page: a browser on this machine, on a page of our own, that knows the key. No I/O here.

A page from elsewhere that a browser shows can reach loopback addresses too. It is told apart by two headers that it
cannot choose: under a name of its own that it lets point here (DNS rebinding), Host is that name; and a WebSocket
tells in Origin which page opens it.
"""

import ipaddress
import secrets
from urllib.parse import urlsplit

KEY_BYTES = 18


def new_key() -> str:
    """What only those know who were told the address: other users of this machine reach the port as well."""
    return secrets.token_urlsafe(KEY_BYTES)


def fits(received: str, key: str) -> bool:
    """Whether a key is the right one, in the same time for every wrong one."""
    return secrets.compare_digest(received.encode(), key.encode())


def loopback(host: str) -> str | None:
    """A host as the loopback address it names, None where it names none; localhost is 127.0.0.1."""
    if host.lower() == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    return str(address) if address.is_loopback else None


def turned_away(host: str, origin: str | None, *, socket: bool) -> str | None:
    """Why a request is refused, in words; None where it may come in.

    `host` and `origin` are the headers; the port may be that of a tunnel. A WebSocket (`socket`) has to say where it
    comes from, as every browser does.
    """
    if not _ours(host):
        return f"This page is for this machine alone, under 127.0.0.1 or localhost, and not as {host!r}."
    if origin is None:
        return "A WebSocket has to tell its origin, as browsers do." if socket else None
    if origin.lower() != f"http://{host.lower()}":
        return f"A page of {origin!r} may not use this one. Open the address that `whipsaw serve` has printed."
    return None


def _ours(host: str) -> bool:
    try:
        parts = urlsplit(f"http://{host}")
        named = parts.netloc == host and parts.port is not None and not parts.username
    except ValueError:
        return False
    return named and loopback(parts.hostname or "") is not None
