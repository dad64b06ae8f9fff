"""One GET to the KRX OPEN API; every fault of the way in words.

The standard library is enough for one request with one header now and then; it loads nothing that the engine has not
loaded, and a redirect, with which the key would travel, can be refused in one line.
"""

import http.client
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import ip_address
from typing import Any

from engine.adapters.krx.reply import said
from engine.errors import ConfigError, Fault, SourceError

_LATER = "What is stored stays; it is tried again later"
_LARGEST = 32 * 2**20
_KEY_LENGTH = 8  # real ones have 40 characters; shorter ones might stand in prices
_WORDS: Mapping[Fault, tuple[str, str]] = {
    "limited": ("KRX takes no more requests for now", _LATER),
    "down": ("KRX answered with an error", _LATER),
    "slow": ("KRX did not answer in time", _LATER),
    "cut": ("KRX's answer was cut short", _LATER),
    "garbled": ("KRX's answer was not data", _LATER),
    "unreachable": ("KRX cannot be reached", "Check the network and the proxy; what is stored stays"),
    "unsafe": (
        "no safe connection to KRX",
        "Check the machine's clock, its certificates, its proxy and source.krx_url",
    ),
    "refused": (
        "KRX does not accept the key",
        "Apply on openapi.krx.co.kr for a key, and with it for the daily prices of KOSPI and of KOSDAQ",
    ),
    "other": ("KRX answered something else", _LATER),
}


def fault_of_krx(fault: Fault, received: str | None = None) -> SourceError:
    """That fault in words."""
    what, do = _WORDS[fault]
    return SourceError(what, received=received or None, do=do, fault=fault)


class Wire:
    """GET {base}/{service}.json?basDd=YYYYMMDD with the key in its header; gives the body. Safe to call from threads.

    Over https alone, but for a server on this machine. Redirects are refused. An answer that is not there in whole
    after `timeout` seconds is too slow.
    """

    def __init__(self, base_url: str, key: str | Callable[[], str], *, timeout: float = 20.0) -> None:
        """Raises ConfigError for an address that is not safe."""
        parts = urllib.parse.urlsplit(base_url)
        local = _is_local(parts.hostname or "")
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise ConfigError("source.krx_url is not safe for the key", received=base_url, do="begin it with https://")
        self._base = base_url.rstrip("/")
        self._key = key if callable(key) else lambda: key
        self._timeout = timeout
        # a server on this machine is behind no proxy
        proxies = [urllib.request.ProxyHandler({})] if local else []
        self._opener = urllib.request.build_opener(_NoRedirect, *proxies)

    def __call__(self, service: str, day: date) -> bytes:
        """The body of an answer with status 200. Raises SourceError."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            f"{self._base}/{service}.json?basDd={day:%Y%m%d}",
            headers={"AUTH_KEY": self._key(), "Accept": "application/json", "User-Agent": "whipsaw"},
        )
        deadline = time.monotonic() + self._timeout
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return self._hidden(_body(answer, deadline))
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error, deadline) from None
        except (OSError, http.client.HTTPException) as error:
            raise fault_of_krx(_fault(error)) from None

    def _refusal(self, error: urllib.error.HTTPError, deadline: float) -> SourceError:
        status = f"status {error.code}"
        try:
            words = said(self._hidden(_body(error, deadline)))
        except (SourceError, OSError, http.client.HTTPException):
            words = ""
        return fault_of_krx(fault_of_status(error.code), f"{status}: {words}" if words else status)

    def _hidden(self, body: bytes) -> bytes:
        """The body without the key: whoever answers may have echoed it, and what is said of a fault quotes the body."""
        return body.replace(self._key().encode(), b"(key)") if len(self._key()) >= _KEY_LENGTH else body


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the key's header would be sent along."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """No other request: the redirect itself becomes the error."""


def fault_of_status(status: int) -> Fault:
    """What a status other than 200 means."""
    if status in {401, 403}:
        return "refused"
    if status == 429:
        return "limited"
    if 300 <= status < 400:
        return "unsafe"
    return "down" if status >= 500 else "other"


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _body(answer: Any, deadline: float) -> bytes:
    """The whole body, read as it comes: a socket's own time-out would start anew with each drop of it."""
    whole = answer.headers.get("Content-Length", "")
    expected = int(whole) if whole.isascii() and whole.isdigit() else None
    parts, size = [], 0
    while (expected is None or size < expected) and (part := answer.read1(2**16)):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline:
            raise fault_of_krx("slow")
        if size > _LARGEST:
            raise fault_of_krx("garbled", f"more than {_LARGEST} bytes")
    if expected is not None and size < expected:
        raise fault_of_krx("cut")
    return b"".join(parts)


def _fault(error: Exception) -> Fault:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLError):
        return "unsafe"
    if isinstance(reason, TimeoutError):
        return "slow"
    if isinstance(reason, http.client.IncompleteRead):
        return "cut"
    if isinstance(reason, http.client.HTTPException) and not isinstance(reason, OSError):
        return "garbled"
    return "unreachable"
