"""Runs of letters that texts have in common: by them copies, and names of events, are seen.

A run is known by a number of 64 bits. All runs of an archive would fill gigabytes, so they are gone through in parts, by their lowest bits;
what is found in one part has nothing to do with what is in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER = 0x100000001B3  # the prime of the FNV hash: any large odd number would serve

_LETTERS_A_PART = 1 << 24
"""Letters of which the runs are sorted at once, about 40 bytes each."""

_LETTERS_AT_ONCE = 1 << 20
"""Letters that are made into numbers at once."""

_PAIRS_AT_ONCE = 1 << 22

Numbers = NDArray[np.uint64]
Places = NDArray[np.int32]


def shared_runs(texts: Sequence[str], length: int, fewest: int, most: int) -> Iterator[Places]:
    """Yield which texts have a run of letters in common, for each run that stands in at least and at most so many of them.

    Parameters
    ----------
    texts
        As written.
    length
        Letters in a row.
    fewest, most
        Texts that have the run.

    Yields
    ------
    NDArray
        Indexes of texts, shape (runs, texts that have each), sorted in each row.
    """
    for owners, bounds in _parts(texts, length):
        yield from _by_size(owners, bounds, fewest, most)


def contained(texts: Sequence[str], length: int, most: int, share: float) -> list[tuple[int, int]]:
    """Return the pairs of texts of which one has that share of its runs of letters in common with the other, in order.

    Parameters
    ----------
    texts
        As written.
    length
        Letters in a row.
    most
        Texts that may have a run for it to count: more have a set phrase in common.
    share
        Of the distinct runs of the one that has fewer.
    """
    count = len(texts)
    own, common = np.zeros((2, count), dtype=np.int64)
    found: list[Places] = []
    for owners, bounds in _parts(texts, length):
        own += np.bincount(owners, minlength=count)
        for some in _by_size(owners, bounds, 2, most):
            common += np.bincount(some.ravel(), minlength=count)
            found.append(some)
    # one of the two has that share of its runs in common with any others: of most texts this is not so
    likely = (common > 0) & (common >= share * own)
    keys, counts = np.zeros((2, 0), dtype=np.int64)
    for pairs in _pairs(found, likely):
        keys, places = np.unique(np.concatenate([keys, pairs]), return_inverse=True)
        counts = np.bincount(places, np.concatenate([counts, np.ones(len(pairs), dtype=np.int64)])).astype(np.int64)
    one, other = np.divmod(keys, max(1, count))
    alike = counts >= share * np.minimum(own[one], own[other])
    return list(zip(one[alike].tolist(), other[alike].tolist(), strict=True))


def _pairs(found: Sequence[Places], likely: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs of texts that share a run, one of them at least a likely one, as one number each, once for each run."""
    count = len(likely)
    for shared in found:
        some = shared[likely[shared].any(axis=1)].astype(np.int64)
        size = some.shape[1]
        step = max(1, 2 * _PAIRS_AT_ONCE // (size * (size - 1)))
        for start in range(0, len(some), step):
            few = some[start : start + step]
            yield np.concatenate([few[:, one] * count + few[:, other] for one, other in combinations(range(size), 2)])


def _by_size(owners: Places, bounds: NDArray[np.int64], fewest: int, most: int) -> Iterator[Places]:
    sizes = np.diff(bounds)
    for size in range(fewest, most + 1):
        starts = bounds[:-1][sizes == size]
        if len(starts):
            yield owners[starts[:, None] + np.arange(size)]


def _parts(texts: Sequence[str], length: int) -> Iterator[tuple[Places, NDArray[np.int64]]]:
    """Yield, part by part, the texts that have each distinct run, and where those of each run begin (and the last ones end)."""
    letters = sum(map(len, texts))
    parts = 1 << max(0, (letters - 1) // _LETTERS_A_PART).bit_length()
    for part in range(parts):
        runs, owners = _runs_of_part(texts, length, part, parts)
        order = np.argsort(runs, kind="stable")  # of one run, its texts stay in order
        runs, owners = runs[order], owners[order]
        del order
        new = np.ones(len(runs) + 1, dtype=bool)
        np.not_equal(runs[1:], runs[:-1], out=new[1:-1])
        del runs
        once = new[:-1].copy()
        once[1:] |= owners[1:] != owners[:-1]
        bounds = np.flatnonzero(np.append(new[:-1][once], True))
        yield owners[once], bounds


def _runs_of_part(texts: Sequence[str], length: int, part: int, parts: int) -> tuple[Numbers, Places]:
    """Return the runs of one part, and the text of each."""
    all_runs, all_owners = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int32)]
    for first, some in _batches(texts):
        runs, whole = _numbers("\n".join(some), length)
        if parts > 1:
            whole &= (runs & np.uint64(parts - 1)) == part
        places = np.flatnonzero(whole)
        ends = np.cumsum([len(text) + 1 for text in some])
        all_runs.append(runs[places])
        all_owners.append((first + np.searchsorted(ends, places, side="right")).astype(np.int32))
    return np.concatenate(all_runs), np.concatenate(all_owners)


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield some texts at a time, with the place of the first."""
    first, held, letters = 0, [], 0
    for place, text in enumerate(texts):
        held.append(text)
        letters += len(text)
        if letters >= _LETTERS_AT_ONCE:
            yield first, held
            first, held, letters = place + 1, [], 0
    if held:
        yield first, held


def _numbers(text: str, length: int) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the number of each run of so many characters, a polynomial of their code points modulo 2**64, and whether all are letters.

    Runs of a length are made of those of its powers of two, each of two of half its length.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    letters = ((codes >= ord("ก")) & (codes <= ord("๎"))) | ((codes | 32) - ord("a") < 26)
    if len(codes) < length:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=bool)
    power = codes.astype(np.uint64)  # of runs of ``size`` characters
    size, done = 1, 0
    runs, whole, inside = power, letters, letters
    while True:
        if length & size:
            if done:
                ends = len(codes) - done - size + 1
                runs = power[:ends] * _power(done) + runs[size : size + ends]
                whole = inside[:ends] & whole[size : size + ends]
            else:
                runs, whole = power, inside
            done += size
        if done == length:
            return runs, whole.copy()
        power = power[: len(power) - size] * _power(size) + power[size:]
        inside = inside[: len(inside) - size] & inside[size:]
        size *= 2


def _power(times: int) -> np.uint64:
    return np.uint64(pow(_MULTIPLIER, times, 1 << 64))
