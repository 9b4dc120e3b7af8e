"""What others run: the compose file, the image and the locks hold what the pages say of them."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from api.ops.bodies import MAX_HEADERS_BYTES, MAX_TARGET_BYTES
from api.ops.protocol import HEADERS_S
from api.settings import Settings
from hotspots.cli import app
from hotspots.cli.serving import GRACE_S

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker")
LOCKS = sorted(ROOT.glob("requirements*.lock"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


# ---------------------------------------------------------------- compose
def test_there_is_a_web_a_worker_and_a_database() -> None:
    assert SERVICES.keys() == {"web", "worker", "database"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_may_do_as_little_as_it_can(service: str) -> None:
    made = SERVICES[service]
    assert made["read_only"] is True
    assert made["cap_drop"] == ["ALL"]
    assert "cap_add" not in made
    assert not made.get("privileged")
    assert "no-new-privileges:true" in made["security_opt"]
    assert str(made["user"]) not in ("", "0", "root")
    assert made["pids_limit"] > 0
    assert made["mem_limit"]
    assert made["restart"] == "unless-stopped"
    assert made["healthcheck"]["test"][0] == "CMD"
    assert not [each for each in made["volumes"] if each.startswith((".", "/", "~"))]


@pytest.mark.parametrize("service", SERVICES)
def test_secrets_are_files_and_stand_in_no_variable(service: str) -> None:
    made = SERVICES[service]
    assert set(made["secrets"]) <= COMPOSE["secrets"].keys()
    for name, text in made["environment"].items():
        is_secret = re.search("PASSWORD|SECRET|DATABASE_URL|TOKEN|KEY", name)
        assert not is_secret or name.endswith("_FILE"), name
        if name.endswith("_FILE"):
            assert Path(text).name in made["secrets"]
            assert Path(text).parent == Path("/run/secrets")
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("service", OURS)
def test_every_setting_that_it_gives_is_one(service: str) -> None:
    known = {f"HOTSPOTS_{name.upper()}" for name in Settings.model_fields}
    assert set(SERVICES[service]["environment"]) <= known


def test_the_settings_are_allowed() -> None:
    given = {
        name.removeprefix("HOTSPOTS_").lower(): re.sub(r"\$\{.*\}", "https://a.example", text)
        for name, text in SERVICES["web"]["environment"].items()
        if not name.endswith("_FILE")
    }
    settings = Settings.model_validate({"workspace": "/data", **given})
    networks = COMPOSE["networks"]["outside"]["ipam"]["config"]
    assert [settings.trusted_proxies] == [each["gateway"] for each in networks]


@pytest.mark.parametrize("service", OURS)
def test_it_starts_a_command_that_exists(service: str) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    name, *words = SERVICES[service]["command"]
    context = group.commands[name].make_context(name, list(words))
    assert context.params["workspace"] == Path("/data")


def test_only_the_host_itself_reaches_the_web_and_nobody_the_rest() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    for service in ("worker", "database"):
        assert "ports" not in SERVICES[service]
        assert SERVICES[service]["networks"] == ["inside"]


def test_the_server_has_time_to_finish_what_it_was_asked() -> None:
    assert int(SERVICES["web"]["stop_grace_period"].removesuffix("s")) > GRACE_S


@pytest.mark.parametrize("service", OURS)
def test_what_tells_its_health_is_python_that_compiles(service: str) -> None:
    *_, program = SERVICES[service]["healthcheck"]["test"]
    compile(program, service, "exec")


# ---------------------------------------------------------------- the page for who runs it
def typed() -> list[str]:
    """Return the commands of ours in docs/operations.md: typed, in a unit, or by cron."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.findall(
        r"(?:^|ExecStart=\S*/|\* +|run --rm (?:web|worker) )(?:hotspots )?"
        r"((?:init|user|serve|worker|backup|restore|audit|purge|migrate) .*)$",
        "\n".join(re.findall(r"^```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)),
        re.MULTILINE,
    )
    assert len(found) > 8
    return found


@pytest.mark.parametrize("line", typed())
def test_every_command_that_is_to_be_run_exists(line: str) -> None:
    command: Any = get_command(app)
    words = shlex.split(line)
    while isinstance(command, TyperGroup):
        command = command.commands[words.pop(0)]
    command.make_context(str(command.name), words)


def test_the_limits_that_it_tells_are_the_ones_that_hold() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    told = {
        "Requests that read, per user or address": f"{defaults['limit_reads']}",
        "Requests that write, per user or address": f"{defaults['limit_writes']}",
        "Attempts to sign in, per address": f"{defaults['limit_sign_in']}",
    }
    for what, limit in told.items():
        assert f"| {what} | {limit.replace('/', ' a ')} |" in text
    body = f"| {defaults['max_body_mb']} MB, within {defaults['body_seconds']} seconds |"
    assert body in text
    assert f"| {MAX_TARGET_BYTES:,} bytes |" in text
    assert f"| {MAX_HEADERS_BYTES:,} bytes, within {HEADERS_S:g} seconds |" in text


# ---------------------------------------------------------------- the image
def test_the_image_serves_with_a_command_that_exists() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    (command,) = re.findall(r"^CMD \[(.*)\]$", DOCKERFILE, re.MULTILINE)
    name, *words = [word.strip('"') for word in shlex.split(command.replace(",", " "))]
    assert group.commands[name].make_context(name, words).params["workspace"] == Path("/data")


def test_the_image_is_no_root_and_installs_only_what_is_locked() -> None:
    (user,) = re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)
    assert user == SERVICES["web"]["user"]
    installs = re.findall(r"pip install (.*)", DOCKERFILE)
    assert all("--require-hashes" in each or "--no-deps" in each for each in installs)


# ---------------------------------------------------------------- the locks
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_library_has_one_version_and_its_hashes(lock: Path) -> None:
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries = [line.split() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    assert len(entries) > 50
    for requirement, *rest in entries:
        assert re.fullmatch(r"[a-z0-9.\[\]_-]+==[^\s*]+", requirement), requirement
        hashes = [each for each in rest if each.startswith("--hash=")]
        assert hashes, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes)


def test_the_locks_agree_with_one_another() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(
            r"^([a-z0-9_-]+)==([^\s;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE
        ):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
