"""How a method of a Google API is typed with gcloud: rules, and a table for what no rule gives. Pure.

A form is kept only where gcloud itself has the command, so a rule can miss and never invent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

GROUPS: dict[str, str] = {
    "accesscontextmanager": "access-context-manager",
    "aiplatform": "ai",
    "alloydb": "alloydb",
    "apigateway": "api-gateway",
    "apikeys": "services api-keys",
    "appengine": "app",
    "artifactregistry": "artifacts",
    "backupdr": "backup-dr",
    "batch": "batch",
    "bigtableadmin": "bigtable",
    "billingbudgets": "billing budgets",
    "binaryauthorization": "container binauthz",
    "certificatemanager": "certificate-manager",
    "cloudasset": "asset",
    "cloudbilling": "billing",
    "cloudbuild": "builds",
    "clouddeploy": "deploy",
    "cloudfunctions": "functions",
    "cloudkms": "kms",
    "cloudscheduler": "scheduler",
    "cloudtasks": "tasks",
    "composer": "composer",
    "compute": "compute",
    "container": "container",
    "dataflow": "dataflow",
    "dataplex": "dataplex",
    "dataproc": "dataproc",
    "datastream": "datastream",
    "dns": "dns",
    "eventarc": "eventarc",
    "file": "filestore",
    "firestore": "firestore",
    "gkebackup": "container backup-restore",
    "gkehub": "container fleet",
    "iam": "iam",
    "iap": "iap",
    "logging": "logging",
    "managedkafka": "managed-kafka",
    "memcache": "memcache",
    "metastore": "metastore",
    "monitoring": "monitoring",
    "networkconnectivity": "network-connectivity",
    "networkmanagement": "network-management",
    "networksecurity": "network-security",
    "networkservices": "network-services",
    "notebooks": "workbench",
    "orgpolicy": "org-policies",
    "osconfig": "compute os-config",
    "privateca": "privateca",
    "pubsub": "pubsub",
    "recommender": "recommender",
    "redis": "redis",
    "run": "run",
    "secretmanager": "secrets",
    "securitycenter": "scc",
    "servicedirectory": "service-directory",
    "servicenetworking": "services vpc-peerings",
    "serviceusage": "services",
    "spanner": "spanner",
    "sqladmin": "sql",
    "storage": "storage",
    "storagetransfer": "transfer",
    "vpcaccess": "compute networks vpc-access",
    "workflowexecutions": "workflows",
    "workflows": "workflows",
    "workstations": "workstations",
}
"""The group of each API, without `gcloud`."""

BETA_BESIDE = frozenset({"sql instances patch"})
"""Commands that take more in beta than generally (labels), and are kept in both; else a beta is kept only where there is nothing else."""

COLLECTIONS: dict[str, str] = {
    "alertPolicies": "policies",
    "backendServices": "backend-services",
    "backupRuns": "backups",
    "billingAccounts": "accounts",
    "cryptoKeyVersions": "keys versions",
    "cryptoKeys": "keys",
    "firewalls": "firewall-rules",
    "globalAddresses": "addresses",
    "globalForwardingRules": "forwarding-rules",
    "globalNetworkEndpointGroups": "network-endpoint-groups",
    "globalOperations": "operations",
    "instanceGroupManagers": "instance-groups managed",
    "instanceGroups": "instance-groups unmanaged",
    "keyRings": "keyrings",
    "networkFirewallPolicies": "network-firewall-policies",
    "nodeGroups": "sole-tenancy node-groups",
    "nodeTemplates": "sole-tenancy node-templates",
    "nodeTypes": "sole-tenancy node-types",
    "notifications": "buckets notifications",
    "resourceRecordSets": "record-sets",
    "responsePolicyRules": "response-policies rules",
    "regionOperations": "operations",
    "subnetworks": "networks subnets",
    "uptimeCheckConfigs": "uptime",
    "zoneOperations": "operations",
}
VERBS: dict[str, tuple[str, ...]] = {
    "get": ("describe",),
    "insert": ("create",),
    "patch": ("update", "patch"),
    "setDeletionProtection": ("update",),
    "setLabels": ("update", "add-labels"),
    "setMetadata": ("add-metadata",),
    "setTags": ("add-tags",),
    "update": ("update", "patch"),
    "publish": ("publish",),
}
"""gcloud's word for a method, where it is not the method's own in lower case."""

EXACT: dict[str, str] = {
    "appengine.apps.services.versions.create": "gcloud app deploy",
    "cloudbuild.projects.builds.create": "gcloud builds submit",
    "cloudfunctions.projects.locations.functions.create": "gcloud functions deploy",
    "cloudresourcemanager.folders.create": "gcloud resource-manager folders create",
    "cloudresourcemanager.folders.delete": "gcloud resource-manager folders delete",
    "cloudresourcemanager.folders.get": "gcloud resource-manager folders describe",
    "cloudresourcemanager.folders.list": "gcloud resource-manager folders list",
    "cloudresourcemanager.folders.move": "gcloud resource-manager folders move",
    "cloudresourcemanager.folders.patch": "gcloud resource-manager folders update",
    "cloudresourcemanager.organizations.get": "gcloud organizations describe",
    "cloudresourcemanager.organizations.getIamPolicy": "gcloud organizations get-iam-policy",
    "cloudresourcemanager.organizations.search": "gcloud organizations list",
    "cloudresourcemanager.organizations.setIamPolicy": "gcloud organizations set-iam-policy",
    "cloudresourcemanager.projects.create": "gcloud projects create",
    "cloudresourcemanager.projects.delete": "gcloud projects delete",
    "cloudresourcemanager.projects.get": "gcloud projects describe",
    "cloudresourcemanager.projects.getIamPolicy": "gcloud projects get-iam-policy",
    "cloudresourcemanager.projects.list": "gcloud projects list",
    "cloudresourcemanager.projects.move": "gcloud projects move",
    "cloudresourcemanager.projects.patch": "gcloud projects update",
    "cloudresourcemanager.projects.setIamPolicy": "gcloud projects set-iam-policy",
    "cloudresourcemanager.projects.undelete": "gcloud projects undelete",
    "compute.disks.createSnapshot": "gcloud compute disks snapshot",
    "compute.projects.get": "gcloud compute project-info describe",
    "compute.projects.setCommonInstanceMetadata": "gcloud compute project-info add-metadata",
    "container.projects.locations.clusters.nodePools.setSize": "gcloud container clusters resize",
    "container.projects.locations.clusters.setResourceLabels": "gcloud container clusters update",
    "container.projects.locations.clusters.updateMaster": "gcloud container clusters upgrade",
    "container.projects.locations.getServerConfig": "gcloud container get-server-config",
    "logging.entries.list": "gcloud logging read",
    "run.projects.locations.services.create": "gcloud run deploy",
    "secretmanager.projects.secrets.addVersion": "gcloud secrets versions add",
    "cloudkms.projects.locations.keyRings.cryptoKeys.decrypt": "gcloud kms decrypt",
    "cloudkms.projects.locations.keyRings.cryptoKeys.encrypt": "gcloud kms encrypt",
    "cloudkms.projects.locations.keyRings.cryptoKeys.updatePrimaryVersion": "gcloud kms keys set-primary-version",
    "pubsub.projects.subscriptions.acknowledge": "gcloud pubsub subscriptions ack",
    "pubsub.projects.subscriptions.modifyAckDeadline": "gcloud pubsub subscriptions modify-message-ack-deadline",
    "run.projects.locations.jobs.run": "gcloud run jobs execute",
    "sql.sslCerts.delete": "gcloud sql ssl client-certs delete",
    "sql.sslCerts.get": "gcloud sql ssl client-certs describe",
    "sql.sslCerts.insert": "gcloud sql ssl client-certs create",
    "sql.sslCerts.list": "gcloud sql ssl client-certs list",
    "sql.users.update": "gcloud sql users set-password",
    "storage.objects.copy": "gcloud storage cp",
    "storage.objects.delete": "gcloud storage rm",
    "storage.objects.insert": "gcloud storage cp",
    "storage.objects.rewrite": "gcloud storage cp",
}
"""Forms that no rule gives."""
DECLARED = {
    "create": "create",
    "delete": "delete",
    "describe": "get",
    "list": "list",
    "update": "patch",
    "import": "import",
    "export": "export",
}
"""The method of a declared command that names none."""
PLACES = frozenset({"projects", "locations", "regions", "zones", "apps", "global", "folders", "organizations", "billingAccounts"})
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def kebab(name: str) -> str:
    """`setMachineType`: `set-machine-type`."""
    return CAPITAL.sub("-", name).lower()


def beta_kept(words: str, general: Collection[str]) -> bool:
    """Whether a beta command (without `gcloud beta`) is kept: of an API that people operate, and without a generally available one."""
    of_interest = any(words.startswith(f"{group} ") for group in GROUPS.values())
    return words in BETA_BESIDE or (of_interest and f"gcloud {words}" not in general)


def by_declaration(declared: Mapping[str, tuple[str, str]], known: Collection[str]) -> dict[str, str]:
    """The command of each method that a declared command names."""
    found: dict[str, str] = {}
    for command, (collection, method) in sorted(declared.items()):
        called = method or DECLARED.get(command.rpartition(" ")[2], "")
        if called and command in known:
            found.setdefault(f"{collection}.{called}", command)
    return found


def form(operation: str, api: str, declared: Mapping[str, str], known: Collection[str]) -> str:
    """The gcloud command of a method, or '' where none is sure."""
    if (exact := EXACT.get(operation)) in known:
        return str(exact)
    if operation in declared:
        return declared[operation]
    return next((one for one in _guesses(operation, api) if one in known), "")


def _guesses(operation: str, api: str) -> Iterator[str]:
    group = GROUPS.get(api)
    parts = operation.split(".")[1:]
    # Where a method exists for projects, folders and organisations alike, the command stands with the project's.
    if group is None or (parts[0] in PLACES and parts[0] not in ("projects", "apps") and len(parts) > 2):
        return
    chain = [_collection(api, part) for part in parts[:-1] if part not in PLACES or (part == "billingAccounts" and len(parts) == 2)]
    verbs = VERBS.get(parts[-1], ()) or (kebab(parts[-1]),)
    for start in range(len(chain)):
        tail = " ".join(chain[start:])
        for verb in verbs:
            if group.split()[-1] == tail:
                yield f"gcloud {group} {verb}"
            yield f"gcloud {group} {tail} {verb}"


def _collection(api: str, part: str) -> str:
    if api == "compute" and part.startswith("region") and part[6:7].isupper():
        part = part[6].lower() + part[7:]
    return COLLECTIONS.get(part, kebab(part))
