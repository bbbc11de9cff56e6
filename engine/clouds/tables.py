"""Every operation Escher knows, from the clouds' own tables; no SDK is imported. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.aws.operations import OPERATIONS as AWS
from engine.clouds.azure.operations import OPERATIONS as AZURE
from engine.clouds.gcp.operations import OPERATIONS as GCP
from engine.clouds.operation import Operation
from engine.estate.resource import CloudName

TABLES: Mapping[CloudName, Mapping[str, Operation]] = {"aws": AWS, "azure": AZURE, "gcp": GCP}
