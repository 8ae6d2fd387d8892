"""Over a hundred kills, damages and full disks, after each of which the next run ends in the bytes of an undisturbed one."""

import time
from collections import Counter

from faulting import attempts_apart, can_mount

COUNTS = {"kill": 40, "kill_worker": 10, "kill_at_rename": 20, "damage": 40}
DISKS = {"fill": 10, "write_protect": 1}


def test_faults(tmp_path):
    start = time.perf_counter()
    counts = COUNTS | (DISKS if can_mount(tmp_path) else {})
    tally, failed = Counter(), []
    for line in attempts_apart(tmp_path, counts):
        tally[line["what"]] += 1
        failed += [] if line["ok"] else [line]
        print(
            f"{time.perf_counter() - start:5.0f} s  {line['what']}, {line['where']}" if line["ok"] else line, flush=True
        )
    print(f"\n{sum(tally.values())} attempts in {time.perf_counter() - start:.0f} s, {len(failed)} failed")
    for what, count in tally.items():
        print(f"{count:4}  {what}")
    if counts == COUNTS:
        print("   no full disks: only root may mount a small one")
    assert failed == []
