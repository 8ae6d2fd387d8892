"""What became of the issues of an earlier run in a later one, of the same archive that has grown or of one that overlaps.

Issues are the same where the same people voice them in the same passages; where no passage is in both, where they are told by the
same words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from minecop.archive.growth import Place, texts_before
from minecop.insight.analysis import Analysis
from minecop.insight.models import Issue, Voice

CHANGES = ("new", "kept", "grown", "shrunk", "faded", "settled", "merged", "split", "gone")
"""New: no earlier issue is it. Kept: about as many people. Grown: more, some of whom have voiced it since. Shrunk: fewer. Faded: nobody, or
hardly anybody, has voiced it since. Settled: those who took it up say that it is done, and nobody has voiced it since. Merged: most of it
stands in an issue that goes on from another. Split: its voices stand in several issues, or it was a part of one. Gone: its voices
are in no issue any more."""

_HALF = 0.5
"""Share of an issue's people, of those whose texts both runs read, who must be in another for the one to go on in the other: as with
topics."""

_A_PART = 2
"""People from an issue that make another a part of it; one alone only where most of that other is this one person."""

_GROWN = 1.2
"""How many times as many people make an issue grown, and as few make it shrunk: as with topics."""

_TERMS_ALIKE, _FEWEST_TERMS = 0.2, 2
"""Share of the terms of two issues that they must have in common, and how many at least, to be the same without a passage in common. Of the
4,971 pairs of issues within two runs on the sample archive, which are different concerns, none has more than .11 in common."""

_CHANCE = 0.05
"""How likely it may be that as few people speak as do, were an issue voiced as before, for it to have faded."""


_SELECTING = {"since", "until", "communities", "groups"}
"""Settings that say which texts are read: the texts themselves tell how runs differ in these."""


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one issue.

    Attributes
    ----------
    before, after
        The issue in the earlier run and in the later one; ``None`` where there is none. Of what merged, ``after`` is the issue that it
        stands in now; of what split off, ``before`` the one that it was a part of.
    change
        One of ``CHANGES``.
    people_before, people_after
        Distinct authors; before, of all that it took in.
    since
        Distinct authors who voice it, or the issues that its voices went to, in texts that the earlier run did not read.
    unnamed_since
        Passages of such texts whose author is unknown.
    expected
        How many would have spoken since, had as large a share of the people who wrote voiced it as before.
    took_in
        Other earlier issues that merged into it.
    others
        Later issues that were a part of it, or that its voices went to.
    by_words
        Whether it was found again by its terms alone.
    """

    before: Issue | None
    after: Issue | None
    change: str
    people_before: int = 0
    people_after: int = 0
    since: int = 0
    unnamed_since: int = 0
    expected: float = 0.0
    took_in: tuple[Issue, ...] = ()
    others: tuple[Issue, ...] = ()
    by_words: bool = False

    @property
    def is_quiet(self) -> bool:
        """Whether so few have spoken since that chance hardly explains it: nobody where three or more would have."""
        from scipy.special import pdtr

        return bool(pdtr(self.since, self.expected) < _CHANCE)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs beside one another.

    Attributes
    ----------
    courses
        Of every issue of either run: those of the later run by rank, then the earlier ones that are none any more.
    new_texts, missing_texts
        Posts and comments with something to say that only the later run read, and that only the earlier one did.
    people_since
        Distinct authors of the new texts.
    known
        Texts of the later run that the earlier one read, too.
    differing
        Names of settings that differ, those left out that say what is read, and ``version`` where the program's stages do: then
        changes may be the machine's.
    """

    courses: tuple[Course, ...]
    new_texts: int
    missing_texts: int
    people_since: int
    known: frozenset[Place] = frozenset()
    differing: tuple[str, ...] = ()

    def is_new(self, voice: Voice) -> bool:
        """Tell whether a voice of the later run stands in a text that the earlier run did not read."""
        return _place(voice) not in self.known


def compare_runs(earlier: Analysis, later: Analysis) -> Comparison:
    """Return what became of every issue.

    A passage of one run is found again where at least half of the shorter one overlaps a passage of the other in the same text, so that
    texts may be cut anew. An issue goes on in the one that most of its people, each counted once, are found in; where several go on in
    one, it is that with the most of them, and the others have merged into it. How many would have spoken since is the issue's share of the
    people before, of those who wrote since; faded is what fewer voice than chance explains (Poisson, one-sided, 5 %).
    """
    return _Comparer(earlier, later).comparison()


def _speaker(voice: Voice) -> str:
    return voice.author_id or f"?{voice.passage_id}"


def _authors(voices: Iterable[Voice]) -> set[str]:
    return {voice.author_id for voice in voices if voice.author_id}


def _voices(analysis: Analysis) -> list[Voice]:
    """Return all voices with something to say."""
    groups = (*analysis.insight.communities, *(issue.group for issue in analysis.insight.issues))
    return [voice for group in groups for voice in group.members]


def _differing(earlier: Analysis, later: Analysis) -> tuple[str, ...]:
    names = sorted((earlier.settings.keys() | later.settings.keys()) - _SELECTING)
    versions = [
        {name: stage["version"] for name, stage in analysis.manifest.get("stages", {}).items()}
        for analysis in (earlier, later)
    ]
    changed = [name for name in names if earlier.settings.get(name) != later.settings.get(name)]
    return (*changed, *(("version",) if versions[0] != versions[1] else ()))


class _Comparer:
    """Holds both runs while they are compared."""

    def __init__(self, earlier: Analysis, later: Analysis) -> None:
        self.earlier, self.later = earlier, later
        self.old, self.new = earlier.insight.issues, later.insight.issues
        before, after = _voices(earlier), _voices(later)
        read = {_place(voice) for voice in before}
        places = texts_before(earlier.archive.posts, later.archive.posts)
        places = {place: was for place, was in places.items() if was in read}
        spoken = {_place(voice) for voice in after}
        self.known = {place: was for place, was in places.items() if place in spoken}
        self.missing = len(read - set(self.known.values()))
        self.fresh = len(spoken - self.known.keys())
        self.writers_before = len(_authors(before))
        self.writers_since = len(_authors(voice for voice in after if _place(voice) not in self.known))
        both = set(self.known.values())
        # people of each issue whose texts both runs read: only they can be found again
        self.old_people = [{_speaker(v) for v in issue.group.members if _place(v) in both} for issue in self.old]
        self.new_people = [{_speaker(v) for v in issue.group.members if _place(v) in self.known} for issue in self.new]
        self.left: dict[tuple[int, int], set[str]] = {}
        """People of each earlier issue found in each later one."""
        self.came: dict[tuple[int, int], set[str]] = {}
        """People of each later issue found in each earlier one, by the same pairs."""
        self.went_to: defaultdict[int, list[int]] = defaultdict(list)
        """Later issues that people of each earlier one are found in, those with the most first."""
        self.found: list[set[str]] = [set() for _ in self.old]
        """People of each earlier issue found in any later one."""
        self._find()

    def _find(self) -> None:
        there: dict[Place, list[tuple[int, Voice]]] = {}
        for number, issue in enumerate(self.old):
            for voice in issue.group.members:
                there.setdefault(_place(voice), []).append((number, voice))
        for number, issue in enumerate(self.new):
            for voice in issue.group.members:
                for old, was in there.get(self.known.get(_place(voice), ("", None)), ()):
                    start, end = self._moved(was, voice)
                    shorter = min(end - start, voice.end - voice.start)
                    if min(end, voice.end) - max(start, voice.start) >= _HALF * shorter:
                        self.left.setdefault((old, number), set()).add(_speaker(was))
                        self.found[old].add(_speaker(was))
                        self.came.setdefault((old, number), set()).add(_speaker(voice))

    def _moved(self, was: Voice, now: Voice) -> tuple[int, int]:
        """Return where an earlier passage stands in the text as it is now: in one that was edited, its words are sought."""
        before = self.earlier.archive.posts.text(was.post_id, was.comment)
        after = self.later.archive.posts.text(now.post_id, now.comment)
        if before == after:
            return was.start, was.end
        start = after.find(before[was.start : was.end])
        return (was.start, was.end) if start < 0 else (start, start + was.end - was.start)

    def _share_of_old(self, pair: tuple[int, int]) -> float:
        return len(self.left[pair]) / len(self.old_people[pair[0]])

    def _share_of_new(self, pair: tuple[int, int]) -> float:
        return len(self.came[pair]) / len(self.new_people[pair[1]])

    def comparison(self) -> Comparison:
        pairs = sorted(self.left, key=lambda pair: (-len(self.left[pair]), *pair))
        for old, new in pairs:
            self.went_to[old].append(new)
        goes_to = {old: new[0] for old, new in self.went_to.items()}
        from_old: dict[int, int] = {}
        for old, new in pairs:
            many = self._share_of_old((old, new)) >= _HALF or (
                self._share_of_new((old, new)) >= _HALF and len(self.left[old, new]) >= _A_PART
            )
            if many and goes_to[old] == new:
                from_old.setdefault(new, old)
        goes_on = {old: new for new, old in from_old.items()}
        merged = {
            old: new
            for old, new in goes_to.items()
            if old not in goes_on and new in from_old and self._share_of_old((old, new)) >= _HALF
        }
        part_of = {}
        for old, new in pairs:
            if new not in from_old and new not in part_of and self._is_part((old, new)):
                part_of[new] = old
        scattered = {old for old in goes_to if old not in goes_on and old not in merged and self._is_found(old)}
        ended = [n for n in range(len(self.old)) if n not in goes_on and n not in merged and n not in scattered]
        begun = [n for n in range(len(self.new)) if n not in from_old and n not in part_of]
        by_words = _by_terms({n: self.old[n].terms for n in ended}, {n: self.new[n].terms for n in begun})
        goes_back = from_old | by_words
        took_in, parts = _inverse(merged), _inverse(part_of)
        courses = []
        for new in range(len(self.new)):
            if new in goes_back:
                old = goes_back[new]
                courses.append(self._going_on(old, new, took_in[new], parts[old], by_words=new in by_words))
            else:
                courses.append(self._beginning(new, part_of.get(new)))
        went_on = set(goes_back.values())
        courses += [
            self._ending(old, merged.get(old), scattered=old in scattered)
            for old in range(len(self.old))
            if old not in went_on
        ]
        return Comparison(
            tuple(courses),
            self.fresh,
            self.missing,
            self.writers_since,
            frozenset(self.known),
            _differing(self.earlier, self.later),
        )

    def _is_part(self, pair: tuple[int, int]) -> bool:
        everyone = len({_speaker(voice) for voice in self.new[pair[1]].group.members})
        found = len(self.came[pair])
        return self._share_of_new(pair) > _HALF and (found >= _A_PART or found > _HALF * everyone)

    def _is_found(self, old: int) -> bool:
        """Tell whether at least half of an issue's people are found in later issues together."""
        return len(self.found[old]) >= _HALF * len(self.old_people[old])

    def _since(self, *new: int) -> tuple[int, int]:
        """Return how many people, and how many unnamed passages, voice some issues in texts that the earlier run did not read."""
        members = (voice for number in new for voice in self.new[number].group.members)
        fresh = [voice for voice in members if _place(voice) not in self.known]
        return len(_authors(fresh)), sum(voice.author_id is None for voice in fresh)

    def _expected(self, people: int) -> float:
        return round(people * self.writers_since / max(1, self.writers_before), 2)

    def _going_on(self, old: int, new: int, took_in: Sequence[int], parts: Sequence[int], *, by_words: bool) -> Course:
        issue = self.new[new]
        people = _authors(voice for n in (old, *took_in) for voice in self.old[n].group.members)
        before, after = len(people), len(issue.group.author_ids)
        since, unnamed = self._since(new)
        course = Course(
            self.old[old],
            issue,
            "kept",
            before,
            after,
            since,
            unnamed,
            self._expected(before),
            tuple(self.old[n] for n in took_in),
            tuple(self.new[n] for n in parts),
            by_words,
        )
        return _with_change(course)

    def _beginning(self, new: int, parent: int | None) -> Course:
        since, unnamed = self._since(new)
        people = len(self.new[new].group.author_ids)
        if parent is None:
            return Course(None, self.new[new], "new", 0, people, since, unnamed)
        return Course(
            self.old[parent], self.new[new], "split", len(self.old[parent].group.author_ids), people, since, unnamed
        )

    def _ending(self, old: int, into: int | None, *, scattered: bool) -> Course:
        people = len(self.old[old].group.author_ids)
        if into is not None:
            since, unnamed = self._since(into)
            after = len(self.new[into].group.author_ids)
            return Course(self.old[old], self.new[into], "merged", people, after, since, unnamed)
        others = self.went_to[old]
        since, unnamed = self._since(*others) if scattered else (0, 0)
        return Course(
            self.old[old],
            None,
            "split" if scattered else "gone",
            people,
            since=since,
            unnamed_since=unnamed,
            expected=self._expected(people),
            others=tuple(self.new[new] for new in others),
        )


def _place(voice: Voice) -> Place:
    return voice.post_id, voice.comment


def _with_change(course: Course) -> Course:
    """Return the course of an issue that goes on with what became of it, by its people."""
    before, after = course.people_before, course.people_after
    if course.after is not None and course.after.status == "settled":
        change = "settled"
    elif course.is_quiet and not course.unnamed_since:
        change = "faded"
    elif after >= _GROWN * before and course.since and after > before:
        change = "grown"
    elif _GROWN * after <= before and after < before:
        change = "shrunk"
    else:
        change = "kept"
    return replace(course, change=change)


def _inverse(going: Mapping[int, int]) -> defaultdict[int, list[int]]:
    """Return what goes to each, in order."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for one in sorted(going):
        found[going[one]].append(one)
    return found


def _by_terms(old: Mapping[int, Sequence[str]], new: Mapping[int, Sequence[str]]) -> dict[int, int]:
    """Return the earlier issue of each later one that is told by the same words, the most alike first."""
    with_term: dict[str, list[int]] = {}
    for number, terms in new.items():
        for term in set(terms):
            with_term.setdefault(term, []).append(number)
    pairs = []
    for a, terms in old.items():
        shared = Counter(b for term in set(terms) for b in with_term.get(term, ()))
        for b, count in shared.items():
            alike = count / len({*terms, *new[b]})
            if count >= _FEWEST_TERMS and alike >= _TERMS_ALIKE:
                pairs.append((-alike, a, b))
    found: dict[int, int] = {}
    given: set[int] = set()
    for _, a, b in sorted(pairs):
        if b not in found and a not in given:
            found[b] = a
            given.add(a)
    return found
