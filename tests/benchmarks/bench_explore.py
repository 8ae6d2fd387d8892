"""The pages in the browser at their largest: making the index, searching it beside a plain scan, and fifty readers for a minute.

``python -m tests.benchmarks.bench_explore RUN [SECONDS]``: a finished run, best of 100,000 passages or more.
"""

import http.client
import statistics
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from exploring import served

from minecop.explore.index import embedder_of, make_index, open_index
from minecop.explore.searching import Query, Search
from minecop.run.loading import load_analysis
from minecop.run.opening import open_run
from minecop.run.pipeline import analyse

QUERIES = (
    "น้ำท่วม",
    "สหกรณ์",
    "สหกรน์",
    "โรงพยาบาล ไม่มีเงิน",
    "ครู นักเรียน คอมพิวเตอร์",
    "การจัดการความรู้",
    '"ไม่มีใครมาดู"',
    "ถนนพัง",
)
READERS = 50


def milliseconds(work):
    """Median and longest of three times, without what was kept."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return f"{statistics.median(times):7.0f} ms (longest {max(times):.0f})"


def scan(index, embedder, query):
    """What is plain to do: letters in every text, and the cosine of every vector."""
    texts = [row for row, text in enumerate(index.texts) if query in text]
    vectors = np.asarray(index.vectors[:, index.asked_from :], dtype=np.float32)
    nearest = np.argsort(-(vectors @ embedder.encode([query])[0]))[:200]
    return texts, nearest


def reading(index, run, seconds):
    """Fifty readers at once, each asking for one page after the other."""
    wrong, times, paths = [], [], ["/", "/issues", "/topics", "/people"]
    paths += [f"/search?q={quote(query)}&page={page}" for query in QUERIES for page in (1, 2)]
    paths += [f"/thread/{number * 7}" for number in range(12)]
    with served(index, run) as held:
        until = time.monotonic() + seconds

        def read(number):
            connection = http.client.HTTPConnection("127.0.0.1", held.port, timeout=60)
            turn = number
            while time.monotonic() < until:
                turn += 1
                began = time.perf_counter()
                connection.request("GET", paths[turn % len(paths)], headers={"Cookie": f"{held.cookie}={held.secret}"})
                answer = connection.getresponse()
                if answer.status not in (200, 404) or b"</html>" not in answer.read():
                    wrong.append((paths[turn % len(paths)], answer.status))
                times.append(time.perf_counter() - began)

        readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
        for one in readers:
            one.start()
        for one in readers:
            one.join()
    times.sort()
    print(f"{READERS} readers, {seconds:.0f} s: {len(times):,} pages, {len(times) / seconds:.0f} a second, median "
          f"{1000 * times[len(times) // 2]:.0f} ms, 95 of 100 within {1000 * times[int(0.95 * len(times))]:.0f} ms, wrong {len(wrong)}")  # fmt: skip
    assert not wrong


def measure(run, seconds):
    began = time.perf_counter()
    index = open_index(run)
    if index is None:
        analysis = load_analysis(run)
        loaded = time.perf_counter()
        index = make_index(run, analysis)
        print(
            f"\nindex of {len(index):,} passages made in {time.perf_counter() - loaded:.1f} s, the run read in {loaded - began:.1f} s"
        )
        began = time.perf_counter()
        assert open_index(run) is not None
    print(
        f"opened again in {time.perf_counter() - began:.2f} s; {len(index):,} passages, {len(index.postings.vocabulary):,} words"
    )
    search, embedder = Search(index, run), embedder_of(run)
    search.warm()
    for mode in ("both", "words", "meaning"):
        for query in QUERIES:
            print(
                f"  {mode:8} {milliseconds(lambda query=query, mode=mode: search._find(Query(query, mode)))}  {query}"
            )
    print(f"  all      {milliseconds(lambda: search._find(Query()))}")
    print(f"  like     {milliseconds(lambda: search.like(len(index) // 2))}")
    print(f"  a plain scan of texts and vectors {milliseconds(lambda: scan(index, embedder, 'น้ำท่วม'))}")
    reading(index, run, seconds)


def test_explore_on_the_sample(tmp_path):
    from conftest import SAMPLE

    measure(analyse(SAMPLE, tmp_path / "run"), 5)


if __name__ == "__main__":
    measure(open_run(Path(sys.argv[1])), float(sys.argv[2]) if len(sys.argv) > 2 else 60)
