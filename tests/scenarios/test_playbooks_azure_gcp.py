"""Every playbook of Azure and Google Cloud: planned by the AI server's code, run on the local clouds, its promise read back, and taken back."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import pytest_asyncio

from ai_server.agents.agreement import objection
from ai_server.knowledge.language import Text
from ai_server.knowledge.lint import permission
from ai_server.knowledge.loading import load_knowledge, load_playbooks
from ai_server.knowledge.playbook import NoWayBack, Playbook
from engine.clouds.azure.cloud import AzureCloud
from engine.clouds.cloud import Cloud
from engine.clouds.gcp.cloud import GcpCloud
from engine.clouds.tables import TABLES
from engine.estate.resource import Resource
from engine.execution.promise import missing
from engine.planning.planner import NothingToDo
from tests.sandboxes import Sandbox, azure_sandbox, gcp_sandbox, swept
from tests.scenarios.playbook_cases import AZURE, GCP
from tests.scenarios.playbook_running import EVE, Case, asked, bench

KNOWLEDGE = load_knowledge()
BOOKS = {book.id: book for book in load_playbooks() if book.cloud in ("azure", "gcp")}
CASES = {**AZURE, **GCP}
pytestmark = pytest.mark.asyncio(loop_scope="module")


class Stage:
    """One local cloud with what a sweep saw in it when it was fresh."""

    def __init__(self, sandbox: Sandbox, cloud: Cloud, known: Mapping[str, Resource]) -> None:
        self.sandbox, self.cloud, self.known = sandbox, cloud, known

    async def prepared(self, case: Case) -> Resource:
        """The target as it is once the levers are pulled."""
        await self.sandbox.reset()
        target = self.known[case.target]
        for key, change in case.first:
            if key == "lock":
                where = f"{target.id}/providers/Microsoft.Authorization/locks/keep"
                lock = {"id": where, "name": "keep", "type": "Microsoft.Authorization/locks", "location": "global"}
                await self.sandbox.seed({**lock, "properties": {"level": "CanNotDelete"}})
            elif key == "versioning":
                where, kind = f"{target.id}/blobServices/default", "Microsoft.Storage/storageAccounts/blobServices"
                await self.sandbox.seed({"id": where, "name": "default", "type": kind, "properties": {"isVersioningEnabled": True}})
            else:
                assert await self.sandbox.change(key, **change), key
        return await self.now(target)

    async def now(self, target: Resource) -> Resource:
        found = await self.cloud.read(target)
        assert found is not None, f"{target.name} is gone"
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def azure(tmp_path_factory):
    async with azure_sandbox(tmp_path_factory.mktemp("azure")) as sandbox:
        cloud = AzureCloud(sandbox.accounts)
        yield Stage(sandbox, cloud, (await swept(cloud))[0])
        await cloud.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gcp(tmp_path_factory):
    async with gcp_sandbox(tmp_path_factory.mktemp("gcp")) as sandbox:
        cloud = GcpCloud(sandbox.accounts)
        yield Stage(sandbox, cloud, (await swept(cloud))[0])
        await cloud.close()


async def test_every_playbook_has_a_case_and_every_case_a_playbook():
    assert set(CASES) == set(BOOKS)


@pytest.mark.parametrize("book", AZURE)
async def test_azure(azure, tmp_path, book):
    await tried(BOOKS[book], AZURE[book], azure, tmp_path)


@pytest.mark.parametrize("book", GCP)
async def test_gcp(gcp, tmp_path, book):
    await tried(BOOKS[book], GCP[book], gcp, tmp_path)


async def tried(book: Playbook, case: Case, stage: Stage, folder) -> None:
    before = await stage.prepared(case)
    assert before.native_type in book.native_types
    made = await bench(folder / "journal", stage.cloud, [before], KNOWLEDGE)
    try:
        filed = await made.proposed(book, before, case.given)
        assert tuple(dict.fromkeys(step.operation for step in filed.plan.steps)) == taken(book, before)
        report = await made.run(filed)
        assert report.succeeded, [(one.step.operation, one.state, one.detail) for one in report.steps]
        assert not missing(*promised(book, case), await stage.cloud.read(before), report.steps[-1].produced and "completed")
        await undone(book, before, stage, made, report)
    finally:
        await made.close()


async def undone(book, before, stage, made, report) -> None:
    """Where the playbook has a way back it leads to where it began; where it has none, the run says so too."""
    if isinstance(book.rollback, NoWayBack):
        assert report.undoable == ()
        assert all(one.step.no_way_back for one in report.steps)
        return
    back = await made.run(await made.planner.undo(report, EVE, {}))
    assert back.succeeded, [(one.step.operation, one.state, one.detail) for one in back.steps]
    after = await stage.now(before)
    assert (after.state, dict(after.tags), dict(after.properties)) == (before.state, dict(before.tags), dict(before.properties))


def taken(book: Playbook, target: Resource) -> tuple[str, ...]:
    """The operations of the steps that are for a resource in this state."""
    state = target.state.replace("-", "_")
    return tuple(dict.fromkeys(step.operation for step in book.steps if not step.states or state in step.states))


def promised(book: Playbook, case: Case):
    """The playbook's own promise, and what `$name` stands for in it."""
    kinds = {given.kind: given.text for given in case.given}
    arguments = {parameter.name: kinds[parameter.kind] for parameter in book.parameters if parameter.kind in kinds}
    fixed = {name: value for step in book.steps for name, value in step.arguments.items() if not str(value).startswith("$")}
    return book.verification.promise, {**fixed, **arguments}


@pytest.mark.parametrize("book", BOOKS.values(), ids=lambda book: book.id)
async def test_a_playbook_agrees_with_its_operations_and_its_asks(book):
    operations = TABLES[book.cloud]
    needed = {permission(book, name) for step in book.steps for name in (step.operation, *operations[step.operation].permissions)}
    assert needed <= set(book.permissions)
    for ask in book.asks:
        assert objection(book.action, Text.of(ask), (), KNOWLEDGE.vocabulary) == "", ask
    states = [operations[step.operation].states for step in book.steps if not step.states]
    spoken = {state.replace("-", "_") for known in states for state in known}
    assert not states or not spoken or spoken & set(book.states) or not book.states


async def test_what_is_protected_is_not_even_planned_for_deletion(gcp, tmp_path):
    key = f"sql/{gcp.known['storefront-pg-lab'].account}/storefront-pg-lab"
    target = await gcp.prepared(Case("storefront-pg-lab", first=((key, {"settings/deletionProtectionEnabled": True}),)))
    made = await bench(tmp_path / "journal", gcp.cloud, [target], KNOWLEDGE)
    try:
        reply = await made.planner.propose(asked(BOOKS["gcp-sql-delete"], target, ()))
    finally:
        await made.close()
    assert isinstance(reply, NothingToDo)
    assert [left.reason for left in reply.left_out] == ["has deletion protection on"]


async def test_a_lock_from_above_is_not_taken_off(azure, tmp_path):
    """The resource group's lock guards more than the one resource: the step fails before anything is sent."""
    target = await azure.prepared(Case("stnimbusmailerdev"))
    group = target.id.partition("/providers/")[0]
    where = f"{group}/providers/Microsoft.Authorization/locks/all"
    lock = {"id": where, "name": "all", "type": "Microsoft.Authorization/locks", "location": "global"}
    await azure.sandbox.seed({**lock, "properties": {"level": "CanNotDelete"}})
    guarded = await azure.now(target)
    assert guarded.properties["deletion_protection"] is True
    made = await bench(tmp_path / "journal", azure.cloud, [guarded], KNOWLEDGE)
    try:
        report = await made.run(await made.proposed(BOOKS["azure-storage-unprotect"], guarded, ()))
    finally:
        await made.close()
    assert not report.succeeded
    assert "More protects stnimbusmailerdev than a lock of its own: all (CanNotDelete" in report.steps[0].detail
    assert await azure.sandbox.calls("DELETE") == []
