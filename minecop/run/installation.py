"""Whether minecop is installed whole: Python, the libraries, what ships, and what of the system it can use.

Nothing of it needs a library to be there: a missing or broken one is what is looked for.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from importlib.util import find_spec
from pathlib import Path

import minecop
from minecop.core.files import sha256_file
from minecop.core.shipped import shipped
from minecop.report.printing import find_browser
from minecop.run.checks import Check

_OLDEST = (3, 11)

_MODULES = {"python-crfsuite": "pycrfsuite", "python-docx": "docx", "scikit-learn": "sklearn"}
"""Modules that are not called as their packages are."""

_SLOW = frozenset({"bertopic", "pandas", "sentence-transformers", "scikit-learn", "trafilatura"})
"""Packages that take long to load, some ten seconds: only whether they are there is looked at."""

_LOADING = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        reason = ""
    except BaseException as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
    sys.stdout.write(f"{name}\\t{reason}\\n")
    sys.stdout.flush()
"""
"""Loads modules and says how each went; in a process of its own, which a library that is built for another processor ends."""

_LONGEST = 120
"""Seconds after which a library that does not load is given up; a virus scanner may make the first time long."""

_SHIPPED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("models", "thai-static"): ("config.json", "head.safetensors", "model.safetensors", "modules.json", "tokenizer.json"),
    ("models", "acts"): ("acts.json", "acts.safetensors", "parts.json", "parts.safetensors"),
    ("models", "steps"): ("steps.json", "steps.safetensors"),
    ("models", "facets"): (
        "figures.json",
        *(f"{name}.{ending}" for name in ("component", "knowledge", "mission") for ending in ("json", "safetensors")),
    ),
    ("models", "anchors"): ("anchors.json", "anchors.safetensors"),
    ("corpora", "sample"): (
        "authors.csv", "farms.jsonl", "health.jsonl", "local.jsonl", "pages", "schools.jsonl", "university.jsonl",
    ),
    ("corpora", "labelled"): (),
    ("corpora", "concerns"): (),
}  # fmt: skip
"""Folders that ship, and what is in each; further files in them are looked at, too."""

_FONTS = ("TH Sarabun New", "TH SarabunPSK", "Sarabun")
"""Fonts in which the session pack looks as it is meant to, the best first; files of fonts are called like them."""


def check_python() -> Check:
    """Return whether this Python is one that minecop runs on."""
    bits = 64 if sys.maxsize > 2**32 else 32
    details: dict[str, object] = {
        "version": platform.python_version(),
        "bits": bits,
        "system": platform.platform(terse=True),
    }
    if sys.version_info[:2] < _OLDEST or bits < 64:
        return Check("python", "broken", details, "python_do")
    return Check("python", details=details)


def check_minecop() -> Check:
    """Return which minecop this is, and where."""
    return Check("minecop", details={"version": minecop.__version__, "path": Path(minecop.__file__).parent})


def check_libraries() -> Iterator[Check]:
    """Yield a line on each library that is missing, of another version or does not load; one line where all is well."""
    try:
        wanted = [line for line in requires("minecop") or () if "extra ==" not in line]
    except PackageNotFoundError:
        yield Check("not_installed", "notable", {"command": _pip("minecop")}, "not_installed_do")
        return
    found = dict(map(_library, wanted))
    yield from (check for check in found.values() if check)
    there = [name for name, check in found.items() if check is None]
    modules = {_MODULES.get(name, name.replace("-", "_")): name for name in there}
    lost = [name for module, name in modules.items() if name in _SLOW and not find_spec(module)]
    broken = dict.fromkeys(lost, "ModuleNotFoundError") | {
        modules[module]: reason
        for module, reason in loaded([module for module, name in modules.items() if name not in _SLOW]).items()
        if reason
    }
    for name, reason in broken.items():
        details: dict[str, object] = {"name": name, "version": version(name), "reason": reason}
        details["command"] = f"{_pip(f'{name}=={version(name)}')} --force-reinstall --no-deps"
        yield Check("library_broken", "broken", details, "library_do")
    if len(there) == len(wanted) and not broken:
        yield Check("libraries", details={"count": len(wanted)})


def _library(line: str) -> tuple[str, Check | None]:
    """Return the name in a line of what is required, and what is wrong with the library, if anything."""
    name, fits = _requirement(line)
    details: dict[str, object] = {"name": name, "wanted": line, "command": _pip(line)}
    try:
        details["version"] = version(name)
    except PackageNotFoundError:
        return name, Check("library_missing", "broken", details, "library_do")
    return name, None if fits(str(details["version"])) else Check("library_unfit", "broken", details, "library_do")


def _requirement(line: str) -> tuple[str, Callable[[str], bool]]:
    """Return the name in a line such as ``numpy>=2``, and what tells whether a version fits it; all do where ``packaging`` is missing."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return re.split("[^A-Za-z0-9._-]", line, maxsplit=1)[0], lambda _: True
    requirement = Requirement(line)
    return requirement.name, lambda found: requirement.specifier.contains(found, prereleases=True)


def _pip(what: str) -> str:
    return f'"{sys.executable}" -m pip install "{what}"'


def loaded(modules: Sequence[str]) -> dict[str, str]:
    """Load modules in a process of their own; return why each does not load, an empty text where it does."""
    reasons: dict[str, str] = {}
    while left := [name for name in modules if name not in reasons]:
        command = [sys.executable, "-W", "ignore", "-c", _LOADING, *left]
        try:
            done = subprocess.run(  # noqa: S603 - no shell
                command, capture_output=True, timeout=_LONGEST, check=False, encoding="utf-8", errors="replace"
            )
            said, ended = done.stdout, f"exit code {done.returncode}"
        except (OSError, subprocess.TimeoutExpired) as error:
            said, ended = "", str(error)
        told = dict(line.split("\t", 1) for line in said.splitlines() if "\t" in line)
        reasons |= {name: told[name] for name in left if name in told}
        stopped = next((name for name in left if name not in told), None)
        if stopped:  # it took the process with it
            reasons[stopped] = ended
    return reasons


def check_tokenizer() -> Check:
    """Return whether words are cut by the fast library, which is not needed."""
    try:
        found = version("nlpo3")
    except PackageNotFoundError:
        return Check("no_nlpo3", "notable", {"command": _pip("nlpo3>=1.3,<2")}, "no_nlpo3_do")
    if not found.startswith("1."):
        return Check("nlpo3_unfit", "notable", {"version": found, "command": _pip("nlpo3>=1.3,<2")}, "no_nlpo3_do")
    return Check("nlpo3", details={"version": found})


def check_shipped() -> Check:
    """Return whether the models and archives that ship are whole.

    Each file is looked at as far as its kind goes, so that one that was cut off, or is only the pointer of a large-file store, is seen;
    where minecop was installed from a wheel, against the hash in its record as well.
    """
    recorded = _recorded()
    damaged, count, size = [], 0, 0
    for (kind, name), needed in _SHIPPED.items():
        try:
            folder = shipped(kind, name)
        except FileNotFoundError:
            damaged.append(f"{kind}/{name}")
            continue
        files = sorted({*(path for path in folder.rglob("*") if path.is_file()), *(folder / one for one in needed)})
        for path in files:
            if path.is_dir():
                continue
            count += 1
            if not _is_whole(path) or not _is_as_recorded(path, recorded):
                damaged.append(f"{kind}/{name}/{path.relative_to(folder).as_posix()}")
            else:
                size += path.stat().st_size
        if not files:
            damaged.append(f"{kind}/{name}")
    if damaged:
        return Check("shipped_damaged", "broken", {"names": ", ".join(damaged), "command": _again()}, "shipped_do")
    return Check("shipped", details={"count": count, "size": f"{size / 1e6:,.0f} MB"})


def _again() -> str:
    root = Path(minecop.__file__).resolve().parent.parent
    return (
        "git checkout -- models corpora"
        if (root / ".git").exists()
        else f"{_pip('minecop')} --force-reinstall --no-deps"
    )


def _recorded() -> dict[Path, str]:
    """Return the hash of each file that was installed from a wheel, as its record has it (base64 without padding)."""
    try:
        found = distribution("minecop")
    except PackageNotFoundError:
        return {}
    files = (
        file for file in found.files or () if file.hash and file.hash.mode == "sha256" and "_shipped" in file.parts
    )
    return {Path(str(found.locate_file(file))).resolve(): file.hash.value for file in files if file.hash}


def _is_as_recorded(path: Path, recorded: Mapping[Path, str]) -> bool:
    digest = recorded.get(path)
    return digest is None or digest == base64.urlsafe_b64encode(bytes.fromhex(sha256_file(path))).rstrip(b"=").decode()


def _is_whole(path: Path) -> bool:
    try:
        if path.suffix == ".safetensors":
            return _is_safetensors(path)
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").splitlines():
                json.loads(line)
        return path.stat().st_size > 0
    except (OSError, ValueError):
        return False


def _is_safetensors(path: Path) -> bool:
    """Tell whether a file is as long as its head says (https://github.com/huggingface/safetensors#format)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > size - 8:
            return False
        head = json.loads(file.read(length))
    ends = [tensor["data_offsets"][1] for name, tensor in head.items() if name != "__metadata__"]
    return bool(size == 8 + length + max(ends, default=0))


def check_fonts(places: Sequence[Path] | None = None) -> Check:
    """Return whether there is a font in which the session pack looks as it is meant to.

    Parameters
    ----------
    places
        Folders of fonts; by default those of the system and of the user.
    """
    names = {
        "".join(c for c in path.stem.lower() if c.isalnum())
        for place in (font_folders() if places is None else places)
        for path in place.rglob("*")
        if path.suffix.lower() in {".ttf", ".otf", ".ttc"}
    }
    for font in _FONTS:
        begins = font.replace(" ", "").lower()
        if any(name.startswith(begins) for name in names):
            return Check("font", details={"name": font})
    return Check("no_font", "notable", {}, "no_font_do")


def font_folders(system: str = sys.platform, environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the folders in which systems keep fonts, of all users and of one."""
    home = Path(environment.get("USERPROFILE" if system == "win32" else "HOME", "/"))
    if system == "win32":
        own = Path(environment.get("LOCALAPPDATA", home / "AppData" / "Local")) / "Microsoft" / "Windows" / "Fonts"
        places = [Path(environment.get("WINDIR", "C:/Windows")) / "Fonts", own]
    elif system == "darwin":
        places = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    else:
        places = [
            Path("/usr/share/fonts"),
            Path("/usr/local/share/fonts"),
            home / ".fonts",
            home / ".local" / "share" / "fonts",
        ]
    return [place for place in places if place.is_dir()]


def check_browser() -> Check:
    """Return whether there is a browser that prints the report as PDF."""
    browser = find_browser()
    if browser is None:
        return Check("no_browser", "notable", {}, "no_browser_do")
    return Check("browser", details={"path": browser})
