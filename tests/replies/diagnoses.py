"""Hand-made diagnoses: one of each outcome, and ways to make them long, wide or hostile."""

import itertools
from datetime import UTC, datetime

from bot.diagnosis.model import (
    CHECKLIST,
    Cause,
    Certainty,
    Change,
    Check,
    Cost,
    DeniedCall,
    Diagnosis,
    Entity,
    Evidence,
    Fix,
    Grounds,
    Job,
    JobType,
    LaterChange,
    LayerName,
    LayerReport,
    Outcome,
    Recheck,
    Unread,
    Verdict,
)

ROLE = "arn:aws:iam::222233334444:role/backup-job"
VOLUME = "arn:aws:ec2:eu-west-1:222233334444:volume/vol-0a1b2c3d4e5f60718"
SOME_TIME = datetime(2026, 11, 20, 7, tzinfo=UTC)
JOB_ID = "6f0c2d1e-3b4a-4c5d-8e9f-0a1b2c3d4e5f"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "OnlyEU", "Effect": "Deny", "Action": "ec2:CreateSnapshot", "Resource": "*"}],
}


def job(**changes: object) -> Job:
    """A failed EBS backup."""
    known = Job(
        id=JOB_ID,
        type=JobType.BACKUP,
        state="FAILED",
        status_message="You are not authorized to perform this operation.",
        account="222233334444",
        region="eu-west-1",
        role=ROLE,
        resource=VOLUME,
        resource_type="EBS",
        destination_vault="arn:aws:backup:eu-west-1:222233334444:backup-vault:prod",
        created=datetime(2026, 11, 20, 5, 0, tzinfo=UTC),
    )
    return known.model_copy(update=changes)


def fix(**changes: object) -> Fix:
    """The change that fixes the denied snapshot."""
    known = Fix(
        summary="Exempt the job role from statement OnlyEU of DenyOutsideEU.",
        owner="organization admin",
        changes=(Change(kind="update-organization-policy", target="p-deny0001", document=POLICY),),
        cli=("aws organizations update-policy --policy-id p-deny0001 --content file://policy.json",),
        terraform='resource "aws_organizations_policy" "deny_outside_eu" {}',
        proven=True,
        caution="It is a guard rail: exempt the role, do not detach the policy.",
    )
    return known.model_copy(update=changes)


def scp_cause(**changes: object) -> Cause:
    """A service control policy that denies the snapshot."""
    known = Cause(
        code="scp-denied",
        layer=LayerName.ORGANIZATION,
        entity=Entity.JOB_ROLE,
        certainty=Certainty.PROVEN,
        principal=ROLE,
        actions=("ec2:CreateSnapshot",),
        resource=VOLUME,
        policy="p-deny0001",
        statement="OnlyEU",
        target="ou-a1b2-11111111",
        explanation="A service control policy denies ec2:CreateSnapshot outside the EU.",
        knowledge="scp-denied",
        fix=fix(),
    )
    return known.model_copy(update=changes)


def key_cause() -> Cause:
    """A key policy that lets nobody create the grant."""
    return Cause(
        code="key-policy-missing",
        layer=LayerName.KMS,
        entity=Entity.JOB_ROLE,
        certainty=Certainty.PROVEN,
        principal=ROLE,
        actions=("kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext"),
        policy="arn:aws:kms:eu-west-1:222233334444:key/1111aaaa-22bb-33cc-44dd-5555eeee6666",
        explanation="The key policy names neither the role nor its account.",
        near_miss="AllowUse would allow it but for kms:GrantIsForAWSResource.",
        knowledge="key-policy-missing",
        fix=fix(summary="Let the role use the key.", owner="key owner", caution=None, terraform=""),
    )


def layers(**verdicts: Verdict) -> tuple[LayerReport, ...]:
    """The four layers, clear but for those that are named (job_role=…, vault=…, organization=…, kms=…)."""
    named = {name.replace("_", "-"): verdict for name, verdict in verdicts.items()}
    return tuple(_layer(layer, named.get(layer.value, Verdict.CLEAR)) for layer in CHECKLIST)


def _layer(layer: LayerName, verdict: Verdict) -> LayerReport:
    evidence = (Evidence(policy="p-deny0001", statement="OnlyEU", effect="Deny"),) if verdict is Verdict.BLOCKED else ()
    check = Check(check=f"{layer}-policies", verdict=verdict, says=f"What was found of {layer}.", evidence=evidence)
    return LayerReport(layer=layer, verdict=verdict, checks=(check,))


def denied(*causes: Cause, **changes: object) -> Diagnosis:
    """Denied by a service control policy, or by the causes given."""
    known = Diagnosis(
        job=job(),
        outcome=Outcome.DENIED,
        summary="A service control policy, p-deny0001, denies ec2:CreateSnapshot to the job role.",
        causes=causes or (scp_cause(),),
        layers=layers(organization=Verdict.BLOCKED),
        cost=Cost(aws_calls=31, round_trips=5, ms=412),
    )
    return known.model_copy(update=changes)


def undetermined() -> Diagnosis:
    """The organization could not be read."""
    unread = Unread(
        what="organizations:ListPoliciesForTarget",
        account="111122223333",
        why="AccessDeniedException",
        permission="organizations:ListPoliciesForTarget for the role BackupWhyReadOnly",
    )
    return Diagnosis(
        job=job(),
        outcome=Outcome.UNDETERMINED,
        summary="What could be read allows the job; the organization's policies could not be read.",
        layers=layers(organization=Verdict.UNKNOWN),
        unread=(unread,),
    )


def uncovered(*sentences: str) -> Diagnosis:
    """AWS says that access was denied, and nothing that was evaluated explains it."""
    return Diagnosis(
        job=job(status_message="Access Denied"),
        outcome=Outcome.UNDETERMINED,
        summary='The backup of EBS failed with "Access Denied", and nothing that I could evaluate explains it.',
        layers=layers(),
        not_covered=sentences or ("Calls that no AWS page lists may be denied.", "Session policies are not read."),
    )


def fixed() -> Diagnosis:
    """A second look: what denied the job is gone."""
    known = job()
    return Diagnosis(
        job=known,
        outcome=Outcome.UNDETERMINED,
        summary=f"Fixed: start the job again (backup job {known.id}). What was found before is gone (scp-denied).",
        layers=layers(),
        recheck=Recheck(fixed=True, resolved=("scp-denied",)),
    )


def not_permission() -> Diagnosis:
    """A window clash: no policy explains it."""
    return Diagnosis(
        job=job(status_message="Job could not start within the backup window."),
        outcome=Outcome.NOT_PERMISSION,
        summary="The job did not start within its window: that is no permission failure.",
        layers=layers(kms=Verdict.NOT_APPLICABLE),
    )


def not_failed() -> Diagnosis:
    """A job that still runs."""
    return Diagnosis(
        job=job(state="RUNNING", status_message=None),
        outcome=Outcome.NOT_FAILED,
        summary="The job is running.",
    )


EVERY_KIND = {
    "denied": denied(),
    "two causes": denied(scp_cause(), key_cause()),
    "likely": denied(scp_cause(certainty=Certainty.LIKELY, statement=None, policy=None, target=None, fix=None)),
    "possible": denied(scp_cause(certainty=Certainty.POSSIBLE, depends_on=("aws:SourceVpce",), statement="0")),
    **{str(grounds): denied(scp_cause(certainty=grounds.certainty, grounds=grounds)) for grounds in Grounds},
    "partly implied": denied(scp_cause(implied=("ec2:CreateSnapshot",))),
    "possible beside another failure": not_permission().model_copy(
        update={"causes": (scp_cause(certainty=Certainty.POSSIBLE, grounds=Grounds.ASSUMED),)}
    ),
    "undetermined": undetermined(),
    "uncovered": uncovered(),
    "fixed": fixed(),
    "not a permission failure": not_permission(),
    "not failed": not_failed(),
}


def filled_with(*texts: str) -> Diagnosis:
    """A denied diagnosis in which every text that AWS or a person chose is one of `texts`, each in its turn."""
    turn = itertools.cycle(texts)

    def fill() -> str:
        return next(turn)

    def check() -> Check:
        evidence = Evidence(policy=fill(), statement=fill(), effect="Deny")
        return Check(check=fill(), verdict=Verdict.BLOCKED, says=fill(), evidence=(evidence,))

    def cause() -> Cause:
        document = {"Statement": [{"Sid": fill(), "Resource": fill()}]}
        return scp_cause(
            principal=fill(),
            actions=(fill(), fill()),
            resource=fill(),
            policy=fill(),
            statement=fill(),
            target=fill(),
            explanation=fill(),
            near_miss=fill(),
            certainty=Certainty.POSSIBLE,
            depends_on=(fill(),),
            document=document,
            fix=Fix(
                summary=fill(),
                owner=fill(),
                changes=(Change(kind="put-key-policy", target=fill(), document=document),),
                cli=(fill(),),
                terraform=fill(),
                caution=fill(),
            ),
        )

    return Diagnosis(
        job=job(
            status_message=fill(),
            id=fill(),
            role=fill(),
            resource=fill(),
            resource_type=fill(),
            state=fill(),
            children=(fill(), fill()),
        ),
        outcome=Outcome.DENIED,
        summary=fill(),
        causes=(cause(), cause(), cause()),
        layers=tuple(
            LayerReport(layer=layer, verdict=Verdict.BLOCKED, checks=(check(), check())) for layer in LayerName
        ),
        unread=tuple(
            Unread(what=fill(), account=fill(), why=fill(), region=fill(), permission=fill()) for _ in range(3)
        ),
        denied_calls=(
            DeniedCall(action=fill(), resource=fill(), at=SOME_TIME),
            DeniedCall(action=fill(), at=SOME_TIME),
        ),
        changed_since=(
            LaterChange(event=fill(), layer=LayerName.KMS, target=fill(), by=fill(), at=SOME_TIME, minutes=40),
        ),
    )
