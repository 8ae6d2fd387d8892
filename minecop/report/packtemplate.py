"""The Word template of the session pack that ships, made anew by ``python -m minecop.report.packtemplate``."""

from __future__ import annotations

from pathlib import Path

from minecop.report.wordparts import (
    LINE,
    bullets,
    contents,
    control,
    document,
    each,
    field,
    form,
    listed,
    only_if,
    para,
    row,
    row_across,
    table,
)

PACK_FILE = "session-pack.docx"

TEMPLATE = Path(__file__).parent / "templates" / PACK_FILE
"""What the pack is made from where the user names nothing else."""

_PARTS = (
    "summary", "pack_data", "pack_cards", "pack_early", "pack_lessons", "pack_steps", "pack_questions", "pack_agenda", "pack_forms",
    "pack_appendix",
)  # fmt: skip
"""What its parts are called, as in the texts."""


def _t(key: str) -> str:
    return f"{{{{ t('{key}') }}}}"


_HEADER = para(f"{_t('pack_title')} – {{{{ name }}}}\t{{{{ agenda.name }}}}", "Header")
_FOOTER = para(f"{{{{ draft }}}}\t{_t('pack_of_page')} ", "Footer").replace("</w:p>", f"{field('PAGE')}</w:p>")

_BELOW = "{% if issue.status != 'shared' %} · {{ issue.status_words }}{% endif %}"
_SAID = para("“{{ q.text }}”", "Quote"), para("— {{ cite(q) }}", "CellSmall")


def _headline(source: str) -> str:
    return only_if(
        "issue.headline",
        para("“{{ issue.headline.text }}”", "Quote"),
        para(f"— {{{{ {source}(issue.headline) }}}}", "CellSmall"),
    )


def make_template() -> bytes:
    """Return the template, the same bytes each time."""
    return document(_body(), _HEADER, _FOOTER)


def _body() -> str:
    parts = (
        _one_page(), _data(), _cards(), _early(), _lessons(), _steps(), _questions(), _agenda(), _forms(), _appendix()
    )  # fmt: skip
    return _cover() + "".join(para(_name(number), "Heading1") + part for number, part in enumerate(parts, 1))


def _name(number: int) -> str:
    return f"{number}  {_t(_PARTS[number - 1])}"


def _cover() -> str:
    return "".join(
        (
            para(_t("pack_title"), "Title"),
            para(_t("pack_subtitle"), "Subtitle"),
            para("{{ t('from_archive', name=name) }}"),
            para("{{ period }}"),
            para("{{ t('pack_for', session=agenda.name) }}"),
            para("**{{ draft }}**"),
            para(_t("pack_contents"), "Contents"),
            contents(*map(_name, range(1, len(_PARTS) + 1))),
            para("", "Small"),
            para(_t("pack_marks_quotes"), "Small"),
            para(f"//{_t('pack_marks_machine')}//", "Small"),
            para(_t("pack_how"), "Small"),
        )
    )


def _one_page() -> str:
    numbers = (
        "{% for value, what in numbers %}**{{ value }}** {{ what }}{% if not loop.last %} · {% endif %}{% endfor %}"
    )
    who = (
        para("{{ issue.people }}", "Cell"),
        para(f"{{{{ issue.trend_words }}}} · {{{{ issue.confidence_words }}}}{_BELOW}", "CellSmall"),
    )
    return "".join(
        (
            para("{{ period }}"),
            para(numbers),
            only_if("selection", para("{{ selection }}", "Small")),
            para(_t("candidates"), "Heading2"),
            only_if(
                "cards",
                listed(
                    (1, 15, 5),
                    (),
                    "issue in cards",
                    ("**{{ issue.rank }}**", (para("//{{ issue.title }}//", "CellHead"), _headline("cite_short")), who),
                ),
            ),
            only_if("not cards", para(_t("pack_none"))),
            only_if("session_notes", para(_t("decided_notes"), "Heading2"), bullets("session_notes")),
            para(f"**{_t('caution')}**"),
        )
    )


def _data() -> str:
    return "".join(
        (
            only_if("selection", para("{{ selection }}")),
            only_if("limits", para(_t("limits"), "Heading2"), bullets("limits")),
            only_if(
                "volume",
                para("{{ volume.title }}", "Heading2"),
                table((1, 1), row((1, 1), tuple(map(_amount, range(2))))),
                para("{{ volume.note }}", "Small"),
            ),
            only_if(
                "cards | selectattr('picture') | list",
                para(f"**{_t('pack_card_charts')}** {_t('chart_over_time_note')}", "Small"),
            ),
            para(_t("funnel"), "Heading2"),
            listed((8, 2), (), "label, count in funnel", ("{{ label }}", "{{ '{:,}'.format(count) }}")),
            only_if(
                "communities",
                para(_t("community_share"), "Heading2"),
                listed(
                    (7, 1, 2),
                    tuple(map(_t, ("community", "authors", "passages"))),
                    "row in communities",
                    ("{{ row.name }}", "{{ row.authors }}", "{{ row.passages }}"),
                ),
            ),
        )
    )


def _amount(place: int) -> tuple[str, ...]:
    one = f"volume.pictures[{place}]"
    return para(f"{{{{ {one}.name }}}}", "CellHead"), para(f"{{{{ {one}.picture }}}}", "Cell")


def _cards() -> str:
    return "".join(
        (
            only_if("not cards", para(_t("pack_none"))),
            only_if("cards", para(_t("pack_cards_note"))),
            only_if(
                "every_shared",
                para("{{ t('pack_cards_chosen', count=cards | length) }}"),
                listed(
                    (3, 12, 10, 6, 7, 3),
                    tuple(map(_t, ("head_rank", "issue", "authors", "trend", "pack_confidence", "pack_has_card"))),
                    "issue in every_shared",
                    (
                        "{{ issue.rank }}",
                        "//{{ issue.title }}//",
                        "{{ issue.people }}",
                        "{{ issue.trend_words }}",
                        "{{ issue.confidence_words }}",
                        "{{ t('pack_yes') if issue.rank in carded else t('pack_no') }}",
                    ),
                    style="CellSmall",
                ),
            ),
            each("issue in cards", _card()),
        )
    )


def _card() -> str:
    """Return a card, a page in itself: why it counts and what is not known to the left, what people say to the right."""
    grounds = (
        each(
            "part in issue.grounds",
            para("{{ part.name }}", "CellHead"),
            each("line in part.lines", para("{{ line }}", "CellSmall")),
        ),
        only_if("issue.picture", para(_t("pack_spoken_when"), "CellHead"), para("{{ issue.picture }}", "Cell")),
        only_if(
            "issue.session.unknown",
            para(_t("unknown"), "CellHead"),
            each("line in issue.session.unknown", para("{{ line }}", "CellSmall")),
        ),
    )
    voices = (
        para(_t("voices"), "CellHead"),
        each("q in issue.quotes", *_SAID),
        only_if("issue.objection", para(_t("objection"), "CellHead"), each("q in [issue.objection]", *_SAID)),
        only_if(
            "issue.session.wishes", para(_t("goals_wishes"), "CellHead"), each("q in issue.session.wishes", *_SAID)
        ),
        only_if(
            "issue.lessons",
            para(_t("lessons_for_issue"), "CellHead"),
            each(
                "one in issue.lessons",
                para("“{{ one.headline.text }}”", "Quote"),
                para("— {{ cite(one.headline) }} · {{ one.whose }}", "CellSmall"),
            ),
        ),
        para(_t("key_words"), "CellHead"),
        para("//{{ issue.terms | join(', ') }}//", "CellSmall"),
        para("{{ issue.title_note }}", "CellSmall"),
    )
    signs = "{{ issue.people }} · {{ issue.trend_words }} · {{ issue.confidence_words }}"
    return "".join(
        (
            para("{{ t('pack_card', rank=issue.rank) }}  //{{ issue.title }}//", "Heading2", new_page=True),
            para(f"**{signs}{_BELOW}**"),
            only_if("issue.known", para("//{{ issue.known }}//")),
            only_if("issue.notes", para(f"**{_t('decided_notes')}**"), bullets("issue.notes")),
            table((11, 13), row((11, 13), (grounds, voices), whole=False)),
        )
    )


def _early() -> str:
    def section(name: str, more: str = "") -> str:
        table = listed(
            (4, 8),
            (_t("issue"), _t("pack_one_voice")),
            f"issue in {name}",
            ((para("//{{ issue.title }}//", "Cell"), para("{{ issue.people }}", "CellSmall")), (_headline("cite"),)),
        )
        left = only_if(more, para(f"{{{{ t('early_more', count={more}) }}}}", "Small")) if more else ""
        return "".join((para(_t(name), "Heading2"), para(_t(f"{name}_note")), only_if(name, table), left))

    none = para(_t("early_none"))
    return "".join(
        (
            section("early", "early_more"),
            only_if("not early", none),
            section("minority", "minority_more"),
            only_if("not minority", none),
            only_if("fading", section("fading")),
            only_if("settled", section("settled")),
        )
    )


def _lessons() -> str:
    widths = (7, 5)
    told = (
        para("“{{ one.quote.text }}”", "Quote"),
        para("— {{ cite(one.quote) }}", "CellSmall"),
        para("{{ [one.step, one.sure, one.issue, one.again] | select | join(' · ') }}", "CellSmall"),
    )
    parts = each("label, text in one.parts", para("**{{ label }}** “{{ text }}”", "Cell"))
    return "".join(
        (
            para("{{ lessons.count }}"),
            only_if(
                "lessons_by_kind",
                para(_t("pack_lessons_people")),
                table(
                    (7, 5),
                    row(widths, (_t("pack_lesson_told"), _t("pack_lesson_parts")), head=True),
                    control("for kind, some in lessons_by_kind"),
                    row_across("{{ kind }}", 2),
                    control("for one in some"),
                    row(widths, (told, (parts,))),
                    control("endfor"),
                    control("endfor"),
                ),
            ),
            only_if("not lessons_by_kind", para(_t("lessons_none"))),
            only_if("lessons.more", para("{{ t('lesson_more', count=lessons.more) }}", "Small")),
        )
    )


def _steps() -> str:
    return "".join(
        (
            para(_t("gaps"), "Heading2"),
            bullets("gaps"),
            para(_t("steps"), "Heading2"),
            listed(
                (16, 11, 6),
                (_t("step"), f"{_t('authors')} · {_t('share')}", _t("trend")),
                "step in steps",
                (
                    (para("{{ step.number }} {{ step.name }}", "CellHead"), each("q in step.quotes[:1]", *_SAID)),
                    (
                        para("{{ step.authors }}{% if step.share %} · {{ step.share }}{% endif %}", "Cell"),
                        only_if("step.picture", para("{{ step.picture }}", "Cell")),
                    ),
                    "{% if step.coverage in ('absent', 'thin') %}{{ step.coverage_words }} · {% endif %}{{ step.trend_words }}",
                ),
            ),
            para(_t("steps_note"), "Small"),
            only_if("steps | selectattr('picture') | list", para(_t("pack_bars_note"), "Small")),
            only_if(
                "covered_steps",
                para(_t("by_community"), "Heading2"),
                listed(
                    (12, 5, 10, 10, 10),
                    (_t("community"), _t("authors"), *(f"{{{{ coverage_names[{place}] }}}}" for place in range(3))),
                    "row in covered_steps",
                    ("{{ row.name }}", "{{ row.authors }}", *(f"{{{{ row.steps[{place}] }}}}" for place in range(3))),
                ),
                para(_t("pack_covered_note"), "Small"),
                only_if("covered.more", para("{{ t('by_community_more', count=covered.more) }}", "Small")),
            ),
        )
    )


def _questions() -> str:
    asked = (
        para("{{ issue.rank }}  //{{ issue.title }}//", "CellHead"),
        para(_t("pack_ask_good"), "CellSmall"),
        para("//{{ issue.session.questions[0] }}//", "Cell"),
        para(_t("pack_ask_open"), "CellSmall"),
        para("//{{ issue.session.questions[1] }}//", "Cell"),
    )
    invited = (
        each("line in issue.session.invited", para("{{ line }}", "CellSmall")),
        each("line in issue.session.unheard", para("**{{ line }}**", "CellSmall")),
    )
    return "".join(
        (
            only_if("not cards", para(_t("pack_no_issues"))),
            only_if(
                "cards",
                para(_t("pack_questions_note")),
                listed((7, 5), (_t("pack_ask"), _t("invite")), "issue in cards", (asked, invited)),
            ),
            para(_t("pack_orid"), "Heading2"),
            listed((2, 8), (), "layer, question in orid", ("**{{ layer }}**", "{{ question }}")),
        )
    )


def _agenda() -> str:
    return "".join(
        (
            para("**{{ agenda.name }}** · {{ agenda.size }}"),
            only_if("not cards", para(_t("pack_no_issues"))),
            listed(
                (14, 48, 12, 13),
                tuple(map(_t, ("pack_time", "pack_what", "pack_who_leads", "pack_uses"))),
                "item in agenda['items']",
                ("{{ item.time }}", "{{ item.what }}", "{{ item.lead }}", "{{ item.uses }}"),
            ),
            para(_t("pack_agenda_note"), "Small"),
            para(_t("pack_roles"), "Heading2"),
            listed((5, 16), (), "role, does in agenda.roles", ("**{{ role }}**", "{{ does }}")),
            para(_t("pack_rules"), "Heading2"),
            bullets("agenda.rules"),
        )
    )


def _forms() -> str:
    title = (
        "{% if sheet.issue %}{{ t('pack_card', rank=sheet.issue.rank) }}  //{{ sheet.issue.title }}//"
        f"{{% else %}}{_t('pack_own_issue')}{{% endif %}}"
    )
    sheet = (
        para(f"{_t('pack_sheet')} · {title}", "SheetTitle"),
        para(f"{{{{ sheet.place or t('pack_place_open') }}}}   {_t('pack_sheet_names')}"),
        para(_t("pack_sheet_words"), "Small"),
        listed(
            (2, 14),
            (),
            "box in sheet.boxes",
            (
                "**{{ box.name }}**",
                (para("//{{ box.question }}//", "Cell"), each("line in range(box.lines)", para("", "Cell"))),
            ),
            height=5 * LINE,
        ),
        form(*map(_t, ("pack_sheet_agree", "pack_sheet_differ", "pack_sheet_absent"))),
    )
    widths, columns = (2, 10, 6, 9), ("head_rank", "issue", "pack_vote_dots", "pack_vote_why")
    rows = (
        control("for issue in cards"),
        row(widths, ("{{ issue.rank }}", "//{{ issue.title }}//", "", ""), height=2 * LINE),
        control("endfor"),
        control("for line in range(agenda.own_rows)"),
        row(widths, ("", "", "", ""), height=2 * LINE),
        control("endfor"),
    )
    return "".join(
        (
            para("{{ t('pack_forms_note', sheets=agenda.sheets | length, tables=agenda.tables) }}"),
            para(_t("pack_seats"), "Heading2"),
            only_if("agenda.free", para("{{ agenda.free }}")),
            listed(
                (4, 12),
                (_t("pack_place"), _t("issue")),
                "sheet in agenda.sheets",
                ("{{ sheet.place }}", title),
            ),
            para(_t("pack_prepare"), "Heading2"),
            bullets("agenda.prepare"),
            para(_t("pack_afterwards"), "Heading2"),
            para(_t("pack_forms_after")),
            each("sheet in agenda.sheets", *sheet),
            para(_t("pack_vote"), "Heading2", new_page=True),
            para(_t("pack_vote_note")),
            table(widths, row(widths, tuple(map(_t, columns)), head=True), *rows),
            para(_t("pack_goal"), "Heading2", new_page=True),
            para(_t("pack_goal_note")),
            form(
                *(
                    _t(f"pack_goal_{what}")
                    for what in ("issue", "sentence", "why", "seen", "own", "begins", "when", "lack")
                )
            ),
            para(_t("pack_aar"), "Heading2", new_page=True),
            para(_t("pack_aar_note")),
            form(*(_t(f"pack_aar_{what}") for what in ("expected", "more", "less", "change", "do")), lines=4),
            para(f"{_t('pack_aar_mood')}          **1          2          3          4          5**"),
        )
    )


def _appendix() -> str:
    return "".join(
        (
            para(_t("method"), "Heading2"),
            *(para(_t(f"method_{number}"), "ListBullet") for number in range(1, 5)),
            para(_t("glossary"), "Heading2"),
            *(
                para(_t(f"gloss_{word}"), "ListBullet")
                for word in ("passage", "shared", "emerging", "early", "step", "aar")
            ),
            only_if(
                "set_aside",
                para(_t("set_aside"), "Heading2"),
                listed(
                    (5, 9, 2),
                    (),
                    "item in set_aside",
                    ("{{ item.reason }}", "{{ item.title }}", "{{ item.people }}"),
                    style="CellSmall",
                ),
            ),
            para(_t("settings"), "Heading2"),
            listed((5, 11), (), "key, value in settings", ("{{ key }}", "{{ value }}"), style="CellSmall"),
            only_if(
                "sources",
                para(_t("pack_sources"), "Heading2"),
                listed(
                    (3, 9, 7),
                    tuple(map(_t, ("pack_number", "pack_source", "pack_address"))),
                    "q in sources",
                    ("{{ q.number }}", "{{ [q.where, q.author, q.date] | select | join(' · ') }}", "{{ q.url }}"),
                    style="CellSmall",
                ),
            ),
        )
    )


if __name__ == "__main__":
    Path(__file__).with_name("templates").joinpath("session-pack.docx").write_bytes(make_template())
