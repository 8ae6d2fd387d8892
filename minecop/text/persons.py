"""Names of people in running Thai: after a title, as given name with family name, and again where a text has introduced them.

Thai writes no space between words and no capital letters, so a name is told by what stands before it (a title, ``ชื่อ``), by lists of given
names and nicknames, by how family names are spelt, and by what may follow a name.

These stay: names of places, public bodies, companies, works and crops that bear a person's name; names in a citation with its year (``สมชาย
ใจดี (2547)``); kings, figures of scripture and images of worship; roles (``คุณอำนวย``); letters that stand for a name already (``นาย ก.``). A
shop that goes by its keeper (``ร้านป้าติ่ง``) is masked as the keeper is, for it tells who is meant. Weights were set on the first half of
the hand-labelled passages of the tests and on archives without labels.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from itertools import pairwise

from pythainlp.tokenize import word_tokenize

from minecop.text.identifiers import Found
from minecop.text.namewords import (
    PREFIX,
    is_common,
    is_verb,
    name_key,
    name_words,
    often,
    rare,
    spelt_like_a_name,
    trie,
    unmistakable,
)

_LONGEST_RUN = 300
"""Letters that are looked at together: Thai between two spaces is seldom longer, and some work grows with the square of a run's length."""

_LONGEST_NAME = 20
_RUN = re.compile(rf"[ก-ฺเ-๎]{{1,{_LONGEST_RUN}}}")
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,30}(?: [A-Z][a-z]{2,20})?")
_NO_LATIN_NAME = re.compile(
    r"(?:IT|ER|OR|ICU|OPD|IPD|RN|PN|TN|HA|QA|KM|ICT|PR|HR|NGO|DJ|MC|TV|PCU|NCD|LR|GP|CT|PM|VDO|DM|HT|CKD|COPD|TB|HIV|[A-Za-z])(?![A-Za-z0-9])\.?"
)
_CITED = re.compile(r",? ?[(\[]? ?(?:พ\.ศ\. ?|ค\.ศ\. ?)?(?:19|20|24|25)\d\d[a-zก-ง]? ?[,:)\]]")
_QUOTE = re.compile(r" ?[\"“'‘«]|  ?")
_GAP = re.compile(r" {1,3}")


class _Reader:
    """Finds the names of one text."""

    def __init__(self, clean: str, taken: Collection[Found]) -> None:
        self.clean = clean
        self.lists = name_words()
        self.runs = [(match.start(), match[0]) for match in _RUN.finditer(clean)]
        self._starts = [start for start, _ in self.runs]
        self._cuts: dict[int, list[str]] = {}
        self.found: dict[int, int] = {}
        self.introduced: set[str] = set()
        self._blocked = bytearray(len(clean))
        for found in taken:
            self._blocked[found.start : found.end] = b"\1" * (found.end - found.start)

    # words of a run

    def words(self, run: int) -> list[str]:
        """Return the words of a run; together they are the run."""
        if run not in self._cuts:
            text = self.runs[run][1]
            words = list(word_tokenize(text, custom_dict=trie(), engine="newmm"))
            for at, (word, following) in enumerate(pairwise(words)):
                if (
                    word == "คุ" and following.startswith("ณ") and len(following) > 1
                ):  # คุณ and a name that is also one with ณ before it
                    words[at : at + 2] = "คุณ", following[1:]
            self._cuts[run] = words
        return self._cuts[run]

    def _word_at(self, run: int, offset: int) -> int | None:
        """Return the number of the word that begins at an offset of a run; ``None`` where none does."""
        at = 0
        for number, word in enumerate(self.words(run)):
            if at >= offset:
                return number if at == offset else None
            at += len(word)
        return len(self.words(run)) if at == offset else None

    def _run_at(self, position: int) -> int | None:
        run = bisect_right(self._starts, position) - 1
        if run >= 0 and position < self._starts[run] + len(self.runs[run][1]):
            return run
        return None

    def add(self, start: int, end: int) -> bool:
        """Keep a name, unless something stands there already; tell whether it was kept."""
        if start >= end or any(self._blocked[start:end]):
            return False
        self._blocked[start:end] = b"\1" * (end - start)
        self.found[start] = end
        return True

    def names(self) -> Iterator[str]:
        """Yield the names found so far."""
        return (self.clean[start:end] for start, end in self.found.items())

    # after titles

    def after_titles(self) -> None:
        """Find names after words that are titles, and after shortened ones."""
        for pattern, strictness in (
            (self.lists.short, "formal"),
            (self.lists.doubtful, "calling"),
            (self.lists.announcing, "announced"),
        ):
            for match in pattern.finditer(self.clean):
                self._name_from(match.end(), strictness)
        for run, (_, text) in enumerate(self.runs):
            if self.lists.title.search(text):
                self._titles_of(run)

    def _titles_of(self, run: int) -> None:
        words = self.words(run)
        classes = self.lists.classes
        offset = self.runs[run][0]
        for number, word in enumerate(words):
            begin = offset
            offset += len(word)
            if word not in classes or self._blocked[begin]:
                continue
            if self._is_no_title(run, begin) or (classes[word] == "named" and self._names_a_body(run, number)):
                continue
            strictness = classes[word]
            if strictness == "person":
                strictness = "formal" if word in self.lists.formal else "you"
            self._name_from(offset, strictness, run, number + 1)

    def _is_no_title(self, run: int, begin: int) -> bool:
        """Tell whether a word that is not cut apart rightly, or an image of worship, begins here."""
        lists = self.lists
        if lists.public.match(self.clean, begin):
            return True
        compound = lists.compound.match(self.clean, begin)
        return compound is not None and (
            compound.end() >= self._end(run) or bool(lists.after.match(self.clean, compound.end()))
        )

    def _end(self, run: int) -> int:
        return self._starts[run] + len(self.runs[run][1])

    def _name_from(self, position: int, strictness: str, run: int | None = None, number: int = 0) -> None:
        """Find the name that begins at a position, after a title of some strictness."""
        gap = (_QUOTE if strictness == "named" else _GAP).match(self.clean, position)
        spaced = gap is not None
        start = gap.end() if gap else position
        if spaced or run is None or number >= len(self.words(run)):
            latin = _LATIN_NAME.match(self.clean, start)
            if (
                latin
                and strictness not in {"office", "kin_doubtful", "joined"}
                and not _NO_LATIN_NAME.match(self.clean, start)
            ):
                self.add(start, start + len(latin[0].rstrip(".-")))
                return
            run = self._run_at(start)
            if run is None or self._starts[run] != start:
                return
            number = 0
        words = self.words(run)
        if self.clean.endswith("เจ้าคุณ", 0, position):
            self.add(start, start + self._up_to_another_word(words[number:], "คุณ"))
            return
        if words[number] == "หญิง" and strictness == "formal" and number + 1 < len(words):
            number += 1  # พันเอกหญิง
        if self._hands_on(words, number):
            return
        start = self._starts[run] + sum(map(len, words[:number]))
        if self.clean[self._end(run) : self._end(run) + 1] == "." and len(self.runs[run][1]) < 5:
            return  # letters of an abbreviation
        end = self._given(run, number, _SPACED.get(strictness, strictness) if spaced else strictness)
        if end is not None:
            name_end = start + sum(map(len, words[number:end]))
            self.add(start, self._with_family(run, name_end, strictness))

    def _hands_on(self, words: list[str], number: int) -> bool:
        """Tell whether another title stands here, which is looked at by itself; many a title is a nickname too."""
        word = words[number]
        if word not in self.lists.classes:
            return False
        return word not in self.lists.nicknames or not self._may_follow(words, number + 1)

    def _may_follow(self, words: list[str], number: int) -> bool:
        return number >= len(words) or bool(self.lists.after.match("".join(words[number : number + 3])))

    def _given(self, run: int, number: int, strictness: str) -> int | None:
        """Return the number of the word after the given name or nickname that begins at a word; ``None`` if none does."""
        words = self.words(run)
        best, best_score = None, _ENOUGH[strictness]
        longest = 6 if strictness == "formal" else 4
        for end in range(number + 1, min(number + longest, len(words)) + 1):
            name = "".join(words[number:end])
            if len(name) > _LONGEST_NAME or (end > number + 1 and words[end - 1] in self.lists.after_words):
                break
            score = self._quality(name, words[number:end], strictness)
            if strictness == "formal" and end == len(words) and self._is_all_given(run, words[number:]):
                score = max(score, 3.1)  # nothing else in the run: all of it is the given name
            if self._may_follow(words, end):
                score += 1.5
            elif words[end] in self.lists.vocabulary:
                score += 1.0 if is_verb(words[end]) else 0.3
            else:
                score -= 0.5
            if score >= best_score:
                best, best_score = end, score + 0.01
        return best

    def _is_all_given(self, run: int, words: list[str]) -> bool:
        """Tell whether the rest of a run is a given name, as a family name stands after it and nothing in it speaks against it."""
        lists = self.lists
        name = "".join(words)
        gap = _GAP.match(self.clean, self._end(run))
        if gap is None or run + 1 >= len(self.runs) or self._starts[run + 1] != gap.end():
            return False
        if not 3 <= len(name) <= 14 or not _SPELLABLE.fullmatch(name):
            return False
        if (
            words[0] in lists.never
            or words[0] in lists.bodies
            or words[0] in lists.after_words
            or any(map(is_verb, words[1:]))
        ):
            return False
        return self._family(run + 1, -1.0) > 0

    def _quality(self, name: str, words: list[str], strictness: str) -> float:
        """Return how much a word, or several, is like a given name or nickname."""
        if len(name) < 2 or not _SPELLABLE.fullmatch(name) or (len(words) > 1 and len(words[0]) < 2):
            return _NO_NAME
        listed = self._listed_quality(name, strictness)
        if listed is not None:
            return listed
        if strictness in {"office", "joined", "kin_doubtful"} or _NO_VOWEL.fullmatch(name):
            return _NO_NAME
        if stretched := _STRETCHED.search(name):
            short = name[: stretched.start() + 1] + name[stretched.end() :]
            return 2.8 if short in self.lists.nicknames or short in self.lists.given else _NO_NAME
        return self._guessed_quality(name, words, strictness)

    def _listed_quality(self, name: str, strictness: str) -> float | None:
        """Return how sure a name of the lists, or one that the text has introduced, is one here; ``None`` where it is in no list."""
        lists = self.lists
        known = is_common(name)
        if strictness == "office" and known and (len(name) < 5 or spelt_like_a_name(name) < 0.3):
            return None
        if name in self.introduced and strictness != "office":
            return 2.8
        if name in lists.given:
            if not known:
                return 3.0
            return 1.0 if len(name) <= 3 and name not in lists.nicknames and is_verb(name) else 2.4
        if name not in lists.nicknames or strictness == "office" or (strictness == "joined" and known):
            return None
        if name in lists.after_words and strictness not in {"formal", "named"}:
            return None
        return 1.5 if name in lists.never else 2.0 if known else 2.8

    def _guessed_quality(self, name: str, words: list[str], strictness: str) -> float:
        """Return how much a name that is in no list is like one: an unknown word, or words that are put together as names are."""
        lists = self.lists
        first, *others = words
        verb = is_verb(first)
        if any(first in words for words in (lists.never, lists.after_words, lists.bodies, lists.compounds)):
            return _NO_NAME
        if not others and first in lists.vocabulary and lists.after.match(name):
            return _NO_NAME
        if any(word in lists.after_words or (is_verb(word) and (verb or strictness != "you")) for word in others):
            return _NO_NAME
        listed = first in lists.given or first in lists.nicknames
        if others and listed and not is_common(first) and others[0] in lists.vocabulary:
            return _NO_NAME
        if any(word not in lists.vocabulary or word in rare() for word in words):
            if not others:
                return 2.2
            return 1.9 if not verb and len(name) <= (14 if strictness == "you" else 10) else _NO_NAME
        if strictness in {"formal", "you", "village"} and not verb:
            return 1.4 - 0.2 * len(words) + (spelt_like_a_name(name) > 0)
        if len(words) == 2 and len(name) <= 10 and not verb and spelt_like_a_name(name) > 0.3:
            return 2.3 if listed else 2.0
        return _NO_NAME

    # family names

    def _with_family(self, run: int, end: int, strictness: str) -> int:
        """Return where a name ends, with the family name after it if there is one."""
        gap = _GAP.match(self.clean, end)
        if not gap:
            rest = self.clean[end : self._starts[run] + len(self.runs[run][1])]
            return (
                end + len(rest)
                if len(rest) > PREFIX and rest in self.lists.family and rest not in self.lists.vocabulary
                else end
            )
        following = self._run_at(gap.end())
        if following is None or self._starts[following] != gap.end():
            return end
        length = self._family(following, _SPELT_ENOUGH.get(strictness, 0.2))
        return gap.end() + length if length else end

    def _family(self, run: int, enough: float) -> int:
        """Return the length of the family name that a run begins with; 0 without one."""
        lists = self.lists
        text = self.runs[run][1]
        if monk := _MONK.match(text):
            return monk.end()
        if text in lists.family and text not in lists.after_words and (enough < 0 or not often(text)):
            return len(text)
        if text.startswith("แซ่") and len(text) <= _LONGEST_NAME:
            return len(text)
        for length in range(min(len(text) - 1, _LONGEST_NAME), 3, -1):
            listed = text[:length] in lists.family and text[:length] not in lists.vocabulary
            if listed and lists.after.match(text, length):
                return length
        return self._family_by_spelling(run, enough)

    def _family_by_spelling(self, run: int, enough: float) -> int:
        lists = self.lists
        text = self.runs[run][1]
        words = self.words(run)
        shortened = len(text) < 5 and self.clean[self._end(run) : self._end(run) + 1] == "."
        closed = 3 <= len(text) <= _LONGEST_NAME and not shortened and not _PARTICLE.search(text)
        whole = spelt_like_a_name(text) if closed else _NO_NAME
        if words[0] in lists.classes or (is_verb(words[0]) and enough > -1 and words[0] not in lists.after_words):
            return 0
        if words[0] in lists.after_words or words[0] in lists.bodies or words[0] in lists.never:
            return len(text) if enough < 0 and whole >= 0.5 else 0
        first = self._up_to_another_word(words)
        part = spelt_like_a_name(text[:first]) if 4 <= first < len(text) and first <= _LONGEST_NAME else _NO_NAME
        if part >= max(whole + 0.1, enough + 0.3):
            return first
        return len(text) if whole >= enough else 0

    def _up_to_another_word(self, words: list[str], but: str = "") -> int:
        """Return how many letters stand before the first word that may follow a name, but for one."""
        length = 0
        for word in words:
            if word in self.lists.after_words and word != but:
                break
            length += len(word)
        return length

    # names without titles

    def full_names(self) -> None:
        """Find a given name with a family name after it."""
        given = self.lists.given
        for run, (start, text) in enumerate(self.runs[:-1]):
            end = start + len(text)
            gap = _GAP.match(self.clean, end)
            if not gap or gap.end() != self._starts[run + 1] or self._blocked[end - 1]:
                continue
            name = next((text[-n:] for n in range(min(14, len(text)), 2, -1) if text[-n:] in given), "")
            if not name:
                continue
            number = self._word_at(run, len(text) - len(name))
            if number is None or (number and self.words(run)[number - 1] in self.lists.bodies):
                continue
            common = name in self.lists.vocabulary and name not in self.lists.words_seldom and is_common(name)
            family = self.runs[run + 1][1]
            if common and not (name == text and family in self.lists.family and family not in self.lists.vocabulary):
                continue
            if length := self._family(run + 1, 0.2):
                self.add(end - len(name), gap.end() + length)

    def unmistakable(self) -> None:
        """Find given names that are no words of the language."""
        table = unmistakable()
        for run, (start, text) in enumerate(self.runs):
            for at in range(len(text) - PREFIX + 1):
                names = table.get(text[at : at + PREFIX])
                if names and (name := next((name for name in names if text.startswith(name, at)), None)):
                    number = self._word_at(run, at)
                    if number is None or self.words(run)[number] != name or self._names_a_body(run, number):
                        continue
                    if self._cut_wrongly(run, number, name) or not self._fits(run, number, name):
                        continue
                    self.add(start + at, self._with_family(run, start + at + len(name), "bare"))

    def _fits(self, run: int, number: int, name: str) -> bool:
        """Tell whether what stands around a given name speaks for it: a word after it, and a beginning before one that is a word too."""
        words = self.words(run)
        follows = self._may_follow(words, number + 1)
        if name in self.lists.words_seldom and is_common(name):
            begins = number == 0 or words[number - 1] in self.lists.after_words
            return begins and number + 1 < len(words) and (follows or is_verb(words[number + 1]))
        return follows or words[number + 1] in self.lists.vocabulary  # else part of a longer name, of a king or a place

    def _cut_wrongly(self, run: int, number: int, name: str) -> bool:
        """Tell whether the word before goes on into the name: ``ฟักทอง`` and ``มา``, not ``ทองมา``."""
        before = self.words(run)[number - 1] if number else ""
        return bool(before) and any(
            before + name[:at] in self.lists.vocabulary and self.lists.after.match(name, at)
            for at in range(2, len(name) - 1)
        )

    def _names_a_body(self, run: int, number: int) -> bool:
        """Tell whether one of the two words before is a place or a body that may bear a person's name (``โรงเรียนอนุบาล``)."""
        bodies = self.lists.bodies
        return any(
            word in bodies or any(word[:length] in bodies for length in range(5, len(word)))
            for word in self.words(run)[max(0, number - 2) : number]
        )

    def listed(self) -> None:
        """Find nicknames in a row, each alone between spaces, of which one at least is no word."""
        row: list[int] = []
        for run in range(len(self.runs) + 1):
            text = self.runs[run][1] if run < len(self.runs) else ""
            is_name = text in self.lists.nicknames or text in self.lists.given
            if row and not (
                is_name
                and self.clean[self._starts[row[-1]] + len(self.runs[row[-1]][1]) : self._starts[run]]
                in {" ", ", ", ","}
            ):
                if len(row) > 1 and sum(self.runs[r][1] not in self.lists.vocabulary for r in row) * 2 >= len(row):
                    for r in row:
                        self.add(self._starts[r], self._starts[r] + len(self.runs[r][1]))
                row = []
            if is_name:
                row.append(run)

    def beside(self, contacts: Collection[Found]) -> None:
        """Find the name that a telephone number or an address of mail stands after."""
        for contact in contacts:
            before = _BEFORE_CONTACT.search(self.clean, max(0, contact.start - 50), contact.start)
            if not before or contact.kind not in {"phone", "email", "line_id"}:
                continue
            run = self._run_at(before.start(1))
            if run is None:
                continue
            words = self.words(run)
            if words[-1] in self.lists.given or (
                words[-1] in self.lists.nicknames and words[-1] not in self.lists.vocabulary
            ):
                end = self._starts[run] + len(self.runs[run][1])
                self.add(end - len(words[-1]), end)

    def of_the_writer(self) -> None:
        """Find the name by which writers call themselves after ``I``: ``ผมบาสเอง``."""
        lists = self.lists
        for match in _MYSELF.finditer(self.clean):
            name = match[1]
            if (name in lists.given or name in lists.nicknames) and (name not in lists.vocabulary or match[2] == "เอง"):
                self.add(match.start(1), match.end(1))

    def bracketed(self) -> None:
        """Find the nickname that stands in brackets after a name."""
        for end in list(self.found.values()):
            match = _BRACKETED.match(self.clean, end)
            run = self._run_at(match.start(1)) if match else None
            if match and run is not None and self._quality(match[1], self.words(run), "kin") >= 2.0:
                self.add(match.start(1), match.end(1))

    def alone(self) -> None:
        """Find a name that a line consists of, or that a line begins with before a colon (who speaks, who signs)."""
        for match in _ALONE.finditer(self.clean):
            name = match[1]
            if (name in self.lists.given or name in self.lists.nicknames) and not is_common(name):
                self.add(match.start(1), match.end(1))

    def joined(self) -> None:
        """Find the name that is joined to one by ``and`` or a comma."""
        ends = list(self.found.values())
        while ends:
            before = len(self.found)
            link = _LINK.match(self.clean, ends.pop())
            if link and (run := self._run_at(link.end())) is not None:
                number = self._word_at(run, link.end() - self._starts[run])
                if number is not None:
                    self._name_from(link.end(), "joined", run, number)
            if len(self.found) > before:
                ends.append(next(reversed(self.found.values())))

    def again(self, known: Collection[str]) -> None:
        """Find names that the text has introduced, or that are known, where they stand without a title."""
        names = {name.split()[0] for name in self.names()}
        names |= {name for whole in known for name in name_key(whole).split()[:1] if not is_common(name)}
        names = {
            name for name in names if _RUN.fullmatch(name) and len(name) > 1 and name not in self.lists.after_words
        }
        if not names:
            return
        lengths = sorted({len(name) for name in names}, reverse=True)
        beginnings = {name[:2] for name in names}
        for run, (start, text) in enumerate(self.runs):
            for at in range(len(text) - 1):
                if text[at : at + 2] in beginnings and not self._blocked[start + at]:
                    name = next((text[at : at + n] for n in lengths if text[at : at + n] in names), "")
                    if name and self._stands_alone(run, at, name):
                        self.add(start + at, self._with_family(run, start + at + len(name), "bare"))

    def _stands_alone(self, run: int, at: int, name: str) -> bool:
        """Tell whether a name that is known stands here as a word, and as a name rather than as a word or a place."""
        number = self._word_at(run, at)
        after = at + len(name)
        if number is None or self._word_at(run, after) is None or self._names_a_body(run, number):
            return False
        text = self.runs[run][1]
        return not is_common(name) or (at == 0 and len(name) > 2 and self.lists.after.match(text, after) is not None)


_NO_NAME = -9.0
"""A weight that nothing lifts."""

_ENOUGH = {
    "formal": 1.1,
    "you": 2.0,
    "village": 2.0,
    "calling": 2.4,
    "kin": 2.3,
    "kin_doubtful": 2.6,
    "named": 2.6,
    "office": 2.6,
    "joined": 2.6,
    "named, after a space": 3.4,
    "called, after a space": 3.9,
    "announced": 3.8,
}
"""What a given name must weigh after a title of each strictness."""

_SPACED = {
    "kin": "called, after a space",
    "kin_doubtful": "called, after a space",
    "calling": "called, after a space",
    "village": "called, after a space",
    "named": "named, after a space",
}

_SPELT_ENOUGH = {"formal": -1.0, "you": -0.1, "calling": -0.3, "named": -0.8, "announced": -0.8, "bare": 0.2}
"""How like a name a word must be spelt to be the family name after a given name found so."""

_NO_VOWEL = re.compile(r"[ก-ฮ]{2,3}")
_STRETCHED = re.compile(r"(.)\1{2,}")
_SPELLABLE = re.compile(r"[ก-ฮเ-ไ][ก-ฮะ-ฺเ-ๅ็-๎]+")
_PARTICLE = re.compile(r"(?:ครับ|คับ|ค่ะ|คะ|นะ|จ้า|จ้ะ|จ๊ะ)$")
_MONK = re.compile(r"[ก-ฮเ-ไ][ก-๎]{0,12}?ฺ[ก-ฮ](?:[ก-ฺเ-๎]{0,6}?(?:โ[ก-ฮ](?![ก-ฮ]์)|ี|ิ|า|ุ)(?![่-๎]))")
"""A monk's name in Pali: with a dot below (ธมฺมธโร), which Thai itself does not write."""

_MYSELF = re.compile(r"(?<![ก-๎])(?:ผม|หนู|ดิฉัน|กระผม)([ก-๎]{2,12}?)(เอง|ครับ|ค่ะ|นะ)")
_BRACKETED = re.compile(r" ?\(([ก-ฺเ-๎]{2,10})\)")
_ALONE = re.compile(r"(?m)^[ ]{0,4}([ก-ฺเ-๎]{2,14}) ?(?:$|:(?!//))")
_LINK = re.compile(r" ?(?:กับ|และ|หรือ|,|/) ?")
_BEFORE_CONTACT = re.compile(r"([ก-ฺเ-๎]{2,24})[ :(]{1,3}(?:(?:โทร\.?|เบอร์|มือถือ|อีเมล|ไลน์) ?:? ?)?$")


def find_names(clean: str, taken: Collection[Found], known: Collection[str] = ()) -> list[Found]:
    """Return the names in a text with plain digits and spaces, in order, without the titles before them.

    Parameters
    ----------
    clean
        The text.
    taken
        What is found there already; no name overlaps it.
    known
        Names that are known to be people's; those that are no words are found without a title as well.
    """
    reader = _Reader(clean, taken)
    reader.after_titles()
    reader.introduced = {name.split()[0] for name in reader.names()} | {
        part for whole in known for part in name_key(whole).split()[:1]
    }
    reader.after_titles()
    reader.full_names()
    reader.unmistakable()
    reader.listed()
    reader.of_the_writer()
    reader.alone()
    reader.joined()
    reader.bracketed()
    reader.beside(taken)
    reader.again(known)
    return [
        Found(start, end, "name", name_key(clean[start:end]))
        for start, end in sorted(reader.found.items())
        if not _CITED.match(clean, end)
    ]
