"""The pages that a role may open, found as a reader finds them: by what leads to them."""

import html
import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import APIRequestContext

from api.access import ACCESS, Routes
from hotspots.register import Role

NO_PAGES = ("/v1", "/static", "/health", "/ready", "/metrics", "/inloggen/")
_LED_TO = re.compile(r'(?:href|src)="([^"#]+)')
_CSRF = re.compile(r'<input[^>]*name="csrf"[^>]*>')
_LANGUAGE = re.compile(r"[?&]lang=nl$")
_MOST_EACH = 2
"""So many things of a kind are opened: two of them are seldom the same."""


def pages_of(role: Role) -> set[str]:
    """Return the paths of the table that a role may open, as templates."""
    return {
        path
        for key, roles in ACCESS.items()
        for method, path in [key.split(" ")]
        if method == "GET" and role in roles and not path.startswith(NO_PAGES)
    }


class Found:
    """What links and frames lead to, from the pages that have a fixed address.

    Parameters
    ----------
    request
        Asks as the reader does, with the same cookies.
    address
        Of the server.
    routes
        Of the app.
    """

    def __init__(self, request: APIRequestContext, address: str, routes: Routes) -> None:
        self._request, self._address, self._routes = request, address, routes
        self.pages: dict[str, list[str]] = {}
        self.files: dict[str, list[str]] = {}
        self.shown: dict[str, str] = {}
        self.refused: list[tuple[str, int]] = []

    def follow(self, templates: set[str]) -> None:
        """Open what leads to each of the templates until nothing new is found."""
        waiting = sorted(each for each in templates if "{" not in each)
        seen = set(waiting)
        while waiting:
            path = waiting.pop(0)
            key = self._routes.find("GET", urlsplit(path).path)
            template = (key or "").removeprefix("GET ")
            known = [*self.pages.get(template, []), *self.files.get(template, [])]
            if template not in templates or len(known) >= (_MOST_EACH if "{" in template else 1):
                continue
            answer = self._request.get(self._address + path)
            if answer.status != 200:
                self.refused.append((path, answer.status))
                continue
            is_page = answer.headers["content-type"].startswith("text/html")
            (self.pages if is_page else self.files).setdefault(template, []).append(path)
            if not is_page:
                continue
            text = answer.text()
            self.shown[path] = _CSRF.sub("", text[max(text.find("<main"), 0) :])
            for found in self._led_to(text, path):
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)

    def _led_to(self, text: str, path: str) -> Iterable[str]:
        for link in _LED_TO.findall(text):
            whole = urljoin(self._address + path, html.unescape(link))
            if whole.startswith(f"{self._address}/"):
                yield _LANGUAGE.sub("", whole.removeprefix(self._address))
