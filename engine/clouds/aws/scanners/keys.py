"""KMS keys that the account manages itself, under the name of their alias. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Place, Raw, Scanner, built, known, tags_of
from engine.estate.resource import Resource

KIND = Kind("key", "AWS::KMS::Key", "kms", "key")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    """The key, None for one that AWS keeps for a service: nobody but AWS changes it, and nobody but AWS calls one `alias/aws/…`."""
    aliases = sorted(one["AliasName"].removeprefix("alias/") for one in raw.get("Aliases", []))
    if not _own(raw) or any(name.startswith("aws/") for name in aliases):
        return None
    own_id = raw["KeyId"]
    properties = {
        "key_id": own_id,
        "key_spec": raw.get("KeySpec") or raw.get("CustomerMasterKeySpec", ""),
        "usage": raw.get("KeyUsage", "").lower(),
        "origin": raw.get("Origin", "").lower(),
        **known(rotation=raw.get("KeyRotationEnabled")),
    }
    name = aliases[0] if aliases else own_id
    state = _words(raw.get("KeyState", "Enabled"))
    return built(KIND, place, Facts(own_id, name, state, tags_of(raw.get("Tags"), "TagKey", "TagValue"), properties))


def _words(state: str) -> str:
    """`PendingDeletion` → `pending-deletion`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in state).lstrip("-")


def _own(raw: Raw) -> bool:
    return raw.get("KeyManager") == "CUSTOMER"


def _rotates(raw: Raw) -> bool:
    """Whether there is a rotation to ask about: of symmetric keys whose material is AWS's, and that are not about to go."""
    spec = raw.get("KeySpec") or raw.get("CustomerMasterKeySpec")
    return _own(raw) and spec == "SYMMETRIC_DEFAULT" and raw.get("Origin", "AWS_KMS") == "AWS_KMS" and raw["KeyState"] != "PendingDeletion"


SCANNER = Scanner(
    kind=KIND,
    operation="kms:ListKeys",
    everything=Ask("list_keys", ("Keys",)),
    given=lambda own_id: {"KeyId": own_id},
    item_id="KeyId",
    to_resource=to_resource,
    details=(
        Detail("kms:DescribeKey", lambda raw: Ask("describe_key", ("KeyMetadata",), {"KeyId": raw["KeyId"]}), needed=True),
        Detail("kms:ListAliases", lambda raw: Ask("list_aliases", ("Aliases",), {"KeyId": raw["KeyId"]}), many="Aliases", when=_own),
        Detail(
            "kms:GetKeyRotationStatus",
            lambda raw: Ask("get_key_rotation_status", (), {"KeyId": raw["KeyId"]}),
            lambda answer: {"KeyRotationEnabled": answer["KeyRotationEnabled"]},
            absent=frozenset({"UnsupportedOperationException"}),
            when=_rotates,
        ),
        Detail("kms:ListResourceTags", lambda raw: Ask("list_resource_tags", ("Tags",), {"KeyId": raw["KeyId"]}), many="Tags", when=_own),
    ),
)
