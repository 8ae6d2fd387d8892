"""Twenty thousand damaged files: no crash, nothing lost, and the slowest of them; and pasted pages of which reading must not take ever longer."""

import time

import pytest
from fuzzing import try_all
from test_archive_textpage import chrome

from minecop.archive.models import Account
from minecop.archive.readers.textpage import read_textpage

INPUTS = 20_000


def test_fuzzing():
    start = time.perf_counter()
    tally = try_all(seed=2026, count=INPUTS)
    print(
        f"\n{tally.inputs:,} inputs in {time.perf_counter() - start:.0f} s: {tally.posts:,} posts, {sum(tally.keys.values()):,} account lines"
    )
    print(f"slowest {tally.slowest[0]:.2f} s ({tally.slowest[1]}); failed {len(tally.failed)}, lost {len(tally.lost)}")
    for key, count in tally.keys.most_common(20):
        print(f"{count:8,}  {key}")
    assert tally.failed == []
    assert tally.lost == []


THREADS = {
    "comments": "ความเห็น (4)\n" + "ก\n\n" * 10_000,
    "bullets": "ความเห็น (9999)\n" + "ก\n• ก\n\n" * 5_000,
    "signatures": "ความเห็น (4)\n" + "สวัสดีค่ะ คุณขจิต\nสมชาย ใจดี\n" * 2_000,
    "headings": "ความเห็น (4)\n" + "ครูนก\nเมื่อ 9 พ.ค. 2549\nก\n" * 1_500,
    "numbers": "".join(f"ก\n\n{chrome(n, 1)}\nความเห็น (1)\nค\n" for n in range(500)),
    "labels": "ชื่อเรื่อง: ก ผู้เขียน: ข\nค\n" * 2_000,
    "dividers": "ก\n=====\n" * 5_000,
    "labels in a line": "ชื่อเรื่อง: ก " * 3_000,
}


@pytest.mark.parametrize("case", THREADS)
def test_textpage_time_grows_with_the_length_only(case):
    def seconds(text: str) -> float:
        start = time.perf_counter()
        list(read_textpage(text, "p.txt", Account()))
        return time.perf_counter() - start

    text = THREADS[case]
    short = min(seconds(text) for _ in range(2))
    assert seconds(text * 8) < 40 * short + 1
