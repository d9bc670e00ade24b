"""Breaks the vault: it is gone, its access policy denies the job, or does not let another account's copy in."""

from collections.abc import Callable

from tests.diagnosis.generated import conditions, messages
from tests.diagnosis.generated.calls import calls
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.world import Json, document


def _policy(scene: Scene, vault: str) -> Json:
    policy: Json = scene.world.vault(vault).setdefault("AccessPolicy", document())
    return policy


def vault_missing(scene: Scene, turn: int) -> None:
    """The vault that the job puts its recovery point into was deleted; one of a like name is there."""
    arn = scene.things["vault" if scene.job == "backup" else "there"]
    vault = scene.world.vault(arn)
    vault["BackupVaultName"] += "-v2" if turn % 2 else "_new"
    scene.blame("vault-missing")
    scene.say_nothing_of("kms")
    scene.fail(messages.VAGUE[2] if turn % 3 else messages.VAGUE[1])


def _calls_of_vaults(scene: Scene) -> list[Call]:
    return [call for call in calls(scene) if ":backup-vault:" in call.guard]


def vault_policy_denied(scene: Scene, turn: int) -> None:
    """A vault's policy denies the job role what it does with the vault: into it, or out of it."""
    found = _calls_of_vaults(scene)
    call = found[turn % len(found)]
    account = scene.world.iam(scene.home, "root")
    named: tuple[Json, ...] = (
        {"Principal": "*", "Condition": conditions.pair(scene, call, turn).holds},
        {"Principal": {"AWS": scene.role_arn}},
        {"Principal": {"AWS": [account]}, "Condition": conditions.pair(scene, call, turn + 3).holds},
        {"Principal": {"AWS": "*"}, "Condition": conditions.pair(scene, call, turn + 7).holds},
    )
    deny = {"Effect": "Deny", "Action": ["backup:DeleteRecoveryPoint", call.action], "Resource": "*"}
    statements = _policy(scene, call.guard)["Statement"]
    statements.append({"Sid": "Closed", **deny, **named[turn % len(named)]})
    if turn % 5 == 4:
        statements[-1].pop("Sid")
    statement = statements[-1].get("Sid") or str(len(statements) - 1)
    scene.blame("vault-policy-denied", action=call.action, policy=call.guard, statement=statement)
    messages.tell(scene, call, "vault-policy-denied", turn)


def vault_policy_missing(scene: Scene, turn: int) -> None:
    """The other account's vault has no policy, or one that lets others in or something else be done."""
    world, call = scene.world, _calls_of_vaults(scene)[0]
    others: tuple[Json, ...] = (
        {"Principal": {"AWS": world.iam(world.sandbox, "root")}},
        {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-former0org"}}},
        {
            "Principal": "*",
            "Condition": {
                "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [world.organization_path(world.sandbox) + "*"]}
            },
        },
        {"Principal": {"AWS": world.iam(scene.home, "role/Admin")}},
        {"Principal": {"AWS": world.iam(scene.home, "root")}, "Action": "backup:StartCopyJob"},
        {"Principal": "*", "Condition": conditions.pair(scene, call, turn).fails},
    )
    allow = {"Sid": "CopyIn", "Effect": "Allow", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
    if turn % 7 == 6:
        world.vault(call.guard).pop("AccessPolicy")
    else:
        world.vault(call.guard)["AccessPolicy"] = document({**allow, **others[turn % 7]})
    scene.blame("vault-policy-missing", action=call.action, policy=call.guard)
    messages.tell(scene, call, "vault-policy-missing", turn)


BREAKERS: dict[str, Callable[[Scene, int], None]] = {
    "vault-missing": vault_missing,
    "vault-policy-denied": vault_policy_denied,
    "vault-policy-missing": vault_policy_missing,
}
