"""Prices from files and to files.

Which file (source), its rows (csv_table, large_csv, parquet_table, table), its actions (adjusted), a history of all
that (reading), and the way back (writing).
"""

from engine.adapters.files.source import FileSource
from engine.adapters.files.writing import HistoryFiles

__all__ = ["FileSource", "HistoryFiles"]
