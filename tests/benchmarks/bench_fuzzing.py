"""Twenty thousand damaged files: no crash, nothing lost, and the slowest of them."""

import time

from fuzzing import try_all

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
