"""Yahoo's stream of live quotes."""

from engine.adapters.yahoo_stream.stream import URL, YahooStream

__all__ = ["URL", "YahooStream"]
