"""Random numbers that belong to things, not to the order in which they are visited."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def uniform(keys: npt.NDArray[np.integer], seed: int) -> Floats:
    """Number in (0, 1) for every row of integers, by hashing seed and row with SplitMix64.

    (Steele, Lea and Flood, OOPSLA 2014.) Independent of the order and number of the rows, so the
    same on any number of ranks. keys: (n, columns).
    """
    with np.errstate(over="ignore"):
        z = _mixed(np.full(len(keys), seed, dtype=np.uint64))
        for column in keys.astype(np.int64).view(np.uint64).T:
            z = _mixed(z + column)
    return (np.asarray(z >> np.uint64(11), dtype=np.float64) + 0.5) / 2.0**53


def _mixed(z: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
