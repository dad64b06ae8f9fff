"""The trainer process: `python -m engine.training`, the only one that imports TensorFlow.

1. `__main__.py` reads jobs and says what becomes of them, a line of JSON each.
2. `start.py` draws the weights a bank starts from, `order.py` the windows of an epoch; both plain numpy.
3. `bank.py` trains the members epoch by epoch, `rest.py` says which of them are done, `member.py` is one on its way.
4. `graph.py` is what TensorFlow compiles for a member, made of `network.py` (the forward pass; `cell.py` where there is
   no fused kernel), `losses.py` (what is minimised) and `adam.py` (how the weights move).
5. `tune.py` trains under one setting after another, and `records.py` keeps what came of them.
"""
