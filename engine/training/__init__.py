"""The trainer process: `python -m engine.training`, the only one that imports TensorFlow.

1. `__main__.py` reads jobs and says what happens to them, a line of JSON each.
2. `start.py` draws the weights a bank starts from, `batches.py` the order of its rows; both plain numpy.
3. `bank.py` trains all members in one graph; `network.py` is that graph, `losses.py` what it minimises.
"""
