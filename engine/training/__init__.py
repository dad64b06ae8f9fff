"""The trainer process: `python -m engine.training`, the only one that imports TensorFlow.

1. `__main__.py` reads jobs and says what becomes of them, a line of JSON each.
2. `start.py` draws the weights a bank starts from, `batches.py` the order of its rows; both plain numpy.
3. `bank.py` trains the members epoch by epoch, in groups, and `rest.py` says which of them are done; `graph.py` is what
   TensorFlow compiles for a group, made of `network.py` (the forward pass), `losses.py` (what is minimised) and
   `adam.py` (how the weights move).
4. `tune.py` trains under one setting after another, and `records.py` keeps what came of them.
"""
