"""Inputs of the golden files: numbers from a formula, so that the files hold results alone. packages/eval/test/unit/golden-inputs.ts has the same."""

import numpy as np


def uniforms(seed, count):
    """A linear congruential generator of 32 bits: numbers in [0, 1), exact in double precision."""
    values = np.empty(count)
    state = seed
    for at in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values[at] = state / 2**32
    return values


def integers(seed, count, bound):
    return np.floor(uniforms(seed, count) * bound).astype(np.int64)


def features(seed, count, width, scale=1.0, shift=0.0):
    """count x width numbers, roughly normal: sums of four uniforms about their mean; later columns are smaller."""
    drawn = uniforms(seed, 4 * count * width).reshape(count, width, 4)
    rough = ((drawn[..., 0] + drawn[..., 1]) + (drawn[..., 2] + drawn[..., 3])) - 2
    return rough * (scale / (1 + np.arange(width))) + shift


def picture(seed, height, width, channels):
    """A pattern of ramps with noise, samples of 0 to 255."""
    noise = uniforms(seed, height * width * channels).reshape(height, width, channels)
    y, x, c = np.mgrid[:height, :width, :channels]
    return np.floor(((5 * x + 3 * y + 40 * c) % 200) + 56 * noise)


def altered(seed, original):
    """The picture with less contrast and other noise."""
    noise = uniforms(seed, original.size).reshape(original.shape)
    return np.floor(0.7 * original + 60 * noise)
