"""Token buckets, one for each caller, in a table that cannot grow without end. Pure: the time comes in as an argument."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv6Address


@dataclass(slots=True)
class Bucket:
    """`level` tokens were in it at `at` (seconds of a clock that only goes forward)."""

    level: float
    at: float


@dataclass(slots=True)
class Buckets:
    """`rate` tokens a second flow in, `burst` fit in, one request takes one.

    Holds the `most` callers that came last. One that was forgotten begins anew with a full bucket, so somebody with more addresses than
    that gets more than their share: the limit on requests at once still holds them.
    """

    rate: float
    burst: int
    most: int = 10_000
    _held: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def wait_s(self, caller: str, now: float) -> float:
        """Takes a token and returns 0, or takes none and returns the seconds until there is one."""
        bucket = self._held.setdefault(caller, Bucket(float(self.burst), now))
        self._held.move_to_end(caller)
        while len(self._held) > self.most:
            self._held.popitem(last=False)
        bucket.level = min(float(self.burst), bucket.level + max(0.0, now - bucket.at) * self.rate)
        bucket.at = now
        if bucket.level < 1.0:
            return (1.0 - bucket.level) / self.rate
        bucket.level -= 1.0
        return 0.0

    def __len__(self) -> int:
        return len(self._held)


def neighbourhood(address: str) -> str:
    """The part of an address that one customer holds: all of an IPv4 address, the first 64 bits of an IPv6 one."""
    try:
        six = IPv6Address(address.partition("%")[0])
    except AddressValueError:
        return address
    return str(six.ipv4_mapped) if six.ipv4_mapped else str(IPv6Address(int(six) >> 64 << 64))
