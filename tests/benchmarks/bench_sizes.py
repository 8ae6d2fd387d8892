"""Seconds and peak memory of a report, stage by stage, at sizes that users have; ``python bench_sizes.py ARCHIVE FOLDER`` measures any."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

SIZES = (2_000, 20_000)
HERE = Path(__file__).parent
STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak():
    """Return the most megabytes that this process has held since the last call."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    FORGET.write_text("5")  # the peak begins anew
    return int(lines["VmHWM"].split()[0]) // 1024


def measure(archive, folder):
    """Print seconds of the clock and of the processor and peak memory of everything that ``minecop report`` does, as JSON, a line each."""
    from minecop.report.rendering import write_reports
    from minecop.run.loading import load_analysis
    from minecop.run.pipeline import analyse

    clock, processor = time.perf_counter(), time.process_time()

    def done(what):
        nonlocal clock, processor
        line = {"stage": what, "seconds": time.perf_counter() - clock, "processor": time.process_time() - processor}
        print(
            json.dumps({name: one if name == "stage" else round(one, 1) for name, one in line.items()} | {"mb": peak()})
        )
        clock, processor = time.perf_counter(), time.process_time()

    run = analyse(archive, folder, listener=lambda progress: done(progress.stage) if progress.finished else None)
    analysis = load_analysis(run)
    done("load")
    write_reports(analysis, folder)
    done("write")


@pytest.mark.parametrize("size", SIZES)
def test_report_of_an_archive_by_size(size, tmp_path):
    from bench_issues import DATA, OWN, VOICES
    from planted import plant, read_rows

    if not DATA.is_dir() or not VOICES.is_file():
        pytest.skip("the real texts are not beside this checkout")
    if not FORGET.exists():
        pytest.skip("peak memory is read where Linux tells it")
    plant(tmp_path / "archive", read_rows(VOICES) + read_rows(OWN), DATA, size)
    command = [sys.executable, HERE / "bench_sizes.py", tmp_path / "archive", tmp_path / "run"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        print(
            f"{size:>7,} posts  {line['stage']:<9}{line['seconds']:>8.1f} s{line['processor']:>8.1f} s{line['mb']:>7,} MB"
        )
    total, most = sum(line["seconds"] for line in lines), max(line["mb"] for line in lines)
    print(f"{size:>7,} posts  {'in all':<9}{total:>8.1f} s{most:>17,} MB")
    assert [line["stage"] for line in lines][-2:] == ["load", "write"]


if __name__ == "__main__":
    measure(*map(Path, sys.argv[1:]))
