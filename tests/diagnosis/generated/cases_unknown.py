"""Incidents of which something can't be read or known: it is never called clear, and only the message can tell more."""

from collections.abc import Iterator

from tests.diagnosis.generated import messages
from tests.diagnosis.generated.calls import calls, main_call
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.steps import (
    Case,
    Step,
    broken,
    case,
    expecting,
    nothing_of_permissions,
    tempted,
    unreadable,
    vague,
)


def _not_listed(whose: str) -> Step:
    """The estate lacks the account: the bot may not even assume its role there."""

    def step(scene: Scene) -> None:
        scene.world.unlisted.add({"receiver": scene.receiver, "management": scene.world.management}[whose])

    return step


def _unread() -> Iterator[Case]:
    """Nothing that can be read denies the job, and the message says next to nothing."""
    organization = (unreadable("management", "organizations"), expecting("undetermined", organization="unknown"))
    iam = (unreadable("home", "iam"), expecting("undetermined", job_role="unknown"))
    kms = (unreadable("home", "kms"), expecting("undetermined", kms="unknown"))
    nowhere = expecting("undetermined", job_role="unknown", vault="unknown", kms="unknown")
    yield case("organization-unread", "backup", "fsx", *organization, vague())
    yield case("organization-unread", "restore", "rds", *organization, vague(), tempted(0, 1))
    yield case("organization-unread", "copy", "efs", *organization, vague(1))
    yield case("organization-unread", "share", "aurora", *organization, vague(1))
    yield case("organization-unread", "backup", "ebs", *organization, vague(2), bot_in="home")
    yield case("iam-unread", "backup", "ebs", *iam, vague())
    yield case("iam-unread", "backup", "s3", *iam, vague(1))
    yield case("iam-unread", "restore", "dynamodb-advanced", *iam, vague())
    yield case("iam-unread", "copy", "timestream", *iam, vague(2))
    yield case("kms-unread", "backup", "rds", *kms, vague())
    yield case("kms-unread", "restore", "ebs", *kms, vague())
    yield case("kms-unread", "copy", "fsx", *kms, vague(1))
    yield case("kms-unread", "backup", "efs", *kms, vague(2))
    yield case("receiver-unlisted", "share", "ebs", _not_listed("receiver"), nowhere, vague(1))
    yield case("receiver-unlisted", "share", "rds", _not_listed("receiver"), nowhere, vague())
    yield case("management-unlisted", "backup", "aurora", _not_listed("management"), *organization[1:], vague())
    yield case("trail-unread", "backup", "neptune", unreadable("home", "cloudtrail"), vague())
    ruled_out = (nothing_of_permissions(1), expecting("not-permission"))
    yield case("unread-but-ruled-out", "backup", "ebs", *organization, *ruled_out)
    yield case("unread-but-ruled-out", "share", "efs", *iam, *ruled_out)


def _proven_all_the_same() -> Iterator[Case]:
    """What is read proves a cause, whatever the rest is."""
    unread = expecting("denied", organization="unknown")
    yield case("unread-and-proven", "backup", "ebs", broken("permission-denied", 1), _unreadable_organization, unread)
    yield case("unread-and-proven", "backup", "rds", broken("key-policy-denied", 1), _unreadable_organization, unread)
    yield case("unread-and-proven", "copy", "efs", broken("vault-policy-denied", 1), _unreadable_organization, unread)
    no_iam = (unreadable("home", "iam"), expecting("denied", job_role="unknown"))
    yield case("iam-unread-and-proven", "backup", "fsx", broken("vault-policy-denied", 1), *no_iam)
    yield case("iam-unread-and-proven", "restore", "aurora", broken("key-unusable", 1), *no_iam)


def _unreadable_organization(scene: Scene) -> None:
    scene.world.accounts[scene.world.management]["unreadable"] = ["organizations"]


def _likely(code: str, *hide: Step, entity: str = "job-role", **layers: str) -> tuple[Step, ...]:
    """Only the message tells: its cause is likely, and its layer's verdict stays as evaluated."""

    def step(scene: Scene) -> None:
        call = _named_by(scene, code)
        before = dict(scene.layers)
        scene.blame(code, entity=entity, certainty="likely", action=call.action)
        scene.layers = before
        scene.fail(messages.sentence(scene.session, call, code))

    return (*hide, step, expecting("denied", **layers))


def _fixed_since(code: str) -> Step:
    """The message tells of a denial that no policy shows any more: what was evaluated beats it."""

    def step(scene: Scene) -> None:
        scene.fail(messages.sentence(scene.session, _named_by(scene, code), code))

    return step


def _named_by(scene: Scene, code: str) -> Call:
    """The call that a message of a cause names."""
    guards = {"vault": ":backup-vault:", "key": ":kms:", "resource": scene.things["resource"]}
    guard = guards.get(code.partition("-")[0], "")
    fitting = [call for call in calls(scene) if guard in call.guard] if guard else []
    of_grants = [call for call in fitting if call.action in ("kms:CreateGrant", "kms:Decrypt")]
    if code.startswith("rcp"):
        fitting = [call for call in calls(scene) if call.action.startswith(("kms:", "s3:", "dynamodb:"))]
    return (of_grants or fitting or [main_call(scene)])[0]


def _only_the_message() -> Iterator[Case]:
    organization, iam = unreadable("management", "organizations"), unreadable("home", "iam")
    kms = unreadable("home", "kms")
    hidden_layers = {"organization": "unknown"}
    for code, job, kind in (
        ("scp-denied", "backup", "ebs"),
        ("scp-missing", "restore", "aurora"),
        ("scp-denied", "copy", "efs"),
        ("rcp-denied", "backup", "s3"),
        ("rcp-denied", "restore", "ebs"),
    ):
        yield case(f"likely-{code}", job, kind, *_likely(code, organization, **hidden_layers))
    for code, job, kind in (
        ("permission-missing", "backup", "rds"),
        ("permission-denied", "restore", "fsx"),
        ("boundary-denied", "backup", "dynamodb"),
        ("boundary-missing", "share", "ebs"),
    ):
        yield case(f"likely-{code}", job, kind, *_likely(code, iam, job_role="unknown"))
    for code, job, kind in (("key-policy-missing", "backup", "aurora"), ("key-policy-denied", "restore", "s3")):
        yield case(f"likely-{code}", job, kind, *_likely(code, kms, kms="unknown"))
    yield case("likely-not-assumed", "backup", "ebs", iam, lambda scene: _not_assumed(scene, 0))
    unlisted = {"job_role": "unknown", "vault": "unknown", "kms": "unknown"}
    for code, kind in (("vault-policy-denied", "ebs"), ("vault-policy-missing", "fsx")):
        yield case(f"likely-{code}", "share", kind, *_likely(code, _not_listed("receiver"), **unlisted))
    for code, job, kind in (
        ("scp-denied", "backup", "neptune"),
        ("permission-missing", "backup", "efs"),
        ("boundary-missing", "restore", "rds"),
        ("key-policy-denied", "backup", "fsx"),
        ("vault-policy-denied", "copy", "ebs"),
        ("resource-policy-denied", "backup", "s3"),
    ):
        yield case(f"fixed-since-{code}", job, kind, _fixed_since(code), expecting("undetermined"))


def _not_assumed(scene: Scene, turn: int) -> None:
    """IAM can't be read, and the message says that the role can't be assumed: a role is named, so it is likely."""
    scene.blame("trust-missing", certainty="likely")
    for member in ("code", "policy", "action"):
        scene.causes[-1].pop(member, None)
    scene.layers["job-role"] = "unknown"
    scene.fail(messages.NOT_ASSUMED[turn].format(role=scene.role_arn))


def unknown() -> Iterator[Case]:
    """All of them."""
    yield from _unread()
    yield from _proven_all_the_same()
    yield from _only_the_message()
