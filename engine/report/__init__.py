"""Answers of the engine as the command line gives them: JSON values that others read, and words for people."""

from engine.report.values import as_json, not_running
from engine.report.words import as_words

__all__ = ["as_json", "as_words", "not_running"]
