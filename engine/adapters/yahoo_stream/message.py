"""One message of Yahoo's stream: base64 of a protobuf, bare or within JSON."""

import base64
import json
from functools import cache
from typing import Any

from engine.core.quotes import Phase, Quote
from engine.format import plain

# 3 is trading outside the hours of pre and post market: it is counted with the session before it
_PHASES: dict[int, Phase] = {0: "pre", 1: "regular"}
# an instant above this is in milliseconds: as one in seconds it would lie in the year 5138
_MILLISECONDS = 1e11


def decode(frame: str | bytes) -> Quote | None:
    """The quote in a frame, bare base64 or within JSON; None for a message of another kind.

    Prices come in single precision: seven digits are kept. The close before is as given, else price less change. Raises
    ValueError for what cannot be read.
    """
    text = frame.decode("ascii", "replace") if isinstance(frame, bytes) else frame
    if text.lstrip().startswith("{"):
        message = json.loads(text)
        if message.get("type", "pricing") != "pricing":
            return None
        text = message.get("message")
    if not isinstance(text, str) or not text:
        raise ValueError("a message without prices")
    try:
        data = message_class()()
        data.ParseFromString(base64.b64decode(text, validate=True))
    except _decode_error() as error:
        raise ValueError(plain(str(error))) from None
    return _quote(data)


def _quote(data: Any) -> Quote:
    stamp, volume = int(data.time), int(data.day_volume)
    price, change = data.price, data.change
    before = data.previous_close or (price - change if change else 0.0)
    if not data.id:
        raise ValueError("a message without a symbol")
    return Quote(
        symbol=data.id,
        price=_digits(price),
        time=stamp / 1000 if stamp > _MILLISECONDS else float(stamp),
        phase=_PHASES.get(data.market_hours, "post"),
        previous_close=_price(before),
        volume=float(volume) if volume > 0 else None,
        currency=plain(data.currency),
        open=_price(data.open_price),
        high=_price(data.day_high),
        low=_price(data.day_low),
    )


def _price(value: float) -> float | None:
    """None where the field was left out."""
    return _digits(value) if value > 0 else None


def _digits(value: float) -> float:
    """The value with seven digits: what follows in single precision was never traded."""
    return float(f"{value:.7g}")


@cache
def message_class() -> Any:
    """The protobuf message of yfinance, from its file alone: the package takes most of a second more, with pandas.

    It takes some 60 ms the first time.
    """
    import importlib.util  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    package = importlib.util.find_spec("yfinance")
    folders = list(package.submodule_search_locations or ()) if package else []
    spec = importlib.util.spec_from_file_location("whipsaw_pricing", Path(folders[0]) / "pricing_pb2.py")
    assert spec is not None and spec.loader is not None  # noqa: S101 - a .py file always has a loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PricingData


@cache
def _decode_error() -> Any:
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # noqa: PLC0415

    return DecodeError
