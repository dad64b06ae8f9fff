"""Yahoo's stream of live quotes."""

from engine.adapters.yahoo_stream.stream import YahooStream

__all__ = ["YahooStream"]
