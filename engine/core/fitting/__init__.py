"""A training job and its result, as values: the same for every preset, on this machine or another.

Members learn from series of rows, not from copies of windows: a window is the `Hyper.window` rows up to one that is
named. Where all members learn from the same rows (an ensemble), these stand there once. Series of different lengths
stand in one array, zero-padded to the longest, and so do the lists of rows; `rows_train` and `rows_val` say how many of
those are real. What stands in the padding is never looked at.

`hyper.py` holds the settings, `job.py` the rows, `result.py` what comes of it.
"""

from engine.core.fitting.hyper import LOSSES, Hyper
from engine.core.fitting.job import FitJob, IntArray, stacked
from engine.core.fitting.result import Epoch, Fitted

__all__ = ["LOSSES", "Epoch", "FitJob", "Fitted", "Hyper", "IntArray", "stacked"]
