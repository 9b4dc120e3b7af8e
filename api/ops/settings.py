"""What a host may set about serving itself: limits, the proxy in front, figures."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from limits import RateLimitItem, parse
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

Network = IPv4Network | IPv6Network


class ServingSettings(BaseSettings):
    """The part of the settings that says how much is served, to whom, and behind what."""

    limit_reads: str = Field(
        "1200/minute",
        description="Requests that read, per signed-in user, and per address of everybody else.",
    )
    limit_writes: str = Field(
        "120/minute", description="Requests that write, counted in the same way."
    )
    limit_sign_in: str = Field(
        "30/minute", description="Attempts to sign in, per address, whoever it is."
    )
    max_body_mb: int = Field(
        10, ge=1, le=1000, description="Largest body of a request, in megabytes."
    )
    body_seconds: int = Field(
        30, ge=1, le=3600, description="How long the body of a request may take to arrive."
    )
    trusted_proxies: str | None = Field(
        None,
        description=(
            "Addresses or networks of the reverse proxies in front, separated by commas: only "
            "these are believed about who asks and whether that was over https."
        ),
    )
    metrics: bool = Field(
        False, description="Serve figures for Prometheus on /metrics; needs hotspots[metrics]."
    )
    metrics_from: str | None = Field(
        None,
        description="Addresses or networks beside loopback that may read them, with commas.",
    )

    @field_validator("limit_reads", "limit_writes", "limit_sign_in")
    @classmethod
    def _a_limit(cls, text: str) -> str:
        try:
            item = parse(text)
        except ValueError:
            item = None
        if item is None or item.amount < 1:
            raise ValueError("a limit is a number per time, such as 1200/minute")
        return text

    @field_validator("trusted_proxies", "metrics_from")
    @classmethod
    def _addresses(cls, text: str | None) -> str | None:
        try:
            found = _networks(text)
        except ValueError:
            raise ValueError("write addresses or networks, such as 10.1.2.3,10.2.0.0/16") from None
        if any(not each.prefixlen for each in found):
            raise ValueError("a network of every address would trust everybody")
        return text

    @property
    def rate_limits(self) -> dict[str, RateLimitItem]:
        """The three limits, by what they limit: ``reads``, ``writes``, ``sign-in``."""
        return {
            "reads": parse(self.limit_reads),
            "writes": parse(self.limit_writes),
            "sign-in": parse(self.limit_sign_in),
        }

    def may_read_metrics(self, address: str) -> bool:
        """Tell whether a program at `address` may read the figures."""
        try:
            known = ip_address(address)
        except ValueError:
            return False
        return known.is_loopback or any(known in each for each in _networks(self.metrics_from))


def _networks(text: str | None) -> list[Network]:
    return [ip_network(part.strip()) for part in (text or "").split(",") if part.strip()]
