"""What a bank minimises, by the name of `Hyper.loss`; a new loss has its place here and in engine.core.fitting.LOSSES.

Each takes targets (..., out_y) and predictions (..., out) and gives one value a row (...).
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from engine.core.forecast import TAUS

Loss = Callable[[Any, Any], Any]


def squared(targets: Any, predictions: Any) -> Any:
    """Mean squared error over a row's outputs, as Keras's "mse"."""
    return tf.reduce_mean(tf.math.squared_difference(predictions, targets), axis=-1)


MEAN_WEIGHT = 0.1
"""The part of the mean's squared error beside the pinball losses: enough to learn it, too little to steer the rest."""


def quantiles(targets: Any, predictions: Any) -> Any:
    """Pinball loss of the quantiles of all horizons, and a little squared error of the mean for the first.

    Targets (..., H), predictions (..., heads(H)) as engine.core.forecast.split_heads reads them.
    """
    asked = tf.reshape(predictions[..., :-1], tf.concat([tf.shape(targets), [len(TAUS)]], axis=0))
    return _pinball(targets, asked, predictions[..., -1])


def scales(targets: Any, predictions: Any) -> Any:
    """The same of given quantiles, each horizon's as many times as large as the network says.

    Targets (..., 6 H): H values, then the five quantiles of each; predictions (..., H + 1): the logarithms of the
    factors, and the mean. One number a horizon is learnt from few rows where five are not.
    """
    horizons = targets.shape[-1] // (1 + len(TAUS))
    given = tf.reshape(targets[..., horizons:], tf.concat([tf.shape(targets)[:-1], [horizons, len(TAUS)]], axis=0))
    asked = given * tf.exp(predictions[..., :-1])[..., None]
    return _pinball(targets[..., :horizons], asked, predictions[..., -1])


def _pinball(targets: Any, asked: Any, mean: Any) -> Any:
    """(...) of quantiles (..., H, 5), averaged over the horizons whose target is known, and the mean's error.

    The pinball loss at tau is max(tau * e, (tau - 1) * e) with e = y - q (Koenker & Bassett, Econometrica 46, 1978).
    """
    known = tf.math.is_finite(targets)
    filled = tf.where(known, targets, 0.0)
    share = tf.cast(known, targets.dtype) / tf.maximum(
        tf.reduce_sum(tf.cast(known, targets.dtype), axis=-1, keepdims=True), 1.0
    )
    taus = tf.constant(TAUS, targets.dtype)
    errors = filled[..., None] - asked
    pinball = tf.reduce_mean(tf.maximum(taus * errors, (taus - 1.0) * errors), axis=-1)
    first = tf.where(known[..., 0], tf.math.squared_difference(mean, filled[..., 0]), 0.0)
    return tf.reduce_sum(pinball * share, axis=-1) + MEAN_WEIGHT * first


BY_NAME: dict[str, Loss] = {"mse": squared, "quantiles": quantiles, "scales": scales}
