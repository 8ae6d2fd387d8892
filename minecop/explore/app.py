"""The pages as a web application: addresses, templates, languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

import minecop.report
from minecop.core.errors import MinecopError
from minecop.explore.addresses import LISTS, PATHS, NotAskedError, NotThereError, asking_of, number_of
from minecop.explore.deciding import UNDO, Desk, Wanted
from minecop.explore.guarding import Guard, Pass
from minecop.explore.pages import Pages
from minecop.explore.searching import MODES, Search
from minecop.explore.splitting import PARTED, Draft, Form, Looking, decides, looking_at, next_address, rows_in, spans_of
from minecop.explore.splitting import PATH as SPLIT
from minecop.explore.words import PageWords

LANGUAGES = ("th", "en")

_OWN_PATH = re.compile(r"/(?![/\\\\])[\x21-\x7e]*")
"""A path of these pages, to which a form may lead back."""

_TEMPLATES = Path(__file__).parent / "templates"
_REPORT = Path(minecop.report.__file__).parent
_FILES = {
    "report.css": (_REPORT / "templates" / "report.css", "text/css; charset=utf-8"),
    "explore.css": (_TEMPLATES / "explore.css", "text/css; charset=utf-8"),
    "explore.js": (_TEMPLATES / "explore.js", "text/javascript; charset=utf-8"),
    "icon.svg": (_TEMPLATES / "icon.svg", "image/svg+xml"),
    "Sarabun-Regular.woff2": (_REPORT / "fonts" / "Sarabun-Regular.woff2", "font/woff2"),
    "Sarabun-Bold.woff2": (_REPORT / "fonts" / "Sarabun-Bold.woff2", "font/woff2"),
}
"""What the pages need beside themselves: these files and no others, by no path."""

_A_DAY = 86_400


@dataclass(frozen=True)
class Shown:
    """How the pages are shown.

    Attributes
    ----------
    lang
        That they open in.
    read_only
        Whether they say that they are there for reading only.
    buddhist
        Whether years are Buddhist ones; ``None`` for what is usual in the language.
    """

    lang: str = "th"
    read_only: bool = False
    buddhist: bool | None = None


_DECIDE = "/decide"
_LONGEST_FORM = 1_000_000
"""Bytes of a form: one that splits something off names every passage that leaves."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _file(name: str) -> tuple[bytes, str, str]:
    path, kind = _FILES[name]
    content = path.read_bytes()
    return content, kind, sha256(content).hexdigest()[:16]


def make_app(search: Search, held: Pass, shown: Shown, desk: Desk | None = None) -> ASGIApp:
    """Return the application that shows a run.

    Parameters
    ----------
    search
        Over the index of the run.
    held
        What opens the pages.
    shown
        How they are shown.
    desk
        Takes decisions; ``None`` where none can be taken.
    """
    site = _Site(search, held, shown, None if shown.read_only else desk)
    routes = [
        Route("/", site.start),
        Route("/search", site.search),
        Route("/thread/{number}", site.thread),
        Route("/like/{number}", site.like),
        *(Route(f"/{name}", site.listed(name)) for name in LISTS),
        *(Route(f"/{path}/{{number}}", site.group(facet)) for facet, path in PATHS.items()),
        Route("/decisions", site.decisions),
        Route("/correct/{number}", site.correct),
        Route(_DECIDE, site.decide, methods=["POST"]),
        *(Route(f"{SPLIT}/{PATHS[facet]}/{{number}}", site.split(facet)) for facet in PARTED),
        Route(SPLIT, site.choose, methods=["POST"]),
        Route("/static/{name}", _static),
    ]

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return site.refusal(request.scope, status)

    app = Starlette(routes=routes, exception_handlers={HTTPException: refused, Exception: refused})
    app.router.redirect_slashes = False
    return Guard(app, held, site.refusal, (_DECIDE, SPLIT) if site.decides else ())


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _FILES:
        raise HTTPException(404)
    content, kind, _ = _file(name)
    return Response(content, media_type=kind, headers={"Cache-Control": f"private, max-age={_A_DAY}"})


class _Site:
    """Answers requests; each method is one kind of page."""

    def __init__(self, search: Search, held: Pass, shown: Shown, desk: Desk | None) -> None:
        self._pages = Pages(search)
        self._search = search
        self._desk = desk
        self._pass = held
        self._shown = shown
        self._drafts: dict[tuple[str, int], Draft] = {}

    # ---- pages

    def start(self, request: Request) -> Response:
        words = self._words(request.scope)
        return self._page("start", request, words, self._pages.start(words), here="start")

    def search(self, request: Request) -> Response:
        words = self._words(request.scope)
        view = _told(lambda: self._pages.results(asking_of(request.query_params), words))
        return self._page("results", request, words, view | {"head": None}, query=view["query"])

    def thread(self, request: Request) -> Response:
        words = self._words(request.scope)
        view = _told(lambda: self._pages.thread(_number(request), _page_of(request), words))
        return self._page("thread", request, words, view)

    def like(self, request: Request) -> Response:
        words = self._words(request.scope)
        return self._page("like", request, words, _told(lambda: self._pages.like(_number(request), words)))

    def listed(self, name: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            words, values = self._words(request.scope), request.query_params
            status = values.get("status", "")
            if status and (
                name != "issues" or status not in {issue["status"] for issue in self._pages.groups["issues"] if issue}
            ):
                raise HTTPException(400)
            page = _told(lambda: _page_of(request))
            view = self._pages.listed(name, page, values.get("part", "")[:100], status, words)
            return self._page("list", request, words, view, here=name)

        return answer

    def group(self, facet: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            words = self._words(request.scope)
            view = _told(lambda: self._pages.of_group(facet, _number(request), asking_of(request.query_params), words))
            return self._page("results", request, words, view, query=view["query"])

        return answer

    # ---- decisions

    @property
    def decides(self) -> bool:
        """Whether decisions can be taken."""
        return self._desk is not None

    def decisions(self, request: Request) -> Response:
        words = self._words(request.scope)
        view = _told(lambda: self._pages.decisions(_page_of(request), words))
        return self._page("decisions", request, words, view, here="decisions")

    def correct(self, request: Request) -> Response:
        words = self._words(request.scope)
        if not self.decides:
            raise HTTPException(404)
        return self._page("correct", request, words, _told(lambda: self._pages.correct(_number(request), words)))

    def split(self, facet: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            words, values = self._words(request.scope), request.query_params
            if not self.decides:
                raise HTTPException(404)
            looking = _told(lambda: looking_at(facet, _number(request), values))
            draft, lacks = self._draft(looking), values.get("lacks", "")
            return self._page(
                "split", request, words, _told(lambda: self._pages.splitting.view(looking, draft, lacks, words))
            )

        return answer

    async def choose(self, request: Request) -> Response:
        """Keep what is chosen to be split off, until it is decided."""
        desk, form = await self._form(request)
        return await run_in_threadpool(self._chosen, desk, request, form)

    def _chosen(self, desk: Desk, request: Request, form: Form) -> Response:
        words, splitting = self._words(request.scope), self._pages.splitting
        looking = _told(lambda: looking_at(form.get("facet", ""), number_of(form.get("number", "")), form))
        draft = _told(lambda: splitting.changed(self._draft(looking), looking, form))
        self._drafts[looking.facet, looking.number] = draft
        if not decides(looking, form):
            return RedirectResponse(_told(lambda: next_address(looking, form)), 303)
        if lacks := splitting.lacks(looking, draft):
            return RedirectResponse(looking.address(lacks=lacks), 303)
        who, rows = self._cookie(request.scope, "who"), tuple(sorted(draft.rows))
        wanted = Wanted(f"{looking.facet}s", "split", str(looking.number), draft.title, who=who, rows=rows)
        return self._decided(desk, request, words, wanted, looking.address(), sure=False)

    def _draft(self, looking: Looking) -> Draft:
        return self._drafts.get((looking.facet, looking.number), Draft())

    async def decide(self, request: Request) -> Response:
        """Show what a decision would do, and with who decides and that it is meant, keep it."""
        words = self._words(request.scope)
        desk, form = await self._form(request)
        who = " ".join((form.get("who") or self._cookie(request.scope, "who")).split())
        values = {name: form.get(name, "").strip() for name in ("kind", "action", "target", "to", "note")}
        rows = _told(lambda: rows_in(form.get("passages", ""), len(self._search.index)))
        wanted = Wanted(**values, who=who, rows=rows)
        back = form.get("back", "")
        if not _OWN_PATH.fullmatch(back):
            back = "/decisions"
        return await run_in_threadpool(self._decided, desk, request, words, wanted, back, "sure" in form)

    async def _form(self, request: Request) -> tuple[Desk, Form]:
        """Return what takes decisions, and what a form of these pages says."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST_FORM:
                raise HTTPException(400)
        form = ImmutableMultiDict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        if self._desk is None or not compare_digest(form.get("form", "").encode(), self._pass.form.encode()):
            raise HTTPException(403)
        return self._desk, form

    def _decided(
        self, desk: Desk, request: Request, words: PageWords, wanted: Wanted, back: str, sure: bool
    ) -> Response:
        splits = wanted.action == "split" and wanted.kind.removesuffix("s") in PARTED and wanted.target.isdecimal()
        looking = Looking(wanted.kind.removesuffix("s"), int(wanted.target)) if splits else None
        try:
            if not (sure and wanted.who):
                view = {"wanted": wanted, "back": back, "seen": desk.seen(wanted, words), "asks": sure}
                view["spans"] = spans_of(wanted.rows)
                view["counts"] = self._pages.splitting.counts(looking, wanted.rows, words) if looking else ""
                return self._page("confirm", request, words, view)
            decision, index = desk.keep(wanted)
        except MinecopError as error:
            values = {"title": words("decide_not"), "note": error.text(words.lang), "back": back}
            return self._render("error", request.scope, words, values, status=400)
        self._search = self._search.of(index)
        self._pages = Pages(self._search)
        if looking:
            self._drafts.pop((looking.facet, looking.number), None)
            back = (self._pages.decision(decision, words) or {}).get("url") or looking.group
        gone = wanted.action in {"hide", "merge", UNDO}
        response = RedirectResponse(
            f"{'/decisions' if gone else back}{'&' if '?' in back and not gone else '?'}done={decision}", 303
        )
        self._keep(response, "who", quote(wanted.who))
        return response

    def refusal(self, scope: Scope, status: int) -> Response:
        """Return the page that says why there is no other."""
        words = self._words(scope)
        known = status if status in {400, 403, 404, 405, 414} else 500
        values = {
            "title": words(f"error_{known}"),
            "note": words(f"error_{known}_note"),
            "guarded": known == 403,
            "done": None,
        }
        return self._render("error", scope, words, values, status=status)

    # ---- what pages have in common

    def _words(self, scope: Scope) -> PageWords:
        asked = dict(_query_of(scope)).get("lang", "")
        kept = self._cookie(scope, "lang")
        lang = next((one for one in (asked, kept) if one in LANGUAGES), self._shown.lang)
        return PageWords(lang, self._shown.buddhist)

    def _cookie(self, scope: Scope, name: str) -> str:
        try:
            cookie = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(f"{self._pass.cookie}-{name}")
        except CookieError:
            return ""
        return unquote(cookie.value) if cookie else ""

    def _keep(self, response: Response, name: str, value: str) -> None:
        """Let the browser keep a value for a year; see ``_cookie``."""
        cookie = f"{self._pass.cookie}-{name}"
        response.set_cookie(cookie, value, max_age=365 * _A_DAY, httponly=True, samesite="strict", path="/")

    def _page(self, name: str, request: Request, words: PageWords, view: dict[str, Any], **more: Any) -> Response:
        response = self._render(name, request.scope, words, view | more)
        if request.query_params.get("lang") in LANGUAGES:
            self._keep(response, "lang", words.lang)
        return response

    def _has_decisions(self) -> bool:
        return self.decides or bool(self._pages.groups["decisions"]["th"])

    def _render(self, name: str, scope: Scope, words: PageWords, values: dict[str, Any], status: int = 200) -> Response:
        other = next(lang for lang in LANGUAGES if lang != words.lang)
        asked = _query_of(scope)
        query = [(key, value) for key, value in asked if key not in {"lang", "token", "done"}]
        same = f"{scope['path']}?{urlencode([*query, ('lang', other)])}" if status == 200 else f"/?lang={other}"
        if scope["method"] == "POST" and (
            back := values.get("back")
        ):  # what was sent cannot be asked for in another language
            same = f"{back}{'&' if '?' in back else '?'}lang={other}"
        common = {
            "t": words,
            "u": PageWords(other, self._shown.buddhist),
            "lang": words.lang,
            "other": other,
            "other_url": same,
            "archive": self._pages.groups["name"],
            "nav": [
                ("start", "/"),
                *((name, f"/{name}") for name in (*LISTS, *(["decisions"] if self._has_decisions() else []))),
            ],
            "decides": self.decides,
            "form": self._pass.form,
            "who": self._cookie(scope, "who"),
            "here_path": f"{scope['path']}?{urlencode(query)}" if query else scope["path"],
            "back": "",
            "done": self._pages.decision(dict(asked).get("done", ""), words),
            "read_only": self._shown.read_only,
            "masked": self._pages.groups["masked"],
            "modes": MODES,
            "here": "",
            "query": None,
            "guarded": False,
            "file": lambda file: f"/static/{file}?{_file(file)[2]}",
        }
        return HTMLResponse(_environment().get_template(f"{name}.html.j2").render(common | values), status)


def _query_of(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"))


def _told(make: Callable[[], Any]) -> Any:
    """Return what is made; what an address names and is not there, or is no number, is told as such."""
    try:
        return make()
    except NotThereError as error:
        raise HTTPException(404) from error
    except NotAskedError as error:
        raise HTTPException(400) from error


def _number(request: Request) -> int:
    try:
        return number_of(request.path_params["number"])
    except NotAskedError as error:
        raise NotThereError from error


def _page_of(request: Request) -> int:
    return max(1, number_of(request.query_params.get("page") or "1"))
