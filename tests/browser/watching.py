"""What every test in a browser looks at: the pages, and what the browser complains of."""

from playwright.sync_api import ConsoleMessage, Page, Request

WIDTHS = (1280, 390)
HOTSPOTS = ("/hotspots", "/hotspots?lang=en&months=12", "/hotspots?theme=youth_reports")
PLACES = ("/hotspots/36m-burglary-001", "/hotspots/36m-burglary-002?lang=en")
RUNS = ("/runs", "/runs/latest")
PAGES = (
    "/",
    "/?lang=en",
    "/?sort=count",
    *HOTSPOTS,
    *PLACES,
    "/samen",
    "/signalen",
    "/cameras",
    "/cameras?lang=en&site=P1",
    *RUNS,
    "/uitleg",
)
MAP = "/maps/latest/burglary/wijk"
HOTSPOTS_MAP = "/maps/latest/hotspots/burglary/36"
MAPS = (MAP, HOTSPOTS_MAP, "/maps/latest/composite", "/maps/latest/signals", "/maps/latest/cameras")


class Watched:
    """A page that remembers every request to another host and every complaint of the browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address
        self.complaints: list[str] = []
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def visit(self, path: str) -> None:
        """Open a page and wait until it and its frames are loaded."""
        self.page.goto(self._address + path, wait_until="load")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._address}/", "data:")):
            self.complaints.append(f"asked {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)
