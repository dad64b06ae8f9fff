"""The weights a bank starts from, as Keras draws them for an LSTM and a dense layer."""

import numpy as np

from engine.core.fitting import FitJob
from engine.core.lstm import Float32Array, Layer, Weights


def initial_weights(job: FitJob) -> Weights:
    """The job's own start, or fresh weights for each member from the job's seed and the member's alone."""
    if job.start is not None:
        return job.start
    fresh = [_member(job, int(seed)) for seed in job.seeds]
    depth = range(len(job.hyper.units))
    layers = tuple(
        Layer(
            np.stack([one.layers[number].kernel[0] for one in fresh]),
            np.stack([one.layers[number].recurrent[0] for one in fresh]),
            np.stack([one.layers[number].bias[0] for one in fresh]),
        )
        for number in depth
    )
    return Weights(
        layers,
        np.concatenate([one.head_kernel for one in fresh]),
        np.concatenate([one.head_bias for one in fresh]),
        job.hyper.activation,
    )


def _member(job: FitJob, seed: int) -> Weights:
    """A bank of one: glorot uniform kernels, an orthogonal recurrent kernel, zero biases but 1 at the forget gate.

    With a prior the head is that, and its kernel zero.
    """
    draw = np.random.default_rng([job.hyper.seed, seed])
    inputs, layers = job.x.shape[2], []
    for units in job.hyper.units:
        bias = np.zeros((1, 4 * units), np.float32)
        bias[:, units : 2 * units] = 1.0
        layers.append(Layer(glorot_uniform(draw, inputs, 4 * units)[None], orthogonal(draw, units)[None], bias))
        inputs = units
    outputs = job.outputs
    if job.prior is not None:
        return Weights(tuple(layers), np.zeros((1, inputs, outputs), np.float32), job.prior[None].astype(np.float32))
    return Weights(tuple(layers), glorot_uniform(draw, inputs, outputs)[None], np.zeros((1, outputs), np.float32))


def glorot_uniform(draw: np.random.Generator, inputs: int, outputs: int) -> Float32Array:
    """(inputs, outputs) uniform within sqrt(6 / (inputs + outputs)) of 0 (Glorot & Bengio 2010, equation 16)."""
    limit = np.sqrt(6.0 / (inputs + outputs))
    return draw.uniform(-limit, limit, (inputs, outputs)).astype(np.float32)


def orthogonal(draw: np.random.Generator, units: int) -> Float32Array:
    """(units, 4 * units) with orthonormal rows, any as likely as another (Saxe et al. 2014; signs: Mezzadri 2007)."""
    q, r = np.linalg.qr(draw.normal(size=(4 * units, units)))
    return (q * np.sign(np.diag(r))).T.astype(np.float32)
