"""What a forecast is worth on rows its maker has not seen, beside forecasters that need no network.

folds.py cuts a calendar into blocks; series.py makes rows of histories; predictions.py holds what was said to them;
baselines.py, ridge.py and garch.py answer without a network; walk.py leads all of them through the folds; losses.py
prices an answer row by row; diebold_mariano.py says whether a difference is luck; metrics.py makes one row of figures,
summary.py all of them.
"""
