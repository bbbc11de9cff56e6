"""Requests of our own set that ask for a change, each with the condition on raw rows that says what is meant. Data."""

from __future__ import annotations

from typing import Any

from tests.evaluation.truth import (
    AMERICA,
    ASIA,
    BUCKET,
    DB,
    DISK,
    FRANKFURT,
    SINGAPORE,
    VM,
    Test,
    app,
    env,
    idle,
    no_backups,
    off,
    on,
    public,
    tag,
    unencrypted,
)  # fmt: skip


def of(**wanted: Any) -> Test:
    """A condition from facts: each is a value or a tuple of alternatives."""
    read = {
        "type": lambda row: row["type"], "cloud": lambda row: row["cloud"], "region": lambda row: row["region"], "name": lambda row: row["name"],
        "account": lambda row: row["account_name"], "env": env, "app": app, "owner": lambda row: tag(row, "owner"),
        "team": lambda row: tag(row, "team"), "cost_center": lambda row: tag(row, "cost-center"), "keep": lambda row: tag(row, "keep"),
        "on": on, "off": off, "idle": idle, "public": public, "unencrypted": unencrypted, "no_backups": no_backups,
        "attached": lambda row: row["properties"].get("attached"), "gb": lambda row: row["properties"].get("size_gb", 0),
        "engine": lambda row: f"{row['properties'].get('engine', '')}{row['properties'].get('database_version', '')}".lower()[:5],
        "cost": lambda row: row["monthly_cost"], "cpu": lambda row: row["metrics"].get("cpu_avg_7d", 101),
        "open": lambda row: any(rule["cidr"] == "0.0.0.0/0" for rule in row["properties"].get("ingress", ())),
    }  # fmt: skip

    def holds(row: dict[str, Any]) -> bool:
        return all(_fits(read[key](row), value) for key, value in wanted.items())

    return holds


def _fits(found: Any, value: Any) -> bool:
    if callable(value):
        return bool(value(found))
    return found in value if isinstance(value, tuple) else found == value


def but(one: Test, *others: Test) -> Test:
    return lambda row: one(row) and not any(other(row) for other in others)


def both(*parts: Test) -> Test:
    return lambda row: any(part(row) for part in parts)


dev, uat, prod, sandbox = "development", "staging", "production", "sandbox"
ENGINEERING, PREPROD, LIVE, HARBOUR = "Quayside Engineering", "quayside-preprod", "quayside-live", "Harbour Production EU"

# (text, action, condition)
PLANS: tuple[tuple[str, str, Test], ...] = (
    ("power down every dev vm in frankfurt", "stop", of(type=VM, env=dev, region=FRANKFURT)),
    ("shut the uat boxes off please", "stop", of(type=VM, env=uat)),
    ("spin up the deallocated production virtual machines on azure", "start", of(type=VM, env=prod, cloud="azure", off=True)),
    ("can you bounce search-web-01 in quayside-preprod?", "restart", of(name="search-web-01", account=PREPROD)),
    ("would you mind turning off the data machines in us-west-2", "stop", of(type=VM, app="data", region="us-west-2")),
    ("please have the sandbox instances stopped", "stop", of(type=VM, env=sandbox)),
    ("I want the tracking vms in quay-az-dev stopped", "stop", of(type=VM, app="tracking", account="quay-az-dev")),
    ("the events servers in uat need to be restarted", "restart", of(type=VM, app="events", env=uat)),
    ("the dev vms in us-east4 should be shut down", "stop", of(type=VM, env=dev, region="us-east4")),
    ("get rid of the unattached volumes in Quayside Engineering", "delete", of(type=DISK, attached=False, account=ENGINEERING)),
    ("turn off public access for the gcp buckets in quay-trial-204", "block", of(type=BUCKET, account="quay-trial-204")),
    ("start every stopped vm owned by will", "start", of(type=VM, off=True, owner="will")),
    ("stop may's instances in development", "stop", of(type=VM, owner="may", env=dev)),
    ("stop all search machines in us-east4 and us-west-2", "stop", of(type=VM, app="search", region=("us-east4", "us-west-2"))),
    ("halt the non-prod vms of the roads team", "stop", but(of(type=VM, team="roads"), of(env=prod))),
    ("power off all dev servers but not the ones in europe", "stop", but(of(type=VM, env=dev), of(region=FRANKFURT))),
    ("stop the development vms, but keep the ones tagged keep=yes", "stop", but(of(type=VM, env=dev), of(keep="yes"))),
    ("shut down the uat vms without the billing ones", "stop", but(of(type=VM, env=uat), of(app="billing"))),
    ("deallocate all dev azure vms except search and tracking", "stop", but(of(type=VM, env=dev, cloud="azure"), of(app=("search", "tracking")))),
    ("pause billing-mysql-a in Quayside Engineering", "stop", of(name="billing-mysql-a", account=ENGINEERING)),
    ('wake up "billing-mysql-a" in quayside-live', "start", of(name="billing-mysql-a", account=LIVE)),
    ("reboot `az-events-app-dev`", "restart", of(name="az-events-app-dev")),
    ("restart az-events-app-dev and az-tracking-app-dev", "restart", of(name=("az-events-app-dev", "az-tracking-app-dev"))),
    ("stop search-node-prod-1, data-node-prod-1 and tracking-node-prod-1", "stop", of(name=("search-node-prod-1", "data-node-prod-1", "tracking-node-prod-1"))),
    ("stop search-web-01, data-web-01 and events-web-01 in uat", "stop", of(name=("search-web-01", "data-web-01", "events-web-01"), account=PREPROD)),
    ("start stop-signs-queue-dev-1", "start", of(name="stop-signs-queue-dev-1")),
    ("stop the stop-signs vms in dev", "stop", of(type=VM, app="stop-signs", env=dev)),
    ("stop the search servers in uat", "stop", of(type=VM, app="search", env=uat)),
    ("stop the data app's vms in quay-az-dev", "stop", of(type=VM, app="data", account="quay-az-dev")),
    ("shut down everything of the search app in dev", "stop", of(app="search", env=dev)),
    ("stop everything tagged team=lake in uat", "stop", of(team="lake", env=uat)),
    ("terminate the stopped instances in quay-trial-204", "terminate", of(type=VM, off=True, account="quay-trial-204")),
    ("destroy search-api-01 in quayside-playground", "terminate", of(name="search-api-01", account="quayside-playground")),
    ("delete the detached disks over 200 gb in dev", "delete", of(type=DISK, attached=False, env=dev, gb=lambda gb: gb > 200)),
    ("take a snapshot of billing-disk-develop", "snapshot", of(name="billing-disk-develop")),
    ("back up tracking-postgres-a in quayside-preprod", "snapshot", of(name="tracking-postgres-a", account=PREPROD)),
    ("snapshot every disk in quay-trial-204", "snapshot", of(type=DISK, account="quay-trial-204")),
    ("tag the uat vms in frankfurt with review=2026", "tag", of(type=VM, env=uat, region=FRANKFURT)),
    ("label all of jonas's gcp machines with cost-center=9000", "tag", of(type=VM, owner="jonas", cloud="gcp")),
    ("please set the tag keep=yes on search-queue-dev-1", "tag", of(name="search-queue-dev-1")),
    ("remove the tag keep from az-search-app-dev", "untag", of(name="az-search-app-dev")),
    ("could somebody take a look and untag owner from search-queue-dev-1", "untag", of(name="search-queue-dev-1")),
    ("drop the label cost-center from billing-node-prod-1", "untag", of(name="billing-node-prod-1")),
    ("turn on deletion protection for billing-node-prod-1", "protect", of(name="billing-node-prod-1")),
    ("block public access on the data buckets in uat", "block", of(type=BUCKET, app="data", env=uat)),
    ("make the buckets of the lake team in dev private", "block", of(type=BUCKET, team="lake", env=dev, public=True)),
    ("lock down quaydataprd", "block", of(name="quaydataprd")),
    ("stop the idle dev machines", "stop", of(type=VM, env=dev, idle=True)),
    ("switch off idle vms in asia", "stop", of(type=VM, idle=True, region=ASIA)),
    ("turn the singapore vms of app search off", "stop", of(type=VM, app="search", region=SINGAPORE)),
    ("stop dev vms costing more than $150", "stop", of(type=VM, env=dev, cost=lambda cost: cost > 150)),
    ("stop dev instances with cpu under 3%", "stop", of(type=VM, env=dev, cpu=lambda cpu: cpu < 3)),
    ("stop the vms tagged cost-center=4711 in dev", "stop", of(type=VM, cost_center="4711", env=dev)),
    ("stop vms with cost-center: 4712 in quay-trial-204", "stop", of(type=VM, cost_center="4712", account="quay-trial-204")),
    ("could you shut down all instances in 456789012345 in us-west-2?", "stop", of(type=VM, account=ENGINEERING, region="us-west-2")),
    ("stop both idle search vms in quay-az-dev and quay-trial-204", "stop", of(type=VM, idle=True, app="search", account=("quay-az-dev", "quay-trial-204"))),
    ("stop the {n} running vms in quayside-playground", "stop", of(type=VM, on=True, account="quayside-playground")),
    ("start the {n} stopped dev vms in us-east4", "start", of(type=VM, env=dev, off=True, region="us-east4")),
    ("hey, could you please go ahead and reboot the uat data boxes for me, thanks", "restart", of(type=VM, env=uat, app="data")),
    ("let's stop the dev and uat machines of billing", "stop", of(type=VM, env=(dev, uat), app="billing")),
    ("stop dev and test vms on gcp or azure", "stop", of(type=VM, env=dev, cloud=("gcp", "azure"))),
    ("stop the databases and vms of tracking in uat", "stop", of(type=(VM, DB), app="tracking", env=uat)),
    ("stop mysql in Quayside Engineering", "stop", of(type=DB, engine="mysql", account=ENGINEERING)),
    ("power down the postgres databases in dev", "stop", of(type=DB, engine="postg", env=dev)),
    ("stop rds instances in preprod", "stop", of(type=DB, cloud="aws", env=uat)),
    ("stop cloud sql in dev", "stop", of(type=DB, cloud="gcp", env=dev)),
    ("bring down the vms in the quay-trial-204 project", "stop", of(type=VM, account="quay-trial-204")),
    ("all dev vms in germany: stop", "stop", of(type=VM, env=dev, region=FRANKFURT)),
    ("uat instances in oregon, please stop them", "stop", of(type=VM, env=uat, region="us-west-2")),
    ("I need you to kill az-data-job-dev", "terminate", of(name="az-data-job-dev")),
    ("we want to decommission the stopped vms in dev", "terminate", of(type=VM, env=dev, off=True)),
    ("reboot every machine of team roads in production", "restart", of(type=VM, team="roads", env=prod)),
    ("stop all vms in the us except production", "stop", but(of(type=VM, region=AMERICA), of(env=prod))),
    ("stop vms in europe that are neither prod nor uat", "stop", but(of(type=VM, region=FRANKFURT), of(env=(prod, uat)))),
    ("stop dev vms that aren't idle", "stop", of(type=VM, env=dev, idle=False)),
    ("stop dev vms, leave jonas's alone", "stop", but(of(type=VM, env=dev), of(owner="jonas"))),
    ("stop all dev vms but not those of will or jonas", "stop", but(of(type=VM, env=dev), of(owner=("will", "jonas")))),
    ("STOP ALL UAT VMS NOW!!!", "stop", of(type=VM, env=uat)),
    ("shutdown li.wei@quayside.example's uat instances", "stop", of(type=VM, env=uat, owner="li.wei@quayside.example")),
    ("stop the vms in Harbour Production EU", "stop", of(type=VM, account=HARBOUR)),
    ("stop ec2 in quayside-playground", "stop", of(type=VM, account="quayside-playground")),
    ("take the uat tracking servers offline", "stop", of(type=VM, app="tracking", env=uat)),
    ("resume the stopped gcp vms in non-production", "start", but(of(type=VM, cloud="gcp", off=True), of(env=prod))),
    ("stop all vms belonging to team roads outside production", "stop", but(of(type=VM, team="roads"), of(env=prod))),
    ("terminate all idle vms in dev except anything tagged keep=yes", "terminate", but(of(type=VM, env=dev, idle=True), of(keep="yes"))),
    ("no, stop the dev vms", "stop", of(type=VM, env=dev)),
    ("stop dev vms, don't stop billing", "stop", but(of(type=VM, env=dev), of(app="billing"))),
    ("stop the uat vms but don't touch the tracking ones", "stop", but(of(type=VM, env=uat), of(app="tracking"))),
    ("stop all vms but prod and uat", "stop", but(of(type=VM), of(env=(prod, uat)))),
    ("The uat vms are idle. Stop them.", "stop", of(type=VM, env=uat, idle=True)),
    ("the data vms in uat need restarting", "restart", of(type=VM, app="data", env=uat)),
    ("stop data and search vms in uat", "stop", of(type=VM, env=uat, app=("data", "search"))),
    ("delete the data disks in dev", "delete", of(type=DISK, app="data", env=dev)),
    ("turn on the dev vms that are off", "start", of(type=VM, env=dev, off=True)),
    ("stop the uat vms in frankfurt and the dev vms in oregon", "stop", both(of(type=VM, env=uat, region=FRANKFURT), of(type=VM, env=dev, region="us-west-2"))),
    ("stop uat vms unless idle", "stop", of(type=VM, env=uat, idle=False)),
    ("remove public access from all gcp buckets except quay-live-118-data", "block", but(of(type=BUCKET, cloud="gcp"), of(name="quay-live-118-data"))),
    ("@escher stop t3.small vms in dev", "stop", lambda row: of(type=VM, env=dev)(row) and row["properties"].get("instance_type") == "t3.small"),
    ("stop untagged vms in uat", "stop", lambda row: row["type"] == VM and env(row) == uat and not row["tags"]),
)  # fmt: skip

# (text, earlier messages, action, condition)
THREADS: tuple[tuple[str, tuple[str, ...], str, Test], ...] = (
    ("stop them all", ("show me the running data vms in uat",), "stop", of(type=VM, on=True, app="data", env=uat)),
    ("restart those", ("list idle azure vms in dev",), "restart", of(type=VM, idle=True, cloud="azure", env=dev)),
    ("ok, stop these", ("which gcp vms in dev are running?", "and only those in frankfurt?"), "stop", of(type=VM, cloud="gcp", env=dev, on=True, region="europe-west3")),
    ("the one in quayside-preprod", ("stop billing-web-01",), "stop", of(name="billing-web-01", account=PREPROD)),
    ("the staging one", ("reboot data-api-01",), "restart", of(name="data-api-01", account=PREPROD)),
    ("delete them", ("show unattached disks in quay-az-dev",), "delete", of(type=DISK, attached=False, account="quay-az-dev")),
    ("stop the ones in us-east4", ("list the running events and data vms in gcp dev",), "stop", of(type=VM, on=True, app=("events", "data"), cloud="gcp", env=dev, region="us-east4")),
    ("tag them with sweep=done", ("show stopped dev vms",), "tag", of(type=VM, env=dev, off=True)),
)  # fmt: skip

# (text, ((action, condition), …))
SEVERAL: tuple[tuple[str, tuple[tuple[str, Test], ...]], ...] = (
    ("stop az-search-job-dev and start az-billing-app-dev", (("stop", of(name="az-search-job-dev")), ("start", of(name="az-billing-app-dev")))),
    ("stop the idle uat vms and then reboot the data vms in quay-az-dev", (("stop", of(type=VM, idle=True, env=uat)), ("restart", of(type=VM, app="data", account="quay-az-dev")))),
    ("stop dev vms on gcp and sandbox vms on aws", (("stop", of(type=VM, env=dev, cloud="gcp")), ("stop", of(type=VM, env=sandbox, cloud="aws")))),
    ("stop search-web-01 in quayside-preprod and billing-web-01 in Quayside Engineering", (("stop", of(name="search-web-01", account=PREPROD)), ("stop", of(name="billing-web-01", account=ENGINEERING)))),
    ("shut down the gcp dev and the aws uat machines", (("stop", of(type=VM, env=dev, cloud="gcp")), ("stop", of(type=VM, env=uat, cloud="aws")))),
    ("start the stopped dev vms; stop the idle sandbox vms", (("start", of(type=VM, env=dev, off=True)), ("stop", of(type=VM, idle=True, env=sandbox)))),
)  # fmt: skip
