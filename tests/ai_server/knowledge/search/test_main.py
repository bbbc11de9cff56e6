import gzip
import json
import subprocess
import sys


def asked(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "ai_server.knowledge.search", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def test_one_text_by_words_alone_and_it_says_so():
    code, said, _ = asked("--cloud", "aws", "--service", "EC2", "--limit", "3", "stop the instances")
    found = json.loads(said)
    assert code == 0
    assert found["hits"][0]["operation"] == "ec2:StopInstances"
    assert len(found["hits"]) == 3
    assert "by words alone" in found["notes"][0]


def test_a_service_that_is_not_there_is_refused_with_the_nearest():
    code, _, said = asked("--cloud", "aws", "--service", "lamda", "list functions")
    assert code == 2
    assert "lambda" in said


def test_many_texts(tmp_path):
    rows = [
        {"text": "Delete a key pair", "service": "ec2"},
        {"text": "List all VMs", "cloud": "azure"},
        {"text": "stop it", "service": "nowhere"},
    ]
    path = tmp_path / "cases.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    code, said, told = asked("--cloud", "aws", "--cases", str(path))
    lines = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert [line["text"] for line in lines] == [row["text"] for row in rows]
    assert lines[0]["operations"][0] == {"operation": "DeleteKeyPair", "service": "ec2", "command": "aws ec2 delete-key-pair"}
    assert {"operation": "az vm list", "command": "az vm list"} in lines[1]["operations"]
    assert len(lines[0]["operations"]) == 10
    assert "aws has no service 'nowhere'" in told
    assert "3 of 3" in told


def test_bad_files_are_named(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text('{"text": "fine"}\n{"text": 3}\n')
    assert asked("--cloud", "aws", "--cases", str(path))[::2] == (2, f"{path}: line 2: `text` is missing or empty\n")
    assert "No such file" in asked("--cloud", "aws", "--cases", str(tmp_path / "none"))[2]
    path.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in asked("--cloud", "aws", "--cases", str(path))[2]
    assert asked(" ")[0] == 2


def test_a_folder_without_a_model_is_named(tmp_path):
    code, said, _ = asked("--cloud", "azure", "--model", str(tmp_path), "list virtual machines")
    assert code == 0
    assert any("There is no model.onnx in" in note for note in json.loads(said)["notes"])
