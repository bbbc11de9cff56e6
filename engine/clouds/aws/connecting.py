"""How clients reach AWS: one TLS context for all of them. Edge.

The SDK makes a context for each client and reads all public authorities into it: half a megabyte and a twentieth of a second a client, and a
sweep opens more than a hundred. Behind a proxy it would not even check certificates; this does.
"""

from __future__ import annotations

import functools
import ssl
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiobotocore.httpsession import AIOHTTPSession


@functools.cache
def trusting(authorities: str) -> ssl.SSLContext:
    """A context that trusts the authorities in this file alone. Raises OSError where it cannot be read."""
    return ssl.create_default_context(cafile=authorities)


@functools.cache
def http_session() -> type[AIOHTTPSession]:
    """The SDK's HTTP session over the shared context; a class, made once the SDK is known to be there."""
    import aiohttp
    from aiobotocore.httpsession import AIOHTTPSession
    from botocore.httpsession import get_cert_path

    class Shared(AIOHTTPSession):  # type: ignore[misc]
        def _create_connector(self, proxy_url: str | None) -> Any:
            del proxy_url  # what lies behind a proxy is checked like everything else
            # `verify` is a file of authorities, or True for the public ones, or False where the person's own AWS settings say so.
            authorities = get_cert_path(self._verify)
            context = trusting(authorities) if authorities else False
            return aiohttp.TCPConnector(limit=self._max_pool_connections, ssl=context, **self._connector_args)

    return Shared
