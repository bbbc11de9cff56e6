"""For every playbook of Azure and Google Cloud, what it is tried on in the sandbox. Pure: a table."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.sandbox.estate import AZURE_DEV, GCP_LAB
from engine.request.reading import Given
from tests.scenarios.playbook_running import Case

TAG = (Given("tag_key", "team"), Given("tag_value", "pay"))
OWNER = (Given("tag_key", "owner"),)
ENV = (Given("tag_key", "env"),)
APP = (Given("tag_key", "app"),)
LOCKED = (("lock", {}),)


def number(text: str) -> tuple[Given, ...]:
    return (Given("number", text),)


def size(text: str) -> tuple[Given, ...]:
    return (Given("size", text),)


def _sql(name: str, change: Mapping[str, object]) -> tuple[tuple[str, Mapping[str, object]], ...]:
    return ((f"sql/{GCP_LAB}/{name}", change),)


_SQL_MAIN = f"/subscriptions/{AZURE_DEV}/resourceGroups/rg-storefront-dev/providers/Microsoft.Sql/servers/sql-storefront-dev/databases/main"

AZURE: Mapping[str, Case] = {
    "azure-disk-delete": Case("disk-ledger-dev-restore"),
    "azure-disk-detach": Case("disk-ledger-dev-data"),
    "azure-disk-grow": Case("disk-mailer-dev-spool", number("128")),
    "azure-disk-protect": Case("disk-mailer-dev-spool"),
    "azure-disk-snapshot": Case("disk-mailer-dev-spool"),
    "azure-disk-tag": Case("disk-mailer-dev-spool", TAG),
    "azure-disk-unprotect": Case("disk-mailer-dev-spool", first=LOCKED),
    "azure-disk-untag": Case("disk-mailer-dev-spool", OWNER),
    "azure-snapshot-delete": Case("snap-ledger-dev-data-0114"),
    "azure-snapshot-tag": Case("snap-ledger-dev-data-0114", TAG),
    "azure-snapshot-untag": Case("snap-mailer-dev-spool-0202", APP),
    "azure-sql-enable-multi-az": Case(
        "sql-storefront-dev/main", first=((_SQL_MAIN, {"properties/currentServiceObjectiveName": "GP_Gen5_2"}),)
    ),
    "azure-sql-encrypt": Case("sql-tracker-dev/main"),
    "azure-sql-failover": Case("sql-storefront-dev/main"),
    "azure-sql-protect": Case("sql-storefront-dev/main"),
    "azure-sql-resize": Case("sql-storefront-dev/main", size("S1")),
    "azure-sql-tag": Case("sql-storefront-dev/main", TAG),
    "azure-sql-unprotect": Case("sql-storefront-dev/main", first=LOCKED),
    "azure-sql-untag": Case("sql-storefront-dev/main", APP),
    "azure-postgres-protect": Case("psql-atlas-dev"),
    "azure-postgres-restart": Case("psql-atlas-dev"),
    "azure-postgres-start": Case("psql-atlas-dev-old"),
    "azure-postgres-stop": Case("psql-atlas-dev"),
    "azure-postgres-tag": Case("psql-atlas-dev", TAG),
    "azure-postgres-unprotect": Case("psql-atlas-dev", first=LOCKED),
    "azure-postgres-untag": Case("psql-atlas-dev", OWNER),
    "azure-public-ip-delete": Case("pip-atlas-dev-old"),
    "azure-public-ip-tag": Case("pip-atlas-dev-old", TAG),
    "azure-public-ip-untag": Case("pip-atlas-dev-old", OWNER),
    "azure-storage-block-public-access": Case("stnimbustrackerdev"),
    "azure-storage-enable-versioning": Case("stnimbusmailerdev"),
    "azure-storage-enforce-tls": Case("stnimbusstorefrontdev"),
    "azure-storage-protect": Case("stnimbusmailerdev"),
    "azure-storage-suspend-versioning": Case("stnimbusmailerdev", first=(("versioning", {}),)),
    "azure-storage-tag": Case("stnimbusmailerdev", TAG),
    "azure-storage-unprotect": Case("stnimbusmailerdev", first=LOCKED),
    "azure-storage-untag": Case("stnimbusmailerdev", OWNER),
    "azure-vm-protect": Case("vm-mailer-dev-02"),
    "azure-vm-resize": Case("vm-storefront-dev-02", size("Standard_B1ms")),
    "azure-vm-restart": Case("vm-storefront-dev-01"),
    "azure-vm-start": Case("vm-ledger-dev-02"),
    "azure-vm-stop": Case("vm-storefront-dev-01"),
    "azure-vm-tag": Case("vm-storefront-dev-01", TAG),
    "azure-vm-terminate": Case("vm-storefront-dev-03"),
    "azure-vm-unprotect": Case("vm-mailer-dev-02", first=LOCKED),
    "azure-vm-untag": Case("vm-storefront-dev-01", OWNER),
    "azure-vmss-restart": Case("vmss-atlas-dev"),
    "azure-vmss-scale": Case("vmss-atlas-dev", number("4")),
    "azure-vmss-start": Case("vmss-atlas-dev-batch"),
    "azure-vmss-stop": Case("vmss-atlas-dev"),
    "azure-vmss-tag": Case("vmss-atlas-dev", TAG),
    "azure-vmss-untag": Case("vmss-atlas-dev", OWNER),
    "azure-webapp-restart": Case("app-atlas-dev"),
    "azure-webapp-start": Case("func-atlas-dev"),
    "azure-webapp-stop": Case("app-atlas-dev"),
    "azure-webapp-tag": Case("app-atlas-dev", TAG),
    "azure-webapp-untag": Case("app-atlas-dev", OWNER),
    "azure-aks-nodepool-scale": Case("aks-atlas-dev/batch", number("3")),
    "azure-aks-start": Case("aks-atlas-dev-idle"),
    "azure-aks-stop": Case("aks-atlas-dev"),
    "azure-aks-tag": Case("aks-atlas-dev", TAG),
    "azure-aks-untag": Case("aks-atlas-dev", OWNER),
}
_RUNNING = "storefront-lab-1"
_SPOOL = "mailer-lab-spool"
_PG = "storefront-pg-lab"
_MYSQL = "mailer-mysql-lab"
_MACHINE = f"projects/{GCP_LAB}/zones/europe-west1-b/instances/{_RUNNING}"
_BUCKET = f"{GCP_LAB}-mailer"

GCP: Mapping[str, Case] = {
    "gcp-address-delete": Case("atlas-lab-old"),
    "gcp-address-tag": Case("atlas-lab-front", TAG),
    "gcp-address-untag": Case("atlas-lab-old", OWNER),
    "gcp-bucket-block-public-access": Case(f"{GCP_LAB}-storefront"),
    "gcp-bucket-enable-versioning": Case(_BUCKET),
    "gcp-bucket-suspend-versioning": Case(_BUCKET, first=((f"b/{_BUCKET}", {"versioning/enabled": True}),)),
    "gcp-bucket-tag": Case(f"{GCP_LAB}-storefront", TAG),
    "gcp-bucket-untag": Case(_BUCKET, OWNER),
    "gcp-disk-delete": Case(_SPOOL),
    "gcp-disk-detach": Case("tracker-lab-scratch"),
    "gcp-disk-grow": Case("atlas-lab-shared", number("200")),
    "gcp-disk-snapshot": Case(_SPOOL),
    "gcp-disk-tag": Case("atlas-lab-shared", TAG),
    "gcp-disk-untag": Case(_SPOOL, OWNER),
    "gcp-gke-nodepool-scale": Case("atlas-lab/default-pool", number("3")),
    "gcp-gke-tag": Case("atlas-lab", TAG),
    "gcp-gke-untag": Case("atlas-lab", OWNER),
    "gcp-instance-protect": Case(_RUNNING),
    "gcp-instance-resize": Case("ledger-lab-2", size("e2-small")),
    "gcp-instance-restart": Case(_RUNNING),
    "gcp-instance-start": Case("ledger-lab-2"),
    "gcp-instance-stop": Case(_RUNNING),
    "gcp-instance-tag": Case(_RUNNING, TAG),
    "gcp-instance-terminate": Case("mailer-lab-2"),
    "gcp-instance-unprotect": Case(_RUNNING, first=((_MACHINE, {"deletionProtection": True}),)),
    "gcp-instance-untag": Case(_RUNNING, OWNER),
    "gcp-mig-scale": Case("atlas-lab-web", number("3")),
    "gcp-pubsub-purge": Case("atlas-lab-events-worker"),
    "gcp-pubsub-tag": Case("atlas-lab-events-worker", TAG),
    "gcp-pubsub-untag": Case("atlas-lab-events-worker", OWNER),
    "gcp-snapshot-delete": Case("mailer-lab-spool-0202"),
    "gcp-snapshot-tag": Case("mailer-lab-spool-0202", TAG),
    "gcp-snapshot-untag": Case("mailer-lab-spool-0202", APP),
    "gcp-sql-backup-delete": Case(f"{_PG}/1774539607722"),
    "gcp-sql-delete": Case(_PG),
    "gcp-sql-enable-backups": Case(_MYSQL),
    "gcp-sql-enable-multi-az": Case(_PG),
    "gcp-sql-enforce-tls": Case(_MYSQL),
    "gcp-sql-failover": Case(_PG, first=_sql(_PG, {"settings/availabilityType": "REGIONAL"})),
    "gcp-sql-protect": Case(_PG),
    "gcp-sql-resize": Case(_PG, size("db-g1-small")),
    "gcp-sql-restart": Case(_PG),
    "gcp-sql-snapshot": Case(_PG),
    "gcp-sql-start": Case("ledger-pg-lab"),
    "gcp-sql-stop": Case(_PG),
    "gcp-sql-tag": Case(_MYSQL, TAG),
    "gcp-sql-unprotect": Case(_PG, first=_sql(_PG, {"settings/deletionProtectionEnabled": True})),
    "gcp-sql-untag": Case(_PG, ENV),
}
