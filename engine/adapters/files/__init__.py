"""Prices from files: which file (source), its rows (csv_table, parquet_table, table), its actions (adjusted)."""

from engine.adapters.files.source import FileSource

__all__ = ["FileSource"]
