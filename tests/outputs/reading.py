"""Reads a map document as a browser would, without one."""

import json
import re
from html.parser import HTMLParser

ASSETS = "/static/leaflet"


class Tags(HTMLParser):
    """Collects start tags and the text outside scripts and styles."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._silent = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(data.strip())


def features(document: str) -> list[list[dict[str, str]]]:
    """The properties of the features of each layer, as the page hands them to Leaflet."""
    found = re.findall(r"_add\((\{.*\})\);", document)
    return [[f["properties"] for f in json.loads(layer)["features"]] for layer in found]


def other_hosts(document: str) -> list[str]:
    """Every address in a document that leads to another host."""
    return re.findall(r"(?:https?:|wss?:)?//[\w-]+\.[\w-]+", document)


def files_asked(document: str) -> list[str]:
    """The files that a document loads."""
    tags = [attributes for _, attributes in Tags(document).tags]
    named = [each.get("src") or each.get("href") for each in tags]
    return sorted(filter(None, named))
