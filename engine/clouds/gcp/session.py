"""One project's connection to Google's REST APIs: how to sign in, where to call, and how long to wait. Edge; everything here blocks and runs in a thread.

Over google-auth alone: importing Google's client of Compute took 150 MB of memory and five seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.gcp.answers import Refusal, whole
from engine.clouds.gcp.names import Project, Wire
from engine.errors import SettingsError
from engine.settings import AccountSettings

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
MISSING = 'Google Cloud needs its SDK, which is not installed: pip install "escher-ops[gcp]".'
PUBLIC: Mapping[str, str] = {
    "compute": "https://compute.googleapis.com",
    "sql": "https://sqladmin.googleapis.com",
    "storage": "https://storage.googleapis.com",
    "container": "https://container.googleapis.com",
    "pubsub": "https://pubsub.googleapis.com",
    "monitoring": "https://monitoring.googleapis.com",
    "projects": "https://cloudresourcemanager.googleapis.com",
}


def _credentials(settings: AccountSettings) -> Any:
    """Raises SettingsError for a reference that means nothing here, and when nobody is signed in."""
    import google.auth
    from google.auth.credentials import AnonymousCredentials
    from google.auth.exceptions import DefaultCredentialsError

    if settings.credentials == "sandbox":
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
    if settings.credentials != "default":
        raise SettingsError(f"Account {settings.name}: Google knows no credentials {settings.credentials!r}.", hint="Use `default`.")
    try:
        found, _ = google.auth.default(scopes=list(SCOPES))
    except DefaultCredentialsError as error:
        hint = "Sign in with `gcloud auth application-default login`."
        raise SettingsError(f"Account {settings.name}: no Google credentials were found: {error}.", hint=hint) from error
    return found


class GcpSession:
    """Calls of one project over one connection pool. Made in a thread; `timeout_s` holds for each request.

    Nothing retries, and no redirection is followed: whoever asks decides after looking.
    """

    def __init__(self, settings: AccountSettings, timeout_s: float) -> None:
        try:
            from google.auth.transport.requests import AuthorizedSession
        except ImportError as error:
            raise SettingsError(MISSING) from error
        self.project = Project(settings.id, settings.name)
        self.timeout_s = timeout_s
        self._regions: tuple[str, ...] = ()
        self._endpoint = settings.endpoint.rstrip("/")
        credentials = _credentials(settings)
        # A person's sign-in has no such name, and a machine's own account tells it only once it has signed in.
        self.principal = str(getattr(credentials, "service_account_email", "") or "")
        self._session: Any = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
        if settings.ca_file:
            self._session.verify = settings.ca_file
        # A local cloud is reached directly, whatever proxy the environment names.
        self._session.trust_env = not self._endpoint

    def rest(self, method: str, service: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None) -> Any:
        """One call of an API; its JSON. Raises what `understood` understands."""
        response = self._session.request(
            method,
            f"{self._endpoint or PUBLIC[service]}{path}",
            params=dict(params or {}),
            json=body,
            timeout=self.timeout_s,
            max_allowed_time=self.timeout_s,
            allow_redirects=False,
        )
        if not 200 <= response.status_code < 300:
            raise Refusal(response.status_code, _told(response), str(response.headers.get("Retry-After") or ""))
        return response.json()

    def pages(self, service: str, path: str, key: str, params: Mapping[str, str] | None = None) -> list[Wire]:
        """All items of a list, page after page. Raises Partial when Google says itself that some are missing."""
        found: list[Wire] = []
        token: str | None = ""
        while token is not None:
            answer = self.rest("GET", service, path, params={**(params or {}), **({"pageToken": token} if token else {})})
            whole(answer)
            found.extend(answer.get(key) or ())
            token = answer.get("nextPageToken") or None
        return found

    def scopes(self, collection: str) -> list[Wire]:
        """All of a collection of Compute in every zone and region, and what is global. Raises as `pages`."""
        path, found, token = f"/compute/v1/projects/{self.project.id}/aggregated/{collection}", list[Wire](), ""
        while True:
            answer = self.rest("GET", "compute", path, params={"pageToken": token} if token else None)
            whole(answer)
            for place, scope in (answer.get("items") or {}).items():
                whole(scope, place)
                found.extend(scope.get(collection) or ())
            token = str(answer.get("nextPageToken") or "")
            if not token:
                return found

    def regions(self) -> tuple[str, ...]:
        """The regions of this project, asked once. Raises what `understood` understands."""
        if not self._regions:
            listed = self.pages("compute", f"/compute/v1/projects/{self.project.id}/regions", "items")
            self._regions = tuple(sorted(str(region["name"]) for region in listed))
        return self._regions

    def close(self) -> None:
        self._session.close()


def _told(response: Any) -> Any:
    """The JSON of a refusal; a proxy's page as the text it is."""
    from requests.exceptions import JSONDecodeError

    try:
        return response.json()
    except JSONDecodeError:
        return response.text
