"""One project's clients: how to sign in, where to call, and how long to wait. Edge; everything here blocks and runs in a thread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.clouds.gcp.names import Project, Wire
from engine.errors import SettingsError
from engine.settings import AccountSettings

if TYPE_CHECKING:
    from google.cloud.compute_v1 import InstancesClient, SnapshotsClient

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
    """All clients of one project. Made in a thread; `timeout_s` holds for each request. Nothing retries: whoever asks decides after looking."""

    def __init__(self, settings: AccountSettings, timeout_s: float) -> None:
        try:
            from google.auth.transport.requests import AuthorizedSession
            from google.cloud import compute_v1
        except ImportError as error:
            raise SettingsError(MISSING) from error
        self.project = Project(settings.id, settings.name)
        self.timeout_s = timeout_s
        self._settings = settings
        self._regions: tuple[str, ...] = ()
        self._endpoint = settings.endpoint.rstrip("/")
        credentials = _credentials(settings)
        # A person's sign-in has no such name, and a machine's own account tells it only once it has signed in.
        self.principal = str(getattr(credentials, "service_account_email", "") or "")
        options = {"api_endpoint": self._endpoint} if self._endpoint else {}
        made: dict[str, Any] = {"credentials": credentials, "transport": "rest", "client_options": options}
        self.instances: InstancesClient = compute_v1.InstancesClient(**made)
        self.snapshots: SnapshotsClient = compute_v1.SnapshotsClient(**made)
        self._rest: Any = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
        for session in self._sessions():
            self._prepare(session)

    def _sessions(self) -> list[Any]:
        # The clients have no way to say whom to trust; the HTTP session inside their transport has.
        clients: list[Any] = [self.instances, self.snapshots]
        return [*(client.transport._session for client in clients), self._rest]  # noqa: SLF001

    def _prepare(self, session: Any) -> None:
        if self._settings.ca_file:
            session.verify = self._settings.ca_file
        # A local cloud is reached directly, whatever proxy the environment names.
        session.trust_env = not self._endpoint

    def rest(self, method: str, service: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None) -> Any:
        """One call of an API that has no client here; its JSON. Raises what `understood` understands."""
        from google.api_core.exceptions import from_http_response

        url = f"{self._endpoint or PUBLIC[service]}{path}"
        response = self._rest.request(
            method, url, params=dict(params or {}), json=body, timeout=self.timeout_s, max_allowed_time=self.timeout_s
        )
        if not response.ok:
            raise from_http_response(response)  # type: ignore[no-untyped-call]
        return response.json()

    def pages(self, service: str, path: str, key: str, params: Mapping[str, str] | None = None) -> list[Wire]:
        """All items of a list, page after page."""
        found: list[Wire] = []
        token: str | None = ""
        while token is not None:
            answer = self.rest("GET", service, path, params={**(params or {}), **({"pageToken": token} if token else {})})
            found.extend(answer.get(key) or ())
            token = answer.get("nextPageToken") or None
        return found

    def scopes(self, collection: str) -> list[Wire]:
        """All of a collection of Compute in every zone and region, and what is global."""
        path, found, token = f"/compute/v1/projects/{self.project.id}/aggregated/{collection}", list[Wire](), ""
        while True:
            answer = self.rest("GET", "compute", path, params={"pageToken": token} if token else None)
            for scope in (answer.get("items") or {}).values():
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
        for session in self._sessions():
            session.close()


def wire(message: Any) -> Wire:
    """A message of the compute client as the JSON it came from, so that mapping has one form to read."""
    found: Wire = json.loads(type(message).to_json(message, always_print_fields_with_no_presence=False, indent=None))
    return found
