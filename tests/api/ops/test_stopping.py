"""A server that is told to stop finishes what it was asked, and nothing else."""

from contextlib import closing
from pathlib import Path

import pytest

from hotspots.store.register.engine import FILE_NAME
from tests.api.ops.served import FORM, head, read, serving


def test_a_request_in_flight_is_answered_after_the_signal(tmp_path: Path) -> None:
    with serving(tmp_path) as server, closing(server.connect()) as slow:
        body = b"token=nobody"
        told = (f"Content-Type: {FORM}", f"Content-Length: {len(body)}")
        slow.sendall(head(server, "/inloggen", *told) + body[:5])
        assert server.ask("/ready").status == 200  # so the slow one has arrived before it
        register = server.workspace.path / FILE_NAME
        assert register.with_name(f"{FILE_NAME}-wal").exists()
        server.process.terminate()
        server.wait_for_line("Shutting down")
        with pytest.raises(ConnectionRefusedError):
            server.connect()
        assert server.process.poll() is None
        slow.sendall(body[5:])
        answer = read(slow)
        assert 400 <= answer.status < 500
        assert answer.body.rstrip().endswith(b"</html>")
        assert server.process.wait(timeout=120) == 0
        said = [line["message"] for line in server.lines()]
    assert said.index("Shutting down") < said.index("request", said.index("Shutting down"))
    assert "Application shutdown complete." in said
    assert register.exists()
    assert not register.with_name(f"{FILE_NAME}-wal").exists(), "SQLite folds it in when closed"
