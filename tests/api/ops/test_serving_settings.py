import pytest
from pydantic import ValidationError

from api.settings import Settings


@pytest.mark.parametrize("text", ["", "many", "10", "0/minute", "-1/minute", "10/fortnight"])
@pytest.mark.parametrize("name", ["limit_reads", "limit_writes", "limit_sign_in"])
def test_a_limit_is_a_number_per_time(name: str, text: str) -> None:
    with pytest.raises(ValidationError, match="1200/minute"):
        Settings.model_validate({"workspace": ".", name: text})


@pytest.mark.parametrize("text", ["*", "0.0.0.0/0", "::/0", "10.0.0.1/24", "proxy", "10.0.0.1;"])
@pytest.mark.parametrize("name", ["trusted_proxies", "metrics_from"])
def test_nobody_is_trusted_but_who_is_named(name: str, text: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"workspace": ".", name: text})


@pytest.mark.parametrize("text", ["10.0.0.1", "10.0.0.0/24, 2001:db8::1", "", None])
def test_addresses_and_networks_are_named(text: str | None) -> None:
    settings = Settings.model_validate({"workspace": ".", "trusted_proxies": text})
    assert settings.trusted_proxies == text
