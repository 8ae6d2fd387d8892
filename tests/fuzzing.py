"""Files that no program would write: the fixtures, changed byte by byte. Shared by a test (a few) and a benchmark (many)."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from minecop.archive.models import Account
from minecop.archive.reading import read_safely
from minecop.archive.sources import Options, Source

FIXTURES = Path(__file__).parent / "fixtures" / "archive"

# What breaks parsers: ends of strings and records, marks of other formats, numbers at the edge, half characters.
PIECES = [
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe0\xb8", b"\xa1\xd2", b"\r", b"\n\n", b'"', b"'", b"<", b"</", b"<![CDATA[", b"-->", b"<!--",
    b"]]>", b"&#x110000;", b"&nbsp;", b"&", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"{", b"}", b"[", b"[[[[[[[[", b"null", b"NaN", b"1e999", b"-1",
    b"99999999999999999999", b"\\ud800", b"\\u0000", b",", b";", b"\t", b"=1+1", b"PK\x03\x04", b"%PDF-1.4", b"WARC/1.0\r\n",
    "ความเห็น (9999999)".encode(), "๙๙/๙๙/๙๙๙๙".encode(), "หมายเลขบันทึก: ".encode(), "\u202e\u0e33\u0e48\u0e48".encode(), b"</div>" * 50, b"<div>" * 50,
]  # fmt: skip


@dataclass
class Tally:
    """What came of it."""

    inputs: int = 0
    posts: int = 0
    slowest: tuple[float, str] = (0.0, "")
    keys: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def fixtures() -> list[tuple[str, bytes]]:
    """Name and bytes of every fixture that a reader takes."""
    found = [path for path in sorted(FIXTURES.rglob("*")) if path.is_file()]
    return [(path.name, path.read_bytes()) for path in found]


def mutated(dice: random.Random, data: bytes, others: list[tuple[str, bytes]]) -> bytes:
    """One fixture with one to six wounds."""
    for _ in range(dice.randrange(1, 7)):
        place = dice.randrange(len(data) + 1)
        length = min(len(data) - place, int(dice.expovariate(1 / 40)))
        kind = dice.random()
        if kind < 0.25:
            data = data[:place] + dice.choice(PIECES) + data[place:]
        elif kind < 0.4:
            data = data[:place] + data[place + length :]
        elif kind < 0.55:
            data = (
                data[:place]
                + bytes(dice.randrange(256) for _ in range(min(length, 8)))
                + data[place + min(length, 8) :]
            )
        elif kind < 0.65:
            data = data[:place] + data[place : place + length] * dice.randrange(2, 40) + data[place + length :]
        elif kind < 0.75:
            data = data[:place]
        elif kind < 0.9:
            other = dice.choice(others)[1]
            start = dice.randrange(len(other) + 1)
            data = data[:place] + other[start : start + dice.randrange(1, 400)] + data[place:]
        elif data:
            bit = dice.randrange(len(data))
            data = data[:bit] + bytes([data[bit] ^ (1 << dice.randrange(8))]) + data[bit + 1 :]
    return data


def inputs(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Names and bytes; one in twelve has a name that says another kind than its bytes are."""
    dice = random.Random(seed)
    whole = fixtures()
    for number in range(count):
        name, data = whole[number % len(whole)] if number < len(whole) else dice.choice(whole)
        ending = dice.choice(whole)[0] if dice.random() < 1 / 12 else name
        yield f"{number}-{ending}", mutated(dice, data, whole)


def try_all(seed: int, count: int) -> Tally:
    """Read every input, and tell what was lost, what failed and what took long."""
    tally = Tally()
    for name, data in inputs(seed, count):
        account = Account()
        start = time.perf_counter()
        posts = list(read_safely(Source.of_bytes(data, name), Options(), account))
        tally.slowest = max(tally.slowest, (time.perf_counter() - start, name))
        tally.inputs += 1
        tally.posts += len(posts)
        tally.keys.update(entry.key for entry in account.entries)
        tally.failed += [f"{name}: {e.details['reason']}" for e in account.entries if e.key == "reader_failed"]
        if not posts and not account.entries:
            tally.lost.append(name)
    return tally
