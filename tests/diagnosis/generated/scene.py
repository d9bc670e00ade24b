"""One job in its world, and what its diagnosis must say."""

import json
from dataclasses import dataclass, field

from tests.diagnosis.generated.kinds import Kind
from tests.diagnosis.generated.world import Json, World

LAYERS = ("job-role", "vault", "organization", "kms")

LAYER_OF = {
    "scp": "organization",
    "rcp": "organization",
    "cross": "organization",
    "different": "organization",
    "vault": "vault",
    "key": "kms",
    "aws": "kms",
    "resource": "resource",
}
"""The layer of a cause's code by the code's first word; the job role's layer is that of all others."""


def layer_of(code: str) -> str:
    """The layer that a cause's code belongs to."""
    return "kms" if code == "vault-default-key" else LAYER_OF.get(code.partition("-")[0], "job-role")


WITHOUT_RESOURCE_ACCOUNT = "ec2:CopySnapshot"
"""An action whose requests lack the resource's account ("AWS global condition context keys", aws:ResourceAccount)."""


@dataclass(frozen=True)
class Call:
    """One request."""

    action: str
    resource: str
    region: str
    account: str
    """Whose the resource is."""
    guard: str = ""
    """The ARN of the vault, key, bucket or file system whose own policy has a say."""
    linked: bool = False
    """Whether the destination's service-linked role makes it, and not the job role."""
    policies_of_role: bool = True
    """Whether the role's own policies have to allow it: AWS's managed ones don't allow all that a key policy should."""
    context: Json = field(default_factory=dict)


@dataclass
class Scene:
    """An incident under construction."""

    world: World
    kind: Kind
    job: str
    """backup, restore, copy (within the account) or share (a copy to another account)."""
    things: dict[str, str]
    """What the job works on: resource, point, restored, copied, key, vault, …; an ARN each."""
    role: Json
    record: Json
    """The job as AWS Backup describes it."""
    home: str
    """The job's account."""
    receiver: str
    """The account of the destination vault; the job's own unless the copy leaves it."""
    there: str
    """The Region of the destination; the job's own unless the copy leaves it."""
    layers: dict[str, str] = field(default_factory=lambda: dict.fromkeys(LAYERS, "clear"))
    causes: list[Json] = field(default_factory=list)
    outcome: str | None = None
    """What it must come to; where nothing is said, what the message speaks of decides."""
    speaks_of_permission: bool = True
    """Whether the job's message speaks of a denied permission."""
    about: str = ""
    also: list[Call] = field(default_factory=list)
    """Requests that the message or CloudTrail tells of, beside those that any such job makes."""
    hidden: set[str] = field(default_factory=set)
    """The layers whose policies the bot can't read: nothing can be proven of them."""

    @property
    def role_arn(self) -> str:
        """The job role, with its path."""
        return self.world.iam(self.home, f"role{self.role['Path']}{self.role['RoleName']}")

    @property
    def session(self) -> str:
        """The job role as AWS's messages name it: its session, without its path."""
        name = self.role["RoleName"]
        return self.world.arn("sts", self.home, f"assumed-role/{name}/AWSBackup-{name}", region="")

    @property
    def linked_role(self) -> str:
        """The service-linked role of the destination's account."""
        return self.world.linked_role(self.receiver)

    def inline(self, name: str, *statements: Json) -> str:
        """Gives the job role an inline policy; returns its name."""
        self.role["InlinePolicies"][name] = {"Version": "2012-10-17", "Statement": list(statements)}
        return name

    def bound(self, *statements: Json) -> str:
        """Gives the job role a permissions boundary, in the place of any other; returns its ARN."""
        policies = self.world.accounts[self.home]["policies"]
        policies[:] = [policy for policy in policies if not policy["Arn"].endswith("team-boundary")]
        self.role["PermissionsBoundary"] = self.world.add_policy(self.home, "boundaries/team-boundary", *statements)
        return str(self.role["PermissionsBoundary"])

    def blame(self, code: str, *, verdict: str = "blocked", **members: str) -> None:
        """Expects a cause: its layer is blocked and the outcome is denied."""
        layer = layer_of(code)
        entity = members.pop("entity", "job-role")
        principal = {"job-role": self.role_arn, "service-linked-role": self.linked_role}.get(entity)
        said = {"principal": principal} if "principal" not in members and principal else {}
        self.causes.append({"code": code, "layer": layer, "entity": entity, **said, **members})
        self.layers[layer] = verdict
        self.outcome = "denied"

    def say_nothing_of(self, *layers: str) -> None:
        """Expects nothing of these layers."""
        for layer in layers:
            self.layers.pop(layer, None)

    def fail(self, message: str | None, category: str | None = "AccessDenied", state: str = "FAILED") -> None:
        """Puts what AWS Backup says of the job into its record."""
        self.speaks_of_permission = category == "AccessDenied"
        self.record["Status" if self.job == "restore" else "State"] = state
        for member, value in (("StatusMessage", message), ("MessageCategory", category)):
            self.record.pop(member, None)
            if value is not None and not (self.job == "restore" and member == "MessageCategory"):
                self.record[member] = value

    @property
    def expectation(self) -> Json:
        """What the diagnosis must say."""
        identifier = {"backup": "BackupJobId", "restore": "RestoreJobId"}.get(self.job, "CopyJobId")
        causes = [cause for cause in self.causes if not self._is_assumed(cause)]
        layers = self.layers if len(causes) == len(self.causes) else {**self.layers, "vault": "unknown"}
        said = self.outcome if causes or not self.causes or self.outcome != "denied" else None
        where = {"job": self.record[identifier], "account": self.home, "region": self.world.region}
        outcome = said or ("undetermined" if self.speaks_of_permission else "not-permission")
        return {**where, "outcome": outcome, "causes": causes, "layers": layers}

    def _is_assumed(self, cause: Json) -> bool:
        """A vault's deny of starting backups is about users: of the job role it is possible only, unless named."""
        action = "backup:StartBackupJob"
        return cause.get("action") == action and action not in (self.record.get("StatusMessage") or "")

    def text(self) -> str:
        """The estate file."""
        return json.dumps({"about": self.about, **self.world.estate(), "expect": self.expectation})

    def trail(self, action: str, message: str | None) -> None:
        """Has CloudTrail record a call of the job role, denied where there is a message."""
        service, _, name = action.partition(":")
        error = {"errorCode": "AccessDenied", "errorMessage": message} if message else {}
        event = {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole",
                "arn": self.session,
                "accountId": self.home,
                "invokedBy": "backup.amazonaws.com",
            },
            "eventTime": "2026-11-20T05:12:41Z",
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": self.world.region,
            "sourceIPAddress": "backup.amazonaws.com",
            "userAgent": "backup.amazonaws.com",
            "requestParameters": None,
            "responseElements": None,
            "eventID": self.world.names.uuid(f"event {action}"),
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": self.home,
            "eventCategory": "Management",
            **error,
        }
        self.world.in_region(self.home, self.world.region)["cloudtrail"].append(event)
