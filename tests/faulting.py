"""Runs that are killed, damaged and starved of disk space, and what becomes of them.

``python -m faulting FOLDER KIND=COUNT ...`` prints a line of JSON for each attempt. It is a process of its own: one run is
done in it, so that all that is slow to load is loaded, and each attempt is a fork of it. Every attempt ends with one more run, whose files must
have the bytes of a run that nobody disturbed.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from minecop.archive.importing import import_archive
from minecop.core.errors import MinecopError
from minecop.core.files import sha256_file
from minecop.report.rendering import issues_json, render_json
from minecop.run.loading import load_analysis
from minecop.run.opening import open_run
from minecop.run.pipeline import analyse
from minecop.run.stepping import least_sure

UNEQUAL = {"timings.json", ".lock"}

_KINDS = [
    "ท่อน้ำแตกอีกแล้วครับ ไม่รู้จะหาช่างที่ไหน",
    "บ่อตื้นเขิน น้ำไม่พอทำนา กังวลกันทั้งคุ้ม",
    "ฝายพังยังไม่มีใครมาซ่อม หนักใจ",
    "ราคายางตกอีกแล้ว ลูกหลานต้องไปทำงานกรุงเทพฯ",
]
_FAILED = 3
"""Exit code of an attempt that ended with a message for people."""


def posts(count: int) -> list[dict]:
    """Threads by several people of two communities."""
    return [
        {
            "id": str(n),
            "title": f"เรื่องวันที่ {n}",
            "author": f"p{n % 7}",
            "community": ["เหนือ", "ใต้"][n % 2],
            "published": f"2010-0{1 + n % 9}-01",
            "body": f"{_KINDS[n % 4]} คนบ้านที่ {n} เล่าให้ฟังเมื่อเช้า\n\nอยากให้มาช่วยกันคิดว่าจะทำอย่างไรต่อดี",
            "comments": [
                {"author": f"c{n % 5}", "body": "ขอบคุณครับ"},
                {"author": f"c{(n + 1) % 5}", "body": f"บ้านเราก็เหมือนกันค่ะ {_KINDS[(n + 1) % 4]}"},
            ],
        }
        for n in range(count)
    ]


def write_posts(path: Path, count: int) -> Path:
    """Write posts as JSON Lines."""
    path.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts(count)), encoding="utf-8")
    return path


def tree(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a folder, those left out that differ between equal runs."""
    return {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in UNEQUAL
    }


def damage(path: Path, how: str, chance: random.Random) -> None:
    """Damage a file as disks and people do."""
    data = path.read_bytes()
    if how == "flip" and data:
        place = chance.randrange(len(data))
        path.write_bytes(data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :])
    elif how == "truncate":
        path.write_bytes(data[: chance.randrange(max(1, len(data)))])
    elif how == "other file":
        path.write_bytes(
            chance.choice(sorted(one for one in path.parent.iterdir() if one.is_file())).read_bytes()[::-1]
        )
    elif how == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.unlink()


DAMAGES = ("flip", "truncate", "delete", "other file", "folder")


def in_child(work: Callable[[], object]) -> int:
    """Do something in a fork; return its exit code, negative where a signal ended it."""
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            work()
            code = 0
        except MinecopError as error:
            (Path(os.environ["FAULTS"]) / "told").write_text(error.text("en"), encoding="utf-8")
            code = _FAILED
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_self() -> None:
    """End this process as the system does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


class Trial:
    """Attempts in one folder.

    Attributes
    ----------
    calm
        Bytes of a run that nobody disturbed: first of an archive, then of the same that has grown, so that topics carry their numbers on.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        os.environ["FAULTS"] = str(folder)
        self.source = write_posts(folder / "posts.jsonl", 14)
        self.archive = import_archive(self.source, folder / "archive")[0]
        young = import_archive(write_posts(folder / "young.jsonl", 10), folder / "young" / "archive")[0]
        self.before = folder / "before"
        analyse(young, self.before)
        self.moments: list[str] = []
        shutil.copytree(self.before, folder / "calm")
        begun = time.perf_counter()
        analyse(self.archive, folder / "calm", listener=lambda event: self.moments.append(event.stage))
        self.seconds = time.perf_counter() - begun
        self.run = folder / "calm"
        self.calm = tree(self.run)
        self.archived = tree(self.archive)
        self.shown = _shown(self.run)

    def _begin(self, state: Path) -> Path:
        target = self.folder / "run"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(state, target)
        return target

    def _told(self) -> str:
        path = self.folder / "told"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        path.unlink(missing_ok=True)
        return text

    def _end(self, what: str, where: str, code: int, target: Path, *, ok: bool = True) -> dict:
        """Run once more, and say whether all is as it should be."""
        told = self._told()
        last = in_child(lambda: analyse(self.archive, target))
        now = tree(target)
        wrong = sorted(name for name in now.keys() | self.calm.keys() if now.get(name) != self.calm.get(name))
        kept = tree(self.archive) == self.archived
        return {
            "what": what,
            "where": where,
            "code": code,
            "told": told,
            "ok": ok and not last and not wrong and kept,
            "last": last,
            "then": self._told(),
            "wrong": wrong,
            "archive": kept,
        }

    def kill(self, number: int, count: int) -> dict:
        """Kill the run at a moment after one of its events; those of all attempts together are spread over all of them."""
        target = self._begin(self.before)
        at = number * len(self.moments) // count
        delay = self.chance.choice([0.0, self.chance.random() * 0.05, self.chance.random() * self.seconds / 4])
        seen = 0

        def listen(_: object) -> None:
            nonlocal seen
            if seen == at:
                if delay:
                    threading.Timer(delay, kill_self).start()
                else:
                    kill_self()
            seen += 1

        code = in_child(lambda: analyse(self.archive, target, listener=listen))
        return self._end("kill", f"{self.moments[at]}+{delay:.2f}", code, target, ok=code in {0, -signal.SIGKILL})

    def kill_at_rename(self, number: int, count: int) -> dict:
        """Kill the run before one of its renames, of which a folder that takes the place of another has two."""
        target = self._begin(self.before)
        stages = [
            "archive",
            "text",
            "acts",
            "vectors",
            "topics",
            "process",
            "aside",
            "insight",
            "layout",
            "tables",
            "topic-numbers",
        ]
        stage, second = stages[number * len(stages) // count], bool(number % 2)
        rename = os.replace

        def replace(source: Path, to: Path) -> None:
            if Path(to).name == (stage if second else f".{stage}.old"):
                kill_self()
            rename(source, to)

        def work() -> None:
            os.replace = replace
            analyse(self.archive, target)

        code = in_child(work)
        return self._end("kill at rename", f"{stage} {1 + second}", code, target, ok=code == -signal.SIGKILL)

    def kill_worker(self, number: int, count: int) -> dict:
        """Kill a worker: the run does what it did once more, and ends well."""
        target = self._begin(self.before)
        stages = ["text", "acts", "process"]
        stage = stages[number % len(stages)]
        delay = self.chance.random() * 4 if stage == "text" else self.chance.random() * 0.2
        done = []

        def listen(event: object) -> None:
            if event.stage == stage and not done:
                done.append(stage)
                threading.Timer(delay, shoot).start()

        def shoot() -> None:
            for worker in self.chance.sample(multiprocessing.active_children(), 1):
                with suppress(OSError):
                    os.kill(worker.pid, signal.SIGKILL)

        code = in_child(lambda: analyse(self.archive, target, workers=2, listener=listen))
        return self._end("kill worker", f"{stage}+{delay:.2f}", code, target, ok=not code)

    def damage(self, number: int, count: int) -> dict:
        """Damage a file: what shows the run shows what is right, or says what is wrong; the next run mends it."""
        target = self._begin(self.run)
        files = sorted(path for path in target.rglob("*") if path.is_file() and path.name != ".lock")
        path, how = self.chance.choice(files), DAMAGES[number % len(DAMAGES)]
        damage(path, how, self.chance)
        name = path.relative_to(target).as_posix()

        def show() -> None:
            if _shown(target) != self.shown:
                raise AssertionError(f"{name}: shown wrong")

        code = in_child(show)
        told = (self.folder / "told").read_text(encoding="utf-8") if code == _FAILED else ""
        ok = code == 0 or (code == _FAILED and (path.name in told or "There is no finished run" in told))
        return self._end("damage", f"{how}: {name}", code, target, ok=ok)

    def fill(self, number: int, count: int) -> dict:
        """Let the disk be full while a stage writes; when there is space, the next run goes on from there."""
        stage = self.chance.choice(
            ["archive", "text", "acts", "vectors", "topics", "process", "aside", "insight", "layout", "tables"]
        )
        state = self._begin(self.before)
        in_child(lambda: analyse(self.archive, state, listener=lambda event: event.stage == stage and kill_self()))
        free = int(_space(self.run / "stages" / stage) * self.chance.random() * 0.9)
        with mounted(self.folder / "disk", _space(state) + free) as disk:
            target = disk / "run"
            shutil.copytree(state, target)
            code = in_child(lambda: analyse(self.archive, target))
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            line = self._end("disk full", f"{stage}, {free:,} bytes left", code, target, ok=code == _FAILED)
            return line | {"ok": line["ok"] and "the disk is full" in line["told"]}

    def write_protect(self, number: int, count: int) -> dict:
        """Let the disk be one that cannot be written: what is there is shown, and a run says that it cannot be."""
        with mounted(self.folder / "disk", 64 << 20) as disk:
            target = disk / "run"
            shutil.copytree(self.run, target)
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            code = in_child(lambda: analyse(self.archive, target))
            shown = _shown(target) == self.shown
            subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
            line = self._end("read-only", "", code, target, ok=shown and code == _FAILED)
            return line | {"ok": line["ok"] and "cannot be written" in line["told"]}


def _space(folder: Path) -> int:
    """Return how many bytes a folder takes on a disk of pages of 4 KiB."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in folder.rglob("*") if path.is_file())


def _shown(folder: Path) -> str:
    """Return what commands show of a run."""
    run = open_run(folder)
    analysis = load_analysis(run)
    return json.dumps([issues_json(analysis), render_json(analysis, "th"), repr(least_sure(run, (), 3))], default=list)


@contextmanager
def mounted(folder: Path, size: int) -> Iterator[Path]:
    """Mount a small disk in memory, which only root may."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def can_mount(folder: Path) -> bool:
    """Tell whether a small disk can be mounted here."""
    try:
        with mounted(folder / "probe", 1 << 20):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def attempts(folder: Path, counts: dict[str, int], seed: int = 0) -> Iterator[dict]:
    """Yield what came of so many attempts of each kind."""
    trial = Trial(folder, seed)
    for name, count in counts.items():
        for number in range(count):
            yield getattr(trial, name)(number, count)


def attempts_apart(folder: Path, counts: dict[str, int]) -> Iterator[dict]:
    """Yield them as a process of its own makes them, in which nothing else runs."""
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(here.parent), str(here)])}
    words = [sys.executable, "-m", "faulting", folder, *(f"{kind}={count}" for kind, count in counts.items())]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)


if __name__ == "__main__":
    asked = (argument.split("=") for argument in sys.argv[2:])
    for line in attempts(Path(sys.argv[1]), {kind: int(count) for kind, count in asked}):
        print(json.dumps(line, ensure_ascii=False), flush=True)
