"""Charts of a ticker as lines of spans: arithmetic on a `Chart` and a size; nothing here knows a widget.

bars.py is what can be drawn, look.py how a person wants to see it, columns.py which bar stands in which cell. dots.py
(lines), candles.py, ground.py (bands of forecasts), marks.py, panels.py and axes.py draw a part each; whole.py puts
them together for the Symbol screen, tui/plot.py for the small chart beside the list.
"""
