"""Whatever goes wrong with Yahoo as one of our own faults, in words; nothing of the library's text is shown."""

from engine.errors import EmptyHistory, EngineError, Fault, SourceError, UnknownSymbol
from engine.format import plain

_LATER = "What is stored stays; it is tried again later"
_NETWORK = "Check the network and the proxy; what is stored stays"
_WORDS: dict[Fault, tuple[str, str]] = {
    "limited": ("Yahoo takes no more requests for now (429)", "It is tried again later; fewer symbols help"),
    "down": ("Yahoo Finance is down", _LATER),
    "garbled": ("Yahoo's answer was not data", _LATER),
    "cut": ("Yahoo's answer was cut short", _LATER),
    "slow": ("Yahoo did not answer in time", _LATER),
    "unreachable": ("Yahoo cannot be reached", _NETWORK),
    "unsafe": ("no safe connection to Yahoo", "Check the machine's clock, its certificates and its proxy"),
    "refused": ("Yahoo refused the request", _LATER),
    "other": ("Yahoo's answer could not be read", _LATER),
}
# by the names of the exceptions, so that curl_cffi, requests and the standard library are told apart alike; the first
# class of an exception's own order of classes that stands here decides
_BY_NAME: dict[str, Fault] = {
    "YFRateLimitError": "limited",
    "YFDataException": "down",
    "IncompleteRead": "cut",
    "ChunkedEncodingError": "cut",
    "Timeout": "slow",
    "TimeoutError": "slow",
    "SSLError": "unsafe",
    "ConnectionError": "unreachable",
    "RequestException": "unreachable",
    # what pandas and yfinance say of an answer whose parts are missing, or of another kind than they were
    "ValueError": "garbled",
    "LookupError": "garbled",
    "TypeError": "garbled",
    "AttributeError": "garbled",
}


def fault_of(symbol: str, error: Exception) -> EngineError:
    """Any exception of yfinance, of what it uses, or of reading its answer: in our words, with its class of fault."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    status = getattr(error, "status", None) or getattr(getattr(error, "response", None), "status_code", None)
    reason = getattr(error, "reason", None) or getattr(error, "yahoo_reason", None)
    if kinds[0] == "YFTzMissingError":
        return unknown(symbol)
    if kinds[0] == "YFPricesMissingError":
        return _missing(symbol, plain(str(reason or "")).lower())
    if status and int(status) >= 400:
        return _status(symbol, int(status), plain(str(reason or "")).lower(), kinds)
    return source_error(symbol, next((_BY_NAME[kind] for kind in kinds if kind in _BY_NAME), "other"))


def unknown(symbol: str) -> UnknownSymbol:
    """Yahoo does not know the symbol."""
    return UnknownSymbol("Yahoo knows no such symbol", received=plain(symbol), do="Check how Yahoo writes it: BRK-B")


def source_error(symbol: str, fault: Fault, status: int | None = None) -> SourceError:
    """A fault in words."""
    what, do = _WORDS[fault]
    return SourceError(f"{what} (status {status})" if status else what, received=plain(symbol), do=do, fault=fault)


def _status(symbol: str, status: int, said: str, kinds: list[str]) -> EngineError:
    """By the status of an HTTP answer."""
    if status == 429:
        return source_error(symbol, "limited")
    if status >= 500:
        return source_error(symbol, "down", status)
    if status == 404 and (said or "HTTPError" in kinds):
        return unknown(symbol) if not said else _missing(symbol, said)
    if said:
        return _missing(symbol, said)
    # an error page of something between us and Yahoo says nothing about the symbol
    return source_error(symbol, "refused" if status in (401, 403) else "garbled", status)


def _missing(symbol: str, said: str) -> EngineError:
    """Why there are no prices, by what Yahoo itself said about it."""
    if "no data found" in said or "not found" in said:
        return unknown(symbol)
    if not said or "doesn't exist" in said:
        return EmptyHistory(f"Yahoo has no bars of {plain(symbol)} for these dates")
    if "too many requests" in said:
        return source_error(symbol, "limited")
    fault: Fault = "refused" if "crumb" in said or "unauthorized" in said or "forbidden" in said else "down"
    what = "Yahoo refused the request" if fault == "refused" else "Yahoo answered with an error"
    return SourceError(what, received=f"{plain(symbol)}: {said[:80]}", do=_LATER, fault=fault)
