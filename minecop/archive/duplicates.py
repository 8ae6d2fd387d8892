"""Which posts are the same text, word for word or nearly: edited re-posts, mirrors, the same text under another greeting.

Three steps, so that the first can run in worker processes and no step holds all texts: a fingerprint of each text (MinHash), pairs whose
fingerprints meet (banding), and each pair compared letter by letter. Only the last one decides.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Fingerprint = bytes
"""What is kept of a text: 264 bytes, the same on every machine and under every version of Python."""

Signatures = NDArray[np.uint16]
"""One fingerprint a row."""

SHORTEST = 100
"""Letters below which equal texts may be chance ("ขอบคุณครับ") and no text has a fingerprint."""

ALIKE = 0.96
"""From which likeness two texts are the same one.

Chosen for precision on 27,159 news texts of the Thai government, taken as by nobody named, where hundreds of reports fill in one form:
of the 875 pairs found, some .98 are the same text (190 were read). A lower bar brings in as many reports of one form as edited texts.
"""

ALIKE_IN_FORM = 0.99
"""The same for texts that have others nearly like them: reports that fill in one form come in families, re-posts hardly ever do."""

_OF_ONE_FORM = 0.80
"""From which likeness, up to ``ALIKE``, texts are nearly like one another."""

_MOST_CHARACTERS = 500_000  # a book; no more of a text is compared
_RUN = 8  # letters: two words; unrelated posts share hardly a run in a hundred, and one wrong letter spoils only eight runs
_HASHES = 128  # the estimate that they give of the share of runs in common is right within .09, 19 times of 20
_ROWS = 4
_BANDS = _HASHES // _ROWS  # of four hashes each: half of the runs in common are found 7 times of 8, .7 always
_OPENING = 100  # letters that a cut copy has in common with the whole text, all of them
_WORDS = _BANDS + 1  # of eight bytes each: the bands, then the opening
_LEAST_AGREEMENT = 0.35  # of hashes: texts that are alike share half of their runs at least
_FULLEST = 16  # posts in a bucket that are all paired with one another; a fuller one is split
_TEXTS_HELD = 8
_MOST_COMPARED = 8  # texts that one post is compared with: those whose fingerprints agree best

_GREETING_LETTERS, _GREETING_SHARE = 100, 0.3  # at either end
_ADDED, _OTHER_FACTS = 0.1, 0.15  # see Likeness
_CONTAINED = 0.97  # of a cut copy's letters stand in the whole text: "[...]" does not
_DAY = 86_400.0  # seconds

_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_FOLD = np.uint32(0x9E3779B1)
_CHUNK = 1024

_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32|([\u0e48-\u0e4b])\u0e4d\u0e32")
_PLAIN = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", ",")
_GREETING = re.compile(  # in letters without spaces between
    "สวัสดี|หวัดดี|อรุณสวัสดิ์|ราตรีสวัสดิ์|กราบเรียน|เรียน(?:ท่าน|คุณ|อาจารย์|เพื่อน|พี่)|กัลยาณมิตร|ขอบคุณ|ขอบพระคุณ|ขอบใจ|ด้วยความ(?!ร่วมมือ)|ด้วยรัก"
    "|พบกันใหม่|เจอกัน|โอกาสหน้า|คราวหน้า|โชคดี|ลง(?:ไว้|ซ้ำ|ใหม่|อีกครั้ง)|เล่าใหม่|ย้ายมาจาก|บล็อกเก่า|เขียนไว้เมื่อ|hello|dear|thank|regards"
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FIGURE = re.compile("[0-9๐-๙]+(?:[.,][0-9๐-๙]+)*")
_MONTHS = (
    *(("มกรา", "ม.ค."), ("กุมภา", "ก.พ."), ("มีนา", "มี.ค."), ("เมษา", "เม.ย."), ("พฤษภา", "พ.ค."), ("มิถุนา", "มิ.ย.")),
    *(("กรกฎา", "ก.ค."), ("สิงหา", "ส.ค."), ("กันยา", "ก.ย."), ("ตุลา", "ต.ค."), ("พฤศจิกา", "พ.ย."), ("ธันวา", "ธ.ค.")),
)

# What is no letter or digit, by code point. Ranges and not Unicode's categories, which change with Python's version.
_NO_LETTERS = (
    *((0, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0xA9), (0xAB, 0xB4), (0xB6, 0xB9), (0xBB, 0xBF), (0xD7, 0xD7)),
    *((0xF7, 0xF7), (0x034F, 0x034F), (0x061C, 0x061C), (0x0E3F, 0x0E3F), (0x0E4F, 0x0E4F), (0x0E5A, 0x0E5B)),
    *((0x115F, 0x1160), (0x17B4, 0x17B5), (0x1680, 0x1680), (0x180B, 0x180F), (0x2000, 0x206F), (0x20A0, 0x2BFF)),
    *((0x2E00, 0x2E7F), (0x3000, 0x3004), (0x3008, 0x3020), (0x3030, 0x3030), (0x3164, 0x3164), (0xD800, 0xF8FF)),
    *((0xFE00, 0xFE1F), (0xFE30, 0xFE6F), (0xFEFF, 0xFF0F), (0xFF1A, 0xFF20), (0xFF3B, 0xFF40), (0xFF5B, 0xFF65)),
    *((0xFFA0, 0xFFA0), (0xFFE0, 0xFFFF), (0x1F000, 0x1FAFF), (0xE0000, 0x10FFFF)),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that may be a copy or have copies.

    Attributes
    ----------
    index
        By which its text is loaded, and under which it is named in the result.
    signature
        Fingerprint of its text.
    author_id, published
        ``None`` where unknown.
    """

    index: int
    signature: Fingerprint
    author_id: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two texts compare.

    Attributes
    ----------
    replaced
        Share of the shorter text's letters that the other one lacks, where it has others instead. Greeting and farewell are left out.
    added
        Share of letters that only one of them has, in the text where it is larger.
    other_facts
        Share of numbers and names of months that differ: one form filled in twice is two reports.
    shared_start
        Whether both begin with the same hundred letters.
    lengths
        How many letters each has.
    """

    replaced: float
    added: float
    other_facts: float
    shared_start: bool
    lengths: tuple[int, int]

    @property
    def value(self) -> float:
        """From 0 to 1. What was replaced counts in full, a number that differs less, what was only added least."""
        return max(0.0, 1.0 - self.replaced - _ADDED * self.added - _OTHER_FACTS * self.other_facts)

    @property
    def contained(self) -> bool:
        """Whether one holds all that the other does, and maybe more."""
        return self.replaced + _OTHER_FACTS * self.other_facts <= 1 - _CONTAINED

    @property
    def cut(self) -> bool:
        """Whether the shorter one is the beginning of the longer, as feeds and lists of results have it."""
        return self.contained and self.shared_start


class _Text:
    """A text's letters, the runs in them, and its numbers: each made when asked for, as most copies have equal letters and need no more."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.letters = _squeezed(text)

    @cached_property
    def runs(self) -> NDArray[np.uint64]:
        return _runs(self.letters)

    @cached_property
    def sorted_runs(self) -> NDArray[np.uint64]:
        return np.sort(self.runs)

    @cached_property
    def facts(self) -> Counter[str]:
        return _facts(self._text)


def fingerprint(text: str) -> Fingerprint | None:
    """Return what is kept of a text for finding its copies; ``None`` for fewer than ``SHORTEST`` letters.

    MinHash (Broder 1997) over runs of eight letters, 16 bits a hash; then a hash of the first hundred letters.
    """
    letters = _squeezed(text)
    if len(letters) < SHORTEST:
        return None
    found = (_runs(letters) >> np.uint64(32)).astype(np.uint32)
    factors, terms = _hash_functions()
    least = np.full((_HASHES, 1), 0xFFFFFFFF, dtype=np.uint32)
    for start in range(0, len(found), _CHUNK):
        hashed = factors * found[start : start + _CHUNK]
        hashed += terms
        np.minimum(least, hashed.min(axis=1, keepdims=True), out=least)
    hashes = ((least.ravel() * _FOLD) >> np.uint32(16)).astype("<u2")
    return hashes.tobytes() + _hash_of(letters[:_OPENING]).to_bytes(8, "little")


def alike(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1; from ``ALIKE`` on they are the same text."""
    return compare(one, other).value


def compare(one: str, other: str) -> Likeness:
    """Compare two texts letter by letter."""
    return _compared(_Text(one), _Text(other))


def _squeezed(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text's letters and digits: one spelling, small letters, Arabic digits, nothing between."""
    text = unicodedata.normalize("NFC", text[:_MOST_CHARACTERS]).casefold().replace("เเ", "แ")
    if "\u0e4d" in text:
        text = _SARA_AM.sub("\\1\\2\u0e33", text)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes = _letter_table()[codes]
    found: NDArray[np.uint32] = codes[codes > 0]
    return found


@cache
def _letter_table() -> NDArray[np.uint32]:
    table = np.arange(0x110000, dtype=np.uint32)
    for first, last in _NO_LETTERS:
        table[first : last + 1] = 0
    table[ord("๐") : ord("๙") + 1] = np.arange(ord("0"), ord("9") + 1)
    return table


@cache
def _hash_functions() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return factor and term of each hash function, from SplitMix64 counted up from 1: no library's generator, which may change."""
    numbers = []
    for step in range(1, 2 * _HASHES + 1):
        number = step * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        number = (number ^ number >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        numbers.append((number ^ number >> 31) >> 32)
    pairs = np.array(numbers, dtype=np.uint32).reshape(2, _HASHES, 1)
    return pairs[0] | np.uint32(1), pairs[1]


def _runs(letters: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return a number for each run of letters: a polynomial of its code points, modulo 2**64, stirred."""
    codes = letters.astype(np.uint64)
    runs = np.zeros(max(0, len(codes) - _RUN + 1), dtype=np.uint64)
    for place in range(_RUN):
        runs *= _PRIME
        runs += codes[place : place + len(runs)]
    runs ^= runs >> np.uint64(33)
    runs *= _MIX
    runs ^= runs >> np.uint64(33)
    return runs


def _hash_of(letters: NDArray[np.uint32]) -> int:
    number = 0xCBF29CE484222325
    for letter in letters.tolist():
        number = (number ^ letter) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return number


def _facts(text: str) -> Counter[str]:
    """Return a text's numbers, without leading zeros and marks of thousands, and its months."""
    text = _UNSEEN.sub("", text[:_MOST_CHARACTERS])
    facts = Counter(figure.translate(_PLAIN).lstrip("0") for figure in _FIGURE.findall(text))
    for name, short in _MONTHS:
        facts[name] = text.count(name) + text.count(short)
    return facts


def _compared(one: _Text, other: _Text) -> Likeness:
    lengths = len(one.letters), len(other.letters)
    if np.array_equal(one.letters, other.letters):
        return Likeness(0.0, 0.0, 0.0, shared_start=True, lengths=lengths)
    short, long = sorted((one, other), key=lambda text: len(text.letters))
    if not len(short.runs):
        return Likeness(1.0, 0.0, 0.0, shared_start=False, lengths=lengths)
    covers = [_covered(text, with_) for text, with_ in ((short, long), (long, short))]
    left_out = [_greeting_and_farewell(text, cover) for text, cover in zip((short, long), covers, strict=True)]
    unlike = [int((~cover).sum()) for cover in covers]
    inside = [count - out for count, out in zip(unlike, left_out, strict=True)]
    facts = min(short.facts.total(), long.facts.total())
    common = (short.facts & long.facts).total()
    start = min(len(short.letters), _OPENING)
    return Likeness(
        replaced=min(inside) / len(short.letters),
        added=max(count / len(cover) for count, cover in zip(unlike, covers, strict=True)),
        other_facts=(facts - common) / (facts + 2),
        shared_start=bool((short.letters[:start] == long.letters[:start]).all()),
        lengths=lengths,
    )


def _covered(text: _Text, other: _Text) -> NDArray[np.bool_]:
    """Tell of each letter of a text whether it stands in a run that the other one has too."""
    places = np.searchsorted(other.sorted_runs, text.runs)
    starts = np.flatnonzero(other.sorted_runs[np.minimum(places, len(other.sorted_runs) - 1)] == text.runs)
    steps = np.zeros(len(text.letters) + 1, dtype=np.int32)
    steps[starts] += 1
    steps[starts + _RUN] -= 1
    covered: NDArray[np.bool_] = np.cumsum(steps[:-1]) > 0
    return covered


def _greeting_and_farewell(text: _Text, cover: NDArray[np.bool_]) -> int:
    """Return how many letters are not covered before the first long stretch that is, and after the last, where these are greetings."""
    bounds = np.flatnonzero(np.diff(np.concatenate([[False], cover, [False]]).astype(np.int8)))
    long = np.flatnonzero(bounds[1::2] - bounds[::2] >= 4 * _RUN)
    if not len(long):
        return 0
    most = min(_GREETING_LETTERS, _GREETING_SHARE * len(cover))
    letters = 0
    for end in (slice(0, int(bounds[::2][long[0]])), slice(int(bounds[1::2][long[-1]]), len(cover))):
        words = text.letters[end]
        if len(words) <= most and _GREETING.search(words.astype("<u4").tobytes().decode("utf-32-le", "replace")):
            letters += int((~cover[end]).sum())
    return letters


def candidate_pairs(signatures: Signatures, owners: NDArray[np.int32] | None = None) -> Iterator[tuple[int, int]]:
    """Yield each pair of rows that may be of one text, the smaller index first, each once.

    Rows that have a band or the opening in common meet in a bucket. A bucket with more than sixteen (a form; a hostile archive) is split by
    owner and then by one band after the other until it has fewer; rows that are the same in everything are each paired with the first.
    So there are at most eight pairs a row and band, however many rows there are.

    Parameters
    ----------
    signatures
        One fingerprint a row.
    owners
        A number for each row's author, -1 where unknown. Rows of two known authors are not paired.
    """
    if not len(signatures):
        return
    words = np.ascontiguousarray(signatures).view("<u8")
    seen = np.empty(0, dtype=np.uint64)
    for band in range(_WORDS):
        parts = [
            _worth_comparing(signatures, one, other, owners, opening=band == _BANDS)
            for one, other in _bucket_pairs(words, band, owners)
        ]
        found = np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.uint64)
        found = np.setdiff1d(found, seen, assume_unique=True)
        seen = np.union1d(seen, found)
        for pair in found.tolist():
            yield pair >> 32, pair & 0xFFFFFFFF


def _worth_comparing(
    signatures: Signatures,
    one: NDArray[np.intp],
    other: NDArray[np.intp],
    owners: NDArray[np.int32] | None,
    *,
    opening: bool,
) -> NDArray[np.uint64]:
    """Return the pairs that may be of one author and, but for a shared opening, agree in enough hashes; each as one number."""
    if owners is not None:
        kept = (owners[one] == owners[other]) | (owners[one] < 0) | (owners[other] < 0)
        one, other = one[kept], other[kept]
    if not opening:
        kept = np.concatenate(
            [_agreement(signatures, one[n : n + 65_536], other[n : n + 65_536]) for n in range(0, len(one), 65_536)]
            or [np.empty(0)]
        )
        one, other = one[kept >= _LEAST_AGREEMENT], other[kept >= _LEAST_AGREEMENT]
    return np.minimum(one, other).astype(np.uint64) << np.uint64(32) | np.maximum(one, other).astype(np.uint64)


def _agreement(signatures: Signatures, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.float64]:
    same: NDArray[np.float64] = (signatures[one, :_HASHES] == signatures[other, :_HASHES]).mean(axis=1)
    return same


def _bucket_pairs(
    words: NDArray[np.uint64], band: int, owners: NDArray[np.int32] | None
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the rows that share a bucket of one band, as two arrays of the same length."""
    rows, buckets = _in_buckets(np.arange(len(words)), np.zeros(len(words), dtype=np.intp), words[:, band])
    keys: list[NDArray[np.generic]] = [] if owners is None else [owners]
    keys += [words[:, (band + step) % _WORDS] for step in range(1, _WORDS)]
    for key in keys:
        full = np.bincount(buckets)[buckets] > _FULLEST
        yield from _all_pairs(rows[~full], buckets[~full])
        rows, buckets = _in_buckets(rows[full], buckets[full], key[rows[full]])
        if not len(rows):
            return
    full = np.bincount(buckets)[buckets] > _FULLEST
    yield from _all_pairs(rows[~full], buckets[~full])
    rows, buckets = rows[full], buckets[full]
    firsts = np.flatnonzero(np.diff(buckets, prepend=-1))
    yield np.repeat(rows[firsts], np.diff(firsts, append=len(rows))), rows


def _in_buckets(
    rows: NDArray[np.intp], buckets: NDArray[np.intp], keys: NDArray[np.generic]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Split buckets by a key: return the rows that still share one, bucket by bucket, and the new number of each one's bucket."""
    order = np.lexsort((rows, keys, buckets))
    rows, buckets, keys = rows[order], buckets[order], keys[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (buckets[1:] != buckets[:-1]) | (keys[1:] != keys[:-1])
    numbers = np.cumsum(new) - 1
    shared = np.bincount(numbers, minlength=1)[numbers] > 1
    return rows[shared], numbers[shared]


def _all_pairs(
    rows: NDArray[np.intp], buckets: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    for step in range(1, min(_FULLEST, len(rows))):
        same = buckets[step:] == buckets[:-step]
        if not same.any():
            return
        yield rows[:-step][same], rows[step:][same]


def group_copies(posts: Iterable[Candidate], load: Callable[[int], str], folder: Path | None = None) -> dict[int, int]:
    """Return, for each post that is a copy, the post that it is a copy of, both by their ``index``.

    The original is the earliest dated, undated ones after dated ones, ties by order; of a text and its beginning alone (a feed's summary
    of the same day), the whole text. Every copy is alike to its original itself, not only to another copy, and is by the same author, or
    one of the two authors is unknown.

    Parameters
    ----------
    posts
        In any order. They are gone through once; of each, some twenty bytes stay in memory, and its fingerprint in a file.
    load
        Returns the text of a post by its ``index``. It is called for posts that may be copies only.
    folder
        Where the file of fingerprints is, as long as this takes; ``None`` for the system's.
    """
    indexes, owners, dates = array("q"), array("i"), array("d")
    numbers: dict[str, int] = {}
    with tempfile.TemporaryFile(dir=folder) as file:
        for post in posts:
            file.write(post.signature)
            indexes.append(post.index)
            owners.append(-1 if post.author_id is None else numbers.setdefault(post.author_id, len(numbers)))
            dates.append(post.published.timestamp() if post.published else np.inf)
        if not indexes:
            return {}
        file.flush()
        signatures = np.memmap(file, "<u2", "r", shape=(len(indexes), 4 * _WORDS))
        pairs = _Pairs(signatures, np.array(dates), np.array(owners), lambda row: load(indexes[row]))
        pairs.compare_all(candidate_pairs(signatures, pairs.owners))
        copies = _nearly_equal(pairs)
        copies |= _beginnings(pairs, copies)
        del pairs, signatures  # the file cannot be removed while it is mapped, on some systems
    return {indexes[row]: indexes[copies[row]] for row in sorted(copies)}


class _Pairs:
    """Pairs of rows that were compared, the one that may be the original first: the earlier one; who has no date stands behind."""

    def __init__(
        self,
        signatures: Signatures,
        dates: NDArray[np.float64],
        owners: NDArray[np.int32],
        load: Callable[[int], str],
    ) -> None:
        self.signatures = signatures
        self.dates = dates
        self.owners = owners
        self.likeness: dict[tuple[int, int], Likeness] = {}
        self.earlier: dict[int, list[int]] = {}  # by row, in the order of dates
        self._ranks = np.empty(len(dates), dtype=np.intp)
        self._ranks[np.argsort(dates, kind="stable")] = np.arange(len(dates))
        self._text = lru_cache(_TEXTS_HELD)(lambda row: _Text(load(row)))

    def compare_all(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Compare each later post of the pairs with those earlier ones that agree best with it."""
        partners: dict[int, list[int]] = defaultdict(list)
        for one, other in pairs:
            first, later = (one, other) if self._ranks[one] < self._ranks[other] else (other, one)
            partners[later].append(first)
        for later in sorted(partners, key=self._ranks.__getitem__):
            firsts = np.array(partners[later])
            agreement = _agreement(self.signatures, firsts, np.full(len(firsts), later))
            best = np.lexsort((self._ranks[firsts], -agreement))[:_MOST_COMPARED]
            self.earlier[later] = firsts[best].tolist()
            for first in self.earlier[later]:
                self.compared(first, later)

    def compared(self, first: int, later: int) -> Likeness:
        """Return the likeness of two rows."""
        if (first, later) not in self.likeness:
            self.likeness[first, later] = _compared(self._text(first), self._text(later))
        return self.likeness[first, later]


def _nearly_equal(pairs: _Pairs) -> dict[int, int]:
    """Return the original of each row that is alike to an earlier one."""
    of_form = {
        row
        for rows, likeness in pairs.likeness.items()
        if _OF_ONE_FORM <= likeness.value < ALIKE and not likeness.contained
        for row in rows
    }
    copies: dict[int, int] = {}
    owners = pairs.owners
    for row, firsts in pairs.earlier.items():
        for original in dict.fromkeys(copies.get(first, first) for first in firsts):
            if owners[row] != owners[original] and owners[row] >= 0 and owners[original] >= 0:
                continue  # two authors who both have a copy by nobody named
            bar = ALIKE_IN_FORM if row in of_form or original in of_form else ALIKE
            if pairs.compared(original, row).value >= bar:
                copies[row] = original
                break
    return copies


def _beginnings(pairs: _Pairs, copies: dict[int, int]) -> dict[int, int]:
    """Return the whole text, the longest one, of each row that is only its beginning and is neither a copy nor has copies."""
    wholes: dict[int, tuple[int, int]] = {}
    for (first, later), likeness in pairs.likeness.items():
        short, whole = (first, later) if likeness.lengths[0] < likeness.lengths[1] else (later, first)
        here, there = pairs.dates[short], pairs.dates[whole]
        same_day = np.isinf(here) or np.isinf(there) or abs(here - there) <= _DAY
        if likeness.cut and same_day and short not in copies and whole not in copies:
            wholes[short] = max(wholes.get(short, (0, 0)), (max(likeness.lengths), whole))
    originals = set(copies.values())
    return {row: whole for row, (_, whole) in wholes.items() if row not in originals and whole not in wholes}
