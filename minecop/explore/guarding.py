"""Who may read: only the browser that began with the address that was told, only from this machine, and nothing but these pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from secrets import token_urlsafe
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Of content: the pages' own files and nothing else; no frame, no script within a page."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers would not tell where a form comes from either
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

STATIC = "/static/"
"""Where style, script and letters are: nothing of the archive, so that pages that refuse somebody can look like the others."""

_LONGEST = 16_000
"""Bytes of an address's query."""


@dataclass
class Pass:
    """What opens the pages.

    Attributes
    ----------
    port
        That the pages are served at.
    token
        Opens them once, in the first address.
    secret
        What the browser is given for it, and sends each time.
    form
        What stands in every form that changes something: no other site's form has it.
    """

    port: int
    token: str = field(default_factory=lambda: token_urlsafe(24))
    secret: str = field(default_factory=lambda: token_urlsafe(32))
    form: str = field(default_factory=lambda: token_urlsafe(24))

    @property
    def cookie(self) -> str:
        """Name of the cookie: those of one machine are shared by all its ports."""
        return f"minecop-{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a browser of this machine calls it: a name that somebody else's server resolves to it is none of them."""
        return tuple(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]"))

    @property
    def address(self) -> str:
        """The first address."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"

    def admits(self, token: str) -> bool:
        """Tell whether a token opens the pages, which it does once."""
        if not self.token or not compare_digest(token.encode(), self.token.encode()):
            return False
        self.token = ""
        return True

    def knows(self, headers: Headers) -> bool:
        """Tell whether a browser has been given the secret."""
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        held = cookies.get(self.cookie)
        return held is not None and compare_digest(held.value.encode(), self.secret.encode())


Refusal = Callable[[Scope, int], Response]
"""Makes the page that says why something is refused, from its status."""


class Guard:
    """Lets through what may be answered, and adds to each answer what a browser has to hold to.

    Parameters
    ----------
    app
        What answers.
    held
        What opens it.
    refusal
        Makes the page for who may not.
    writes
        Paths that forms may be sent to.
    """

    def __init__(self, app: ASGIApp, held: Pass, refusal: Refusal, writes: Collection[str] = ()) -> None:
        self._app = app
        self._writes = writes
        self._pass = held
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no page opens a socket
            return
        answer: ASGIApp = self._answer(scope) or self._app
        await answer(scope, receive, _guarded(send))

    def _answer(self, scope: Scope) -> Response | None:
        """Return what is answered in place of a page; ``None`` for the page itself."""
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._pass.hosts:
            return self._refusal(scope, 403)
        if len(scope["query_string"]) > _LONGEST:
            return self._refusal(scope, 414)
        if scope["method"] not in {"GET", "HEAD"}:
            if not self._is_own(headers):
                return self._refusal(scope, 403)
            return None if scope["method"] == "POST" and scope["path"] in self._writes else self._refusal(scope, 405)
        if scope["path"].startswith(STATIC):
            return None
        known = self._pass.knows(headers)
        tokens = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        if tokens and scope["path"] == "/":
            if known or self._pass.admits(tokens[0]):
                response = RedirectResponse("/", 303)
                response.set_cookie(self._pass.cookie, self._pass.secret, httponly=True, samesite="strict", path="/")
                return response
            return self._refusal(scope, 403)
        return None if known else self._refusal(scope, 403)

    def _is_own(self, headers: Headers) -> bool:
        """Tell whether a request that would change something comes from one of these pages."""
        return headers.get("origin", "") in {f"http://{host}" for host in self._pass.hosts} and self._pass.knows(
            headers
        )


def _guarded(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")  # nothing of the archive stays in the browser's files
        await send(message)

    return sending
