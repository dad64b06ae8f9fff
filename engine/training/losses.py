"""What a bank minimises, by the name of `Hyper.loss`; a new loss has its place here and in engine.core.fitting.LOSSES.

Each takes targets (..., out_y) and predictions (..., out) and gives one value a row (...). A loss over quantiles or
several heads reads its own layout of `out`.
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

Loss = Callable[[Any, Any], Any]


def squared(targets: Any, predictions: Any) -> Any:
    """Mean squared error over a row's outputs, as Keras's "mse"."""
    return tf.reduce_mean(tf.math.squared_difference(predictions, targets), axis=-1)


BY_NAME: dict[str, Loss] = {"mse": squared}
