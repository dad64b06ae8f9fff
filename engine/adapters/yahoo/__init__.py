"""Prices from Yahoo Finance, through yfinance: daily history, bars within the day, quotes, search."""

from engine.adapters.yahoo.source import YahooSource

__all__ = ["YahooSource"]
