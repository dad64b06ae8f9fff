"""The HTTP session that yfinance is given: every request passes here, is paced, and has its status judged at once."""

import json
from collections.abc import Callable
from threading import Lock
from typing import Any

from curl_cffi.requests import Response, Session

_DATA = ("/v8/finance/chart/", "/v1/finance/search")
_DOWN = "Will be right back"


class Answered(Exception):
    """Yahoo answered a request for data with an error: its status, and its own words if it gave some as JSON.

    yfinance would meet such an answer with a new cookie, a new crumb and a second try: up to 24 requests for a symbol
    that Yahoo does not know, 7 for one that came too early. Raised from within its session, the answer costs one.
    """

    def __init__(self, status: int, reason: str | None) -> None:
        super().__init__(f"status {status}: {reason or 'no reason given'}")
        self.status = status
        self.reason = reason


class PacedSession(Session[Response]):
    """A session that asks before each request whether it may, and waits no longer than `timeout` for an answer.

    Its user holds `turn`, and lets go of it here while data is waited for. Cookies and crumbs are fetched without
    letting go: yfinance holds a lock of its own meanwhile, and the two would wait for each other.
    """

    def __init__(self, before: Callable[[], None], timeout: float, turn: Lock) -> None:
        super().__init__(impersonate="chrome")
        self._before = before
        self._longest = timeout
        self._turn = turn

    def request(self, method: Any, url: str, *rest: Any, **options: Any) -> Response:
        """One HTTP request. Raises Answered where data was asked for and an error came, and curl_cffi's own errors."""
        given = options.get("timeout")
        options["timeout"] = min(given, self._longest) if isinstance(given, int | float) else self._longest
        if not any(path in url for path in _DATA):
            self._before()
            return super().request(method, url, *rest, **options)
        self._turn.release()
        try:
            self._before()
            response = super().request(method, url, *rest, **options)
        finally:
            self._turn.acquire()
        _judge(response)
        return response


def _judge(response: Response) -> None:
    status = response.status_code
    if status == 200 and _DOWN in response.text[:20_000]:
        raise Answered(503, _DOWN)
    # a refused crumb (401, 403) is for yfinance to renew
    if status in (400, 404, 422, 429) or status >= 500:
        raise Answered(status, _reason(response))


def _reason(response: Response) -> str | None:
    """What Yahoo said about it: the description in its JSON, None where the answer is no JSON of Yahoo's."""
    try:
        said: dict[str, Any] = json.loads(response.content)
        error = next(part["error"] for part in said.values() if isinstance(part, dict) and part.get("error"))
        return str(error["description"])
    except (ValueError, AttributeError, KeyError, TypeError, StopIteration):
        return None
