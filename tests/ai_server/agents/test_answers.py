"""Questions about operations: commands, equivalents, practices, capabilities."""

from __future__ import annotations

import pytest

from ai_server.agents.answers import MOST_CITED
from ai_server.wire import Answer, Refusal, Unknown
from tests.ai_server.asking import ask, knowledge, question, vm


@pytest.mark.parametrize(
    ("message", "command"),
    [
        ("how do I stop an azure vm from the command line?", "az vm deallocate --name <vm> --resource-group <group>"),
        ("what's the command to reboot an rds instance", "aws rds reboot-db-instance --db-instance-identifier <name> --region <region>"),
        ("how can i make a gcs bucket private", "gcloud storage buckets update gs://<bucket> --public-access-prevention"),
        ("how to delete a disk snapshot on gcp", "gcloud compute snapshots delete <snapshot> --project <project>"),
        ("how would I shut an ec2 instance down?", "aws ec2 stop-instances --instance-ids <instance-id> --region <region>"),
        ("how do you start Cloud SQL instances", "gcloud sql instances patch <instance> --activation-policy=ALWAYS --project <project>"),
    ],
)
def test_how_something_is_typed(message, command):
    answer = question(message)
    assert isinstance(answer, Answer)
    assert answer.commands[0] == command
    assert len(answer.commands) <= 2
    assert answer.citations[0].kind == "playbook"


def test_without_a_cloud_all_three_are_shown():
    answer = question("how do I stop a vm?")
    assert {citation.id.split("-")[0] for citation in answer.citations} == {"aws", "azure", "gcp"}


def test_a_question_is_not_a_wish_even_with_orders():
    answer = ask("how do I stop g1, an azure vm?", [("stop", "g1")], [vm("g1", "azure")])
    assert isinstance(answer, Answer)


def test_what_a_cloud_has_not_is_answered_with_the_reason():
    assert question("how do I stop an azure sql database?").text.startswith("Azure SQL Database has no stop")


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("what is the gcp equivalent of an rds instance?", "Cloud SQL"),
        ("what's azure's version of S3?", "Azure Blob Storage"),
        ("which aws service corresponds to cosmos", "Amazon DynamoDB"),
        ("aws counterpart of app engine", "AWS Elastic Beanstalk"),
        ("is there something like gke in azure, an alternative?", "Azure Kubernetes Service"),
        ("what does google call lambda", "Cloud Run functions"),
        ("what is bigquery called on aws", "Amazon Redshift"),
        ("azure equivalent of a kubernetes cluster", "Azure Kubernetes Service"),
    ],
)
def test_equivalents(message, names):
    answer = question(message)
    assert isinstance(answer, Answer)
    assert names in answer.text
    assert answer.citations[0].kind == "equivalent"


def test_every_name_of_every_service_is_found():
    for row in knowledge().equivalents:
        for cloud, names in row.services.items():
            other = next(wanted for wanted in ("aws", "azure", "gcp") if wanted != cloud)
            for name in (*names, *row.aliases[cloud]):
                answer = question(f"what is the {other} equivalent of {name}?")
                assert isinstance(answer, Answer), name
                assert any(service in answer.text for service in row.services[other]) or answer.citations[0].id != row.id, (
                    name,
                    answer.text,
                )


@pytest.mark.parametrize(
    ("message", "practice"),
    [
        ("best practices for database backups", "database-backups"),
        ("how often should I rotate access keys?", "short-credentials"),
        ("any advice on public buckets", "private-buckets"),
        ("should we stop dev machines at the weekend?", "stop-idle-machines"),
    ],
)
def test_practices(message, practice):
    answer = question(message)
    assert practice in [citation.id for citation in answer.citations]
    assert "Sources:" in answer.text


def test_what_can_be_done_is_told_for_what_is_named():
    answer = question("what can you do with azure vms?")
    assert "Stop (deallocate) Azure virtual machines" in answer.text
    assert "EC2" not in answer.text


@pytest.mark.parametrize("message", ["hello", "", "the weather?", "how do I reboot a gke cluster", "best practice for gardening", "???"])
def test_what_is_not_known_is_said_to_be_unknown(message):
    assert isinstance(question(message), Unknown)


@pytest.mark.parametrize(
    "message",
    [
        "how do I stop an ec2 instance?",
        "how do I stop a gke cluster?",
        "what is rds called on gcp?",
        "best practices for backups",
        "what can you do with disks in azure?",
        "what can you do?",
    ],
)
def test_every_kind_of_answer_names_its_sources(message):
    said = question(message)
    assert isinstance(said, Answer), said
    assert said.citations
    assert len(said.citations) <= MOST_CITED


def test_an_equivalent_names_the_documents_that_set_the_services_side_by_side():
    assert "Sources: Azure Architecture Center" in question("what is rds called on gcp?").text


def test_a_refusal_with_a_reason_of_the_library_cites_it():
    said = ask("drain g1", [("drain", "g1")], [vm("g1", "gcp")])
    assert isinstance(said, Refusal)
    assert [(one.kind, one.id) for one in said.citations] == [("playbook", "absent/gcp: drain compute_instance")]
    assert said.citations[0].title == said.reason
