"""A run's report, written where it is not there yet: what was written, of what and how, stands beside it with the hash of every file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from minecop.core.files import sha256_file, sha256_of, write_json
from minecop.core.versions import package_version, program_hash
from minecop.insight.analysis import Analysis
from minecop.run.artefacts import STAGE_FILE
from minecop.run.opening import MANIFEST, Run

if TYPE_CHECKING:
    from minecop.report.rendering import Renderer

PAGE = "report.html"
RECORD = "reports.json"

_LIBRARIES = ("jinja2", "markupsafe", "xlsxwriter")
"""What renders besides minecop itself."""


def write_report(
    analysis: Analysis,
    run: Run,
    lang: str,
    asked: Mapping[str, Any] | None,
    said: Sequence[str] = (),
    own: Mapping[str, Renderer] | None = None,
) -> None:
    """Write the report of a run into its folder, and what it was written of.

    Parameters
    ----------
    analysis
        Of the run, with what was asked for.
    run
        The run.
    lang
        Language of the report.
    asked
        All that the report depends on besides the run; ``None`` where that cannot be told, so that it is written anew next time.
    said
        Lines to be said whenever this report is.
    own
        Further files, as ``rendering.write_reports`` takes them.
    """
    from minecop.report.rendering import RENDERERS, write_reports

    (run.folder / RECORD).unlink(missing_ok=True)  # what is killed below leaves none
    write_reports(analysis, run.folder, lang, own)
    if asked is not None:
        paths = {name: run.folder / name for name in RENDERERS}
        files = {name: sha256_file(path) if path.is_file() else None for name, path in paths.items()}
        write_json(run.folder / RECORD, {"key": _key(run, asked), "said": [*said], "files": files})


def said_of_report(run: Run, asked: Mapping[str, Any] | None) -> list[str] | None:
    """Return what was to be said of the report that stands in a run's folder.

    ``None`` where the report has to be written: there is none, it is of another run, was asked for in another way or written by another
    minecop, or a file of it is not as it was written.
    """
    try:
        record = json.loads((run.folder / RECORD).read_text(encoding="utf-8"))
        as_written = (
            asked is not None
            and record["key"] == _key(run, asked)
            and all(
                sha256_file(run.folder / name) == digest if digest else not (run.folder / name).exists()
                for name, digest in record["files"].items()
            )
        )
        return [str(line) for line in record["said"]] if as_written else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _key(run: Run, asked: Mapping[str, Any]) -> str:
    """Return the hash of everything that a report is made of: the stages' results and keys, what was asked, the program."""
    stages = sorted((run.folder / "stages").glob(f"*/{STAGE_FILE}"))
    files = {path.relative_to(run.folder).as_posix(): sha256_file(path) for path in (run.folder / MANIFEST, *stages)}
    libraries = {name: package_version(name) for name in _LIBRARIES}
    return sha256_of({"run": files, "asked": dict(asked), "program": program_hash(), "libraries": libraries})
