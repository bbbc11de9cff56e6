"""What level of access an operation needs, from the provider's word and the operation's verb; in doubt it changes something. Pure.

The worst error is a change that is taken for reading. So a verb that only ever changes outvotes a provider's "Read", and an unknown verb is
`unknown`, which everyone treats as a change.
"""

from __future__ import annotations

import re

from ai_server.knowledge.commands.command import Access

LISTING = frozenset({"list", "enumerate"})
_SURELY_READING_TEXT = "get describe search head query scan lookup list show"
SURELY_READING = frozenset(_SURELY_READING_TEXT.split())
"""Verbs that read even where the provider says nothing."""
TAGGING = frozenset({"tag", "untag"})
_CHANGING_TEXT = (
    "accept activate add admit advertise allocate allow apply approve archive assign associate assume attach authorize begin bind cancel change clear "
    "close complete configure confirm connect continue copy create deactivate deallocate decline delete deliver deny deploy deprecate deregister detach "
    "disable disassociate dismiss drain drop edit enable end enroll evict exchange execute expire extend failover finalize flush force forget "
    "grant halt import increase decrease initialize initiate insert install invalidate invite invoke issue join kill launch leave lock "
    "merge migrate modify move notify open override patch pause perform post promote provision publish purchase purge push put reboot rebalance rebuild receive "
    "reconnect record recover redeploy refresh regenerate register reject release reload remove rename renew replace replicate report request "
    "reset reimage resize resend restart restore resume resync retire retry return revoke roll rollback rotate run save scale schedule send set share shutdown "
    "sign split start stop submit subscribe suspend swap switch sync terminate transfer trigger unarchive unassign undelete uninstall unlock unpublish "
    "unregister unsubscribe update upgrade upload withdraw write"
)
CHANGING = frozenset(_CHANGING_TEXT.split())
PERMISSIONS = re.compile(
    r"(Put|Delete|Attach|Detach|Set|Add|Remove|Create|Update).*(Policy|Permission|Permissions|Acl|ACL|RolePolicy|AccessKey|Grant)s?$|"
    r"^(Authorize|Revoke|Grant)[A-Z]"
)
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z]|\d|\b)|[A-Z]?[a-z]+")
IAM: dict[str, Access] = {"List": "list", "Read": "read", "Write": "write", "Tagging": "tagging", "Permissions management": "permissions"}


def words_of(operation: str) -> list[str]:
    """`BatchGetItem` and `batch-get-item`: batch, get, item."""
    return [word.lower() for word in WORD.findall(operation)]


def verb_of(operation: str) -> str:
    """The word that says what is done; `batch` and `admin` only say how."""
    words = words_of(operation)
    return next((word for word in words if word not in ("batch", "admin", "bulk", "transact")), "")


def of_aws(operation: str, level: str) -> Access:
    """From IAM's level of access ('' where the authorisation reference does not know the operation)."""
    verb = verb_of(operation)
    said = IAM.get(level, "unknown")
    if said in ("list", "read"):
        return "write" if verb in CHANGING else said
    if said != "unknown":
        return said
    return by_verb(operation)


def by_verb(operation: str) -> Access:
    """From the name alone, carefully: only verbs that read everywhere read."""
    verb = verb_of(operation)
    if verb in LISTING:
        return "list"
    if verb in SURELY_READING:
        return "read"
    if verb in TAGGING:
        return "tagging"
    if PERMISSIONS.search(operation):
        return "permissions"
    return "write" if verb in CHANGING else "unknown"
