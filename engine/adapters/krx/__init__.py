"""Daily bars of Korean shares from the exchange itself: the KRX OPEN API, one request a day and market."""

from engine.adapters.krx.key import krx_key
from engine.adapters.krx.source import KrxSource

__all__ = ["KrxSource", "krx_key"]
