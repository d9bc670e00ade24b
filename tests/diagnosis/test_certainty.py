"""How strongly a cause is known: it follows how the call is known, and what the message says."""

import json
from typing import Any

import pytest

from bot.diagnosis.layers.checked import CheckedLayer, merged
from bot.diagnosis.model import Cause, Certainty, Diagnosis, Entity, Grounds, LayerName, Outcome, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, diagnosed, only
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

VAGUE = "You are not authorized to perform this operation."
EXPIRED = "Backup job expired before completion."
UNREAD = "Something that no form knows."
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/ebs-nightly/AWSBackup-ebs-nightly"
IMPLIED = "kms:GenerateDataKeyWithoutPlaintext"
"""A call of a backup of EBS that AWS's managed policies imply, and that no AWS page states."""
DOCUMENTED = "ec2:CreateTags"


def failing(text: str | None, number: int = 29, category: str | None = None) -> Altered:
    """A backup of EBS, with this text; what denies it in the incident is taken away."""
    altered = Altered(number)
    altered.job.pop("MessageCategory", None)
    altered.job.pop("StatusMessage", None)
    altered.role.pop("PermissionsBoundary", None)
    altered.job.update({"State": "FAILED"} | ({"MessageCategory": category} if category else {}))
    if text is not None:
        altered.job["StatusMessage"] = text
    return altered


def denying(altered: Altered, *actions: str) -> Altered:
    """The job with an inline policy that denies some actions."""
    deny = {"Sid": "No", "Effect": "Deny", "Action": list(actions), "Resource": "*"}
    altered.role["InlinePolicies"] = {"guard": {"Version": "2012-10-17", "Statement": [deny]}}
    return altered


def said(action: str, how: str = "with an explicit deny in an identity-based policy", who: str = SESSION) -> str:
    """IAM's sentence."""
    return f"User: {who} is not authorized to perform: {action} on this resource {how}"


def layer(diagnosis: Diagnosis, name: LayerName) -> Verdict:
    return next(each.verdict for each in diagnosis.layers if each.layer is name)


@pytest.mark.parametrize(
    ("text", "category", "grounds", "outcome", "verdict"),
    [
        pytest.param(VAGUE, None, Grounds.IMPLIED, Outcome.DENIED, Verdict.BLOCKED, id="a permission"),
        pytest.param(None, None, Grounds.IMPLIED, Outcome.DENIED, Verdict.BLOCKED, id="nothing"),
        pytest.param(UNREAD, "AccessDenied", Grounds.IMPLIED, Outcome.DENIED, Verdict.BLOCKED, id="the category"),
        pytest.param(EXPIRED, None, Grounds.IMPLIED_ASIDE, Outcome.NOT_PERMISSION, Verdict.UNKNOWN, id="another thing"),
        pytest.param(
            UNREAD, None, Grounds.IMPLIED_ASIDE, Outcome.UNDETERMINED, Verdict.UNKNOWN, id="nobody knows what"
        ),
        pytest.param(said(IMPLIED), None, Grounds.NAMED, Outcome.DENIED, Verdict.BLOCKED, id="the call"),
    ],
)
def test_a_call_that_only_managed_policies_imply_is_as_certain_as_the_message_allows(
    text: str | None,
    category: str | None,
    grounds: Grounds,
    outcome: Outcome,
    verdict: Verdict,
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    altered = denying(failing(text, category=category), IMPLIED)
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    (cause,) = diagnosis.causes
    assert (cause.code, cause.grounds, cause.certainty) == ("permission-denied", grounds, grounds.certainty)
    assert (diagnosis.outcome, layer(diagnosis, LayerName.JOB_ROLE)) == (outcome, verdict)
    assert (cause.fix is not None) is (cause.certainty is not Certainty.POSSIBLE)
    if verdict is Verdict.UNKNOWN:
        check = next(each for each in diagnosis.layers[0].checks if each.verdict is Verdict.UNKNOWN)
        assert check.says.endswith(
            "Only AWS's managed policies imply this call, and the message is about something else."
        )


@pytest.mark.parametrize("text", [VAGUE, None, EXPIRED, UNREAD])
def test_a_call_that_a_page_states_is_proven_whatever_the_message_says(
    text: str | None, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(denying(failing(text), DOCUMENTED), served_estate, diagnostician)
    assert [cause.grounds for cause in diagnosis.causes] == [Grounds.DOCUMENTED]
    assert diagnosis.outcome is Outcome.DENIED


def test_a_proven_cause_says_which_of_its_actions_are_only_implied(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = denying(failing(VAGUE), IMPLIED, DOCUMENTED)
    (cause,) = diagnosed(altered, served_estate, diagnostician).causes
    assert (cause.certainty, cause.actions, cause.implied) == (Certainty.PROVEN, (DOCUMENTED, IMPLIED), (IMPLIED,))
    assert cause.fix is not None
    assert cause.fix.proven


def test_cloudtrail_establishes_a_call(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = denying(failing(VAGUE), IMPLIED)
    service, _, name = IMPLIED.partition(":")
    altered.region["cloudtrail"].append(
        {
            "eventID": "1",
            "eventName": name,
            "eventSource": f"{service}.amazonaws.com",
            "eventTime": altered.job["CreationDate"],
            "userIdentity": {"arn": SESSION},
            "errorCode": "AccessDenied",
            "errorMessage": said(IMPLIED),
        }
    )
    (cause,) = diagnosed(altered, served_estate, diagnostician).causes
    assert (cause.grounds, cause.certainty) == (Grounds.NAMED, Certainty.PROVEN)


def test_another_principals_call_is_not_the_one_that_a_message_names(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    linked = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForBackup/AWSBackup-AWSServiceRoleForBackup"
    altered = denying(failing(said(IMPLIED, who=linked)), IMPLIED)
    own = only(diagnosed(altered, served_estate, diagnostician), "permission-denied")
    assert (own.entity, own.grounds) == (Entity.JOB_ROLE, Grounds.IMPLIED)


def vault_closed(altered: Altered) -> Altered:
    vault = altered.vault(altered.job["BackupVaultArn"])
    deny: dict[str, Any] = {"Sid": "Shut", "Effect": "Deny", "Principal": "*", "Resource": "*"}
    statement = deny | {"Action": "backup:StartBackupJob"}
    vault["AccessPolicy"] = {"Version": "2012-10-17", "Statement": [statement]}
    return altered


@pytest.mark.parametrize(
    ("text", "grounds", "outcome"),
    [
        (VAGUE, Grounds.ASSUMED, Outcome.UNDETERMINED),
        (EXPIRED, Grounds.ASSUMED, Outcome.NOT_PERMISSION),
        (
            said("backup:StartBackupJob", "with an explicit deny in a resource-based policy"),
            Grounds.NAMED,
            Outcome.DENIED,
        ),
    ],
    ids=["vague", "expired", "named"],
)
def test_a_vaults_deny_of_starting_backups_is_about_users_unless_the_message_names_it(
    text: str, grounds: Grounds, outcome: Outcome, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(vault_closed(failing(text)), served_estate, diagnostician)
    assert only(diagnosis, "vault-policy-denied").grounds is grounds
    assert diagnosis.outcome is outcome


def test_a_disputed_deny_is_possible(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    """A condition key that stands twice, in different letters: AWS does not say whether both have to be true."""
    altered = denying(failing(VAGUE), DOCUMENTED)
    (statement,) = altered.role["InlinePolicies"]["guard"]["Statement"]
    region = altered.expect["region"]
    statement["Condition"] = {"StringEquals": {"aws:RequestedRegion": region, "AWS:RequestedRegion": "eu-north-1"}}
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    (cause,) = diagnosis.causes
    assert (cause.grounds, cause.certainty, cause.depends_on) == (Grounds.CONTESTED, Certainty.POSSIBLE, ())
    assert diagnosis.outcome is Outcome.UNDETERMINED
    assert any("leaves open" in sentence for sentence in diagnosis.not_covered)


def test_a_disputed_deny_in_a_trust_policy_is_possible(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = failing(VAGUE)
    deny = {"Sid": "Twice", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    twice = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "AWS:SourceAccount": "111122223333"}}
    altered.role["AssumeRolePolicyDocument"]["Statement"].append({**deny, "Condition": twice})
    cause = only(diagnosed(altered, served_estate, diagnostician), "trust-denied")
    assert (cause.grounds, cause.statement) == (Grounds.CONTESTED, "Twice")


def test_a_boundary_against_what_a_key_gives_everybody_is_disputed(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.job.update(State="FAILED", StatusMessage=VAGUE)
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/all-but-kms"
    document = {"Statement": [{"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}]}
    altered.account.setdefault("policies", []).append({"Arn": boundary, "Document": document})
    altered.role["PermissionsBoundary"] = boundary
    for key in altered.region["keys"]:
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
        key["Policy"]["Statement"].append(everybody)
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert {(cause.code, cause.grounds) for cause in diagnosis.causes} == {("boundary-missing", Grounds.CONTESTED)}


def test_a_key_that_is_out_of_use_blocks_as_surely_as_it_is_used(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    found = []
    for text in (VAGUE, EXPIRED, "KMS key is either disabled or pending deletion or access to KMS key is denied"):
        altered = failing(text)
        altered.key(altered.resource()["KmsKeyArn"])["KeyState"] = "Disabled"
        diagnosis = diagnosed(altered, served_estate, diagnostician)
        found.append((only(diagnosis, "key-unusable").grounds, layer(diagnosis, LayerName.KMS)))
    assert found == [
        (Grounds.IMPLIED, Verdict.BLOCKED),
        (Grounds.IMPLIED_ASIDE, Verdict.UNKNOWN),
        (Grounds.NAMED, Verdict.BLOCKED),
    ]


# ------------------------------------------------------------ what the message blames


def test_a_guess_that_the_evaluation_contradicts_gives_way_to_the_next_one(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    """The key is there and enabled; its policy can't be read: it is no key that is out of use."""
    altered = failing("KMS key is either disabled or pending deletion or access to KMS key is denied")
    with refusing(served_estate(altered.text), "TrentService.GetKeyPolicy"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    (cause,) = diagnosis.causes
    assert (cause.code, cause.grounds, diagnosis.outcome) == ("key-policy-missing", Grounds.MESSAGE, Outcome.DENIED)


@pytest.mark.parametrize("policy", ["an identity-based", "a service control", "a permissions boundary"])
def test_a_guess_whose_layer_was_read_and_is_clear_is_no_cause(
    policy: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    kind = policy if policy.endswith("boundary") else f"{policy} policy"
    altered = failing(said("ec2:CreateSnapshot", f"with an explicit deny in {kind}"))
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert (diagnosis.causes, diagnosis.outcome) == ((), Outcome.UNDETERMINED)
    assert "ec2:CreateSnapshot" in diagnosis.summary


def test_a_guess_that_nothing_evaluates_stays(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = failing(said("ec2:CreateSnapshot", "with an explicit deny in a session policy"))
    (cause,) = diagnosed(altered, served_estate, diagnostician).causes
    assert (cause.code, cause.grounds) == ("session-policy-denied", Grounds.MESSAGE)


def test_what_a_message_says_of_a_caller_is_not_held_against_the_job_role(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    ana = f"arn:aws:iam::{ACCOUNT}:user/ana"
    altered = failing(
        said("ec2:CreateSnapshot", "because no identity-based policy allows the ec2:CreateSnapshot action", ana)
    )
    (cause,) = diagnosed(altered, served_estate, diagnostician).causes
    assert (cause.entity, cause.principal, cause.grounds) == (Entity.CALLER, ana, Grounds.MESSAGE)


@pytest.mark.parametrize(("resource", "codes"), [(None, []), ("arn:aws:s3:::another", ["resource-policy-denied"])])
def test_a_resource_without_a_policy_of_its_own_is_not_what_denies(
    resource: str | None, codes: list[str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(27)
    altered.resource().pop("Policy", None)
    who = altered.job["IamRoleArn"].rpartition("/")[2]
    on = resource or altered.job["ResourceArn"]
    altered.job["StatusMessage"] = (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{who}/AWSBackup-{who} is not authorized to perform: "
        f"s3:GetBucketTagging on resource: {on} with an explicit deny in a resource-based policy"
    )
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [cause.code for cause in diagnosis.causes] == codes


def test_a_guess_is_left_out_where_a_likely_cause_is_about_the_same_action(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    """The message names no action, and what is implied explains it."""
    altered = denying(failing("KMS key access denied"), IMPLIED)
    with refusing(served_estate(altered.text), "TrentService.GetKeyPolicy"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert [cause.grounds for cause in diagnosis.causes] == [Grounds.IMPLIED]


def test_a_guess_of_another_action_comes_before_what_is_only_implied(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    text = said("ec2:CreateSnapshot", "with an explicit deny in a service control policy")
    altered = denying(failing(text), IMPLIED)
    altered.estate["accounts"][altered.estate["organization"]["MasterAccountId"]]["unreadable"] = ["organizations"]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [(cause.code, cause.grounds) for cause in diagnosis.causes] == [
        ("scp-denied", Grounds.MESSAGE),
        ("permission-denied", Grounds.IMPLIED),
    ]


# ------------------------------------------------------------ one possible statement that the message singles out


def tagged(altered: Altered, *sids: str, resource: str = "arn:aws:ec2:*:*:volume/*") -> Altered:
    """The incident with statements that demand a tag, which no read call tells whether the request carries."""
    policy = altered.organization_policy("p-0tagsneed")
    deny = {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": resource}
    untagged = {"Condition": {"Null": {"aws:RequestTag/team": "true"}}}
    policy["Content"]["Statement"] += [{"Sid": sid, **deny, **untagged} for sid in sids]
    return altered


def test_the_one_possible_statement_that_a_message_can_mean_is_the_cause_with_its_fix(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = diagnosed(Altered(45), served_estate, diagnostician)
    (cause,) = diagnosis.causes
    assert (cause.grounds, cause.certainty) == (Grounds.SINGLED_OUT, Certainty.LIKELY)
    assert (cause.policy, cause.statement, cause.actions) == (
        "p-0tagsneed",
        "DenyUntaggedVolumes",
        ("ec2:RunInstances",),
    )
    assert cause.fix is not None
    assert cause.fix.proven
    assert diagnosis.summary.startswith("Likely: Statement DenyUntaggedVolumes ")


def test_a_statement_about_another_resource_can_not_be_meant(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = tagged(Altered(45), "DenyUntaggedInstances", resource="arn:aws:ec2:*:*:instance/*")
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [(cause.statement, cause.grounds) for cause in diagnosis.causes] == [
        ("DenyUntaggedVolumes", Grounds.SINGLED_OUT),
        ("DenyUntaggedInstances", Grounds.UNKNOWN_KEY),
    ]


def _two(altered: Altered) -> None:
    tagged(altered, "DenyUntaggedTeams")


def _of_another_type(altered: Altered) -> None:
    altered.job["StatusMessage"] = altered.job["StatusMessage"].replace("service control", "identity-based")


def _implicit(altered: Altered) -> None:
    text, _, _ = altered.job["StatusMessage"].partition(" with an explicit deny")
    altered.job["StatusMessage"] = f"{text} because no service control policy allows the ec2:RunInstances action"


@pytest.mark.parametrize("change", [_two, _of_another_type, _implicit], ids=["two", "another type", "an implicit deny"])
def test_what_a_message_does_not_single_out_stays_possible(
    change: Any, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(45)
    change(altered)
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    by_policy = [cause for cause in diagnosis.causes if cause.statement]
    assert {cause.grounds for cause in by_policy} == {Grounds.UNKNOWN_KEY}


def test_a_statement_that_is_proven_to_deny_something_else_stays_proven(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    """What creates a tag is known of the call that tags, and not of the one that the message names."""
    altered = Altered(45)
    (statement,) = altered.organization_policy("p-0tagsneed")["Content"]["Statement"]
    unless = {"StringNotEquals": {"ec2:CreateAction": "CreateImage"}}
    statement.update({"Action": ["ec2:RunInstances", "ec2:CreateTags"], "Resource": "*", "Condition": unless})
    (cause,) = diagnosed(altered, served_estate, diagnostician).causes
    assert (cause.certainty, cause.actions) == (Certainty.PROVEN, ("ec2:CreateTags",))


def test_what_could_not_be_read_may_be_meant_too(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(45)
    with refusing(served_estate(altered.text), '"TargetId": "r-k3v9"'):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert [(cause.statement, cause.grounds) for cause in diagnosis.causes] == [
        (None, Grounds.MESSAGE),
        ("DenyUntaggedVolumes", Grounds.UNKNOWN_KEY),
    ]


# ------------------------------------------------------------ the outcome


@pytest.mark.parametrize(
    ("text", "state", "outcome"),
    [
        ("Access Denied", "FAILED", Outcome.UNDETERMINED),
        ("Insufficient privileges to perform this action.", "FAILED", Outcome.UNDETERMINED),
        (VAGUE, "FAILED", Outcome.UNDETERMINED),
        (UNREAD, "FAILED", Outcome.UNDETERMINED),
        (None, "FAILED", Outcome.UNDETERMINED),
        (None, "EXPIRED", Outcome.NOT_PERMISSION),
        (None, "ABORTED", Outcome.NOT_PERMISSION),
        (VAGUE, "EXPIRED", Outcome.UNDETERMINED),
        (EXPIRED, "FAILED", Outcome.NOT_PERMISSION),
    ],
)
def test_with_every_layer_clear_the_message_decides_the_outcome(
    text: str | None,
    state: str,
    outcome: Outcome,
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    altered = failing(text)
    altered.job["State"] = state
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert (diagnosis.causes, diagnosis.outcome) == ((), outcome)
    assert bool(diagnosis.not_covered) is (outcome is Outcome.UNDETERMINED)
    if outcome is Outcome.UNDETERMINED:
        assert f'with "{text}"' in diagnosis.summary if text else "without a message" in diagnosis.summary
        assert "nothing that I could evaluate explains it" in diagnosis.summary
        assert any("AWS doesn't document every call of a backup of EBS" in each for each in diagnosis.not_covered)
        assert any("backup:DescribeBackupVault" in each for each in diagnosis.not_covered)


def test_a_long_message_is_quoted_in_part(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    diagnosis = diagnosed(failing("Access Denied " + "x" * 900), served_estate, diagnostician)
    assert 'x…"' in diagnosis.summary
    assert len(diagnosis.summary) < 700


@pytest.mark.parametrize(
    ("parent", "child", "outcome"),
    [
        ("1 of 2 nested backup jobs failed.", EXPIRED, Outcome.NOT_PERMISSION),
        (None, EXPIRED, Outcome.NOT_PERMISSION),
        ("Access Denied", EXPIRED, Outcome.UNDETERMINED),
        ("1 of 2 nested backup jobs failed.", "Access Denied", Outcome.UNDETERMINED),
    ],
)
def test_a_composite_job_that_only_counts_its_children_leaves_the_outcome_to_them(
    parent: str | None,
    child: str,
    outcome: Outcome,
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    altered = Altered(36)
    for job in altered.region["backup_jobs"]:
        job.pop("StatusMessage", None)
        text = parent if job.get("IsParent") else child
        if job["State"] != "COMPLETED" and text is not None:
            job["StatusMessage"] = text
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    altered.role["InlinePolicies"] = {"all": {"Version": "2012-10-17", "Statement": [allow]}}
    altered.role.pop("PermissionsBoundary", None)
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert (diagnosis.causes, diagnosis.outcome) == ((), outcome)


def test_grounds_are_written_in_the_document(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    diagnosis = diagnosed(denying(failing(VAGUE), IMPLIED), served_estate, diagnostician)
    (cause,) = json.loads(diagnosis.to_json())["causes"]
    assert (cause["certainty"], cause["grounds"], cause["implied"]) == ("likely", "implied", [])
    assert Cause.model_validate(cause) == diagnosis.causes[0]


def test_a_deny_in_a_trust_policy_whose_key_nothing_tells_is_possible(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = failing(VAGUE)
    deny = {"Sid": "OneEndpoint", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    from_it = {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}
    altered.role["AssumeRolePolicyDocument"]["Statement"].append({**deny, "Condition": from_it})
    cause = only(diagnosed(altered, served_estate, diagnostician), "trust-denied")
    assert (cause.grounds, cause.certainty, cause.depends_on) == (
        Grounds.UNKNOWN_KEY,
        Certainty.POSSIBLE,
        ("aws:SourceVpce",),
    )


@pytest.mark.parametrize(
    ("weaker", "actions", "implied"),
    [
        pytest.param(Grounds.IMPLIED, ("ec2:CreateTags", "kms:Decrypt"), ("kms:Decrypt",), id="it denies"),
        pytest.param(Grounds.UNKNOWN_KEY, ("ec2:CreateTags",), (), id="it may deny"),
    ],
)
def test_what_two_jobs_meet_is_known_from_the_stronger_one(
    weaker: Grounds, actions: tuple[str, ...], implied: tuple[str, ...]
) -> None:
    proven = Cause(
        code="permission-denied",
        layer=LayerName.JOB_ROLE,
        entity=Entity.JOB_ROLE,
        certainty=Certainty.PROVEN,
        grounds=Grounds.DOCUMENTED,
        actions=("ec2:CreateTags",),
    )
    other = proven.model_copy(update={"certainty": weaker.certainty, "grounds": weaker, "actions": ("kms:Decrypt",)})
    for causes in ((proven, other), (other, proven)):
        (cause,) = merged([CheckedLayer(LayerName.JOB_ROLE, (), (each,)) for each in causes]).causes
        assert (cause.certainty, cause.grounds) == (Certainty.PROVEN, Grounds.DOCUMENTED)
        assert (cause.actions, cause.implied) == (actions, implied)
