import pytest

from ai_server.knowledge.search.features import FEATURES
from ai_server.knowledge.search.learned import BadLearning, load_learned

WEIGHTS = "{" + ", ".join(f"{name}: 1.0" for name in FEATURES) + "}"
WITHOUT = "{" + ", ".join(f"{name}: 1.0" for name in FEATURES[:-1]) + "}"


def written(folder, learned, services="{}"):
    (folder / "learned.yaml").write_text(learned)
    (folder / "services.yaml").write_text(services)
    return folder


def test_what_is_shipped_can_be_read():
    learned = load_learned()
    assert set(learned.weights) == {"aws", "azure", "gcp"}
    assert learned.titles("aws")["ec2"] == "Elastic Compute Cloud EC2"
    assert learned.illustrated("aws")["ec2"] > learned.illustrated("aws")["rds"] > 0
    # What everybody would expect of any weights that were learned: more of the question found is better, more that nobody asked for is worse.
    assert all(weights.with_meaning[name] > 0 for weights in learned.weights.values() for name in ("anywhere", "verb", "number", "meaning"))
    assert learned.weights["aws"].with_meaning["unasked"] < 0


def test_weights_must_be_for_the_features(tmp_path):
    odd = WEIGHTS.replace("meaning", "luck")
    with pytest.raises(BadLearning, match=r"weights\.aws: .*luck"):
        load_learned(written(tmp_path, f"weights: {{aws: {{with_meaning: {odd}, words_alone: {WITHOUT}}}}}\nverbs: {{}}"))


def test_a_cloud_without_weights_is_named(tmp_path):
    with pytest.raises(BadLearning, match="no weights for azure, gcp"):
        load_learned(written(tmp_path, f"weights: {{aws: {{with_meaning: {WEIGHTS}, words_alone: {WITHOUT}}}}}\nverbs: {{}}"))


@pytest.mark.parametrize(("content", "said"), [("[1]", "holds no table"), ("{", "is not YAML")])
def test_a_broken_file_is_named(tmp_path, content, said):
    with pytest.raises(BadLearning, match=said):
        load_learned(written(tmp_path, content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadLearning, match=r"learned\.yaml: No such file"):
        load_learned(tmp_path)
