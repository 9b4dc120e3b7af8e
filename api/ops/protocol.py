"""HTTP as uvicorn speaks it, with a limit to how long a request may take to begin."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEADERS_S = 10.0
"""How long the first line and the headers of a request may take to arrive, in seconds."""


class ImpatientH11(H11Protocol):
    """Closes a connection whose headers trickle in, so that it cannot be held for ever.

    uvicorn limits the size of headers and how long a connection may rest between requests, not
    how long headers may take.
    """

    headers_s = HEADERS_S
    _deadline: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take in what arrived; wait no longer once a request is whole enough to be served."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self._is_serving():
            self._forget()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.headers_s, self._give_up)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self._is_serving():
            self.transport.close()

    def _is_serving(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        return cycle is not None and not cycle.response_complete
