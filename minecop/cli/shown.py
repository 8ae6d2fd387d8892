"""A finished run as a command is to show it: what is personal under other names, and without what is not to be handed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minecop.cli.options import default_key
from minecop.cli.showing import show_privacy
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.curation.decisions import Curation
    from minecop.insight.analysis import Analysis
    from minecop.run.opening import Run


def open_shown(run: Path, lang: str, options: Mapping[str, Any]) -> Analysis:
    """Return the analysis of a run's folder as ``shown`` does."""
    from minecop.run.opening import open_run

    return shown(open_run(run), lang, options)


def shown(run: Run, lang: str, options: Mapping[str, Any]) -> Analysis:
    """Return the analysis of a run as people have put it right, and as options ask; tell what was masked.

    The options are ``decisions_options``, ``privacy_options``, ``sharing_options`` and ``years_option``.

    Parameters
    ----------
    run
        A finished run.
    lang
        Language of what stands for what is masked.
    options
        Those of the command; what it has not is not asked for.
    """
    from minecop.curation.applying import curated
    from minecop.insight.sharing import with_fewest
    from minecop.run.loading import load_analysis
    from minecop.run.masking import with_privacy

    analysis = curated(load_analysis(run), decisions_on(run, options))
    key = options.get("key") or default_key(analysis.archive.name)
    mask, pseudonyms = bool(options.get("mask")), bool(options.get("pseudonyms"))
    analysis = with_privacy(analysis, run, key, mask=mask, pseudonyms=pseudonyms, lang=lang)
    show_privacy(analysis.privacy, key, lang)
    analysis = with_fewest(analysis, options.get("min_authors") or 1, Words(lang)("other_communities"))
    buddhist = {"be": True, "ce": False}.get(options.get("years") or "")
    return replace(analysis, source_text=options.get("source_text") is not False, buddhist=buddhist)


def decisions_on(run: Run, options: Mapping[str, Any]) -> Curation:
    """Return what people have decided about a run, as ``decisions_options`` ask."""
    from minecop.curation.decisions import Curation
    from minecop.curation.places import curation_of

    if options.get("no_decisions"):
        return Curation(None)
    folder = options.get("decisions")
    return Curation.read(folder) if folder else curation_of(run)


def decisions_for(source: Path, options: Mapping[str, Any]) -> Curation:
    """Return what people have decided about an archive, as ``decisions_options`` ask."""
    from minecop.curation.decisions import Curation
    from minecop.curation.places import curation_folder

    if options.get("no_decisions"):
        return Curation(None)
    return Curation.read(options.get("decisions") or curation_folder(source))
