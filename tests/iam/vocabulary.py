"""The words that generated requests are made of: few, so that policies match often and miss by a hair.

A key has the operators that AWS documents for its type, values that a request may have for it, and values that a policy
may test it with.
"""

from typing import NamedTuple

HOME = "111122223333"
AWAY = "444455556666"
MANAGEMENT = "999988887777"

USER = f"arn:aws:iam::{HOME}:user/ana"
ROLE = f"arn:aws:iam::{HOME}:role/backup-job"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/backup-job/AWSBackup-backup-job"
OTHER_SESSION = f"arn:aws:sts::{HOME}:assumed-role/backup-job/by-hand"
PATH_ROLE = f"arn:aws:iam::{HOME}:role/service-role/AWSBackupDefaultServiceRole"
PATH_SESSION = f"arn:aws:sts::{HOME}:assumed-role/AWSBackupDefaultServiceRole/AWSBackup-x"
LINKED_ROLE = f"arn:aws:iam::{HOME}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
LINKED_SESSION = f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForBackup/x"
LOOK_ALIKE = f"arn:aws:iam::{HOME}:role/AWSServiceRoleForBackup"
SERVICE = "backup.amazonaws.com"


class Principal(NamedTuple):
    """Who can make a generated request."""

    arn: str
    role: str = ""
    """The role of a session, which the session's ARN does not tell in full where the role has a path."""
    own_policies: bool = True
    """Whether it can have a boundary and session policies: services and service-linked roles can't."""


PRINCIPALS = (
    Principal(USER),
    Principal(ROLE, ROLE),
    Principal(SESSION, ROLE),
    Principal(PATH_ROLE, PATH_ROLE),
    Principal(PATH_SESSION, PATH_ROLE),
    Principal(LINKED_ROLE, LINKED_ROLE, own_policies=False),
    Principal(LINKED_SESSION, LINKED_ROLE, own_policies=False),
    Principal(LOOK_ALIKE, LOOK_ALIKE),
    Principal(SERVICE, own_policies=False),
)


class Scene(NamedTuple):
    """A service's actions on one resource, and what kind of policy the resource can have."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    policy: str
    """none, plain, trust or key."""


SCENES = (
    Scene(
        ("s3:GetObject", "s3:PutObject"), ("arn:aws:s3:::prod-data/red/x", "arn:aws:s3:::prod-data/ana/red"), "plain"
    ),
    Scene(
        ("backup:CopyIntoBackupVault", "backup:StartBackupJob"),
        (f"arn:aws:backup:eu-west-1:{HOME}:backup-vault:red", f"arn:aws:backup:eu-west-1:{AWAY}:backup-vault:red"),
        "plain",
    ),
    Scene(
        ("kms:Decrypt", "kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"),
        (f"arn:aws:kms:eu-west-1:{HOME}:key/1111aaaa",),
        "key",
    ),
    Scene(
        ("kms:DescribeKey", "kms:Decrypt", "kms:RetireGrant"), (f"arn:aws:kms:eu-west-1:{AWAY}:key/1111aaaa",), "key"
    ),
    Scene(
        ("sts:AssumeRole",),
        (f"arn:aws:iam::{HOME}:role/restore/red", f"arn:aws:iam::{AWAY}:role/restore/red"),
        "trust",
    ),
    Scene(("dynamodb:GetItem",), (f"arn:aws:dynamodb:eu-west-1:{HOME}:table/red",), "plain"),
    Scene(("sqs:SendMessage",), (f"arn:aws:sqs:eu-west-1:{AWAY}:red",), "plain"),
    Scene(("rds:CopyDBSnapshot",), (f"arn:aws:rds:eu-west-1:{HOME}:snapshot:awsbackup:red",), "none"),
    Scene(
        ("ec2:CreateSnapshot",),
        ("arn:aws:ec2:eu-west-1::snapshot/snap-1", f"arn:aws:ec2:eu-west-1:{HOME}:volume/v-1"),
        "none",
    ),
    Scene(("iam:PassRole",), (f"arn:aws:iam::{HOME}:role/restore/red",), "none"),
    Scene(("backup:ListBackupJobs",), ("*",), "none"),
)


class Key(NamedTuple):
    """A context key: its operators, without `Not`, `IfExists` and qualifiers, and its values."""

    name: str
    operators: tuple[str, ...]
    values: tuple[object, ...]
    """What a request can have."""
    tests: tuple[object, ...]
    """What a policy can ask for, beside those."""
    several: bool = False
    """Whether a request can have several values at once, so that a set operator belongs to each of its tests."""
    settled: bool = False
    """Whether its value, or absence, is known: a set operator on a key with one value is bad style, yet clear then."""


STRINGS = ("StringEquals", "StringEqualsIgnoreCase", "StringLike")
ARNS = ("ArnEquals", "ArnLike")
ORDERS = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
NUMBERS = tuple(f"Numeric{order}" for order in ORDERS)
DATES = tuple(f"Date{order}" for order in ORDERS)
ADDRESSES = ("IpAddress",)

ENCRYPTION_CONTEXT = Key("kms:EncryptionContext:Department", STRINGS, ("IT", "HR"), ("I?",))
"""The key that the constraints of a grant are about."""

KEYS = (
    Key("aws:PrincipalTag/team", STRINGS, ("red", "Red", "blue"), ("r?d", "re*", "*", "${aws:ResourceTag/team}")),
    Key(
        "aws:ResourceTag/team",
        STRINGS,
        ("red", "blue"),
        (
            "b*",
            "${aws:PrincipalTag/team}",
            "${aws:PrincipalTag/team, 'blue'}",
            "${aws:username}-${aws:PrincipalTag/team}",
        ),
    ),
    Key("aws:RequestTag/note", STRINGS, ("*", "why?", "$"), ("${*}", "why${?}", "${$}", "w*")),
    Key("aws:username", STRINGS, ("ana", "bob"), ("an?", "ANA", "a*a")),
    Key("aws:RequestedRegion", STRINGS, ("eu-west-1", "us-east-1"), ("eu-*", "*-1")),
    Key("aws:PrincipalType", STRINGS, (), ("User", "AssumedRole", "Assumed*")),
    Key("aws:SourceVpce", STRINGS, ("vpce-1", "vpce-2"), ("vpce-*", "vpce-?")),
    Key("aws:PrincipalAccount", STRINGS, (HOME,), (AWAY, "1111*")),
    Key("aws:PrincipalServiceName", STRINGS, (), (SERVICE, "*.amazonaws.com", "ec2.amazonaws.com")),
    Key("aws:PrincipalOrgID", STRINGS, ("o-1", "o-2"), ("o-*",)),
    Key("kms:ViaService", STRINGS, ("ec2.eu-west-1.amazonaws.com",), ("ec2.*.amazonaws.com", "rds.*.amazonaws.com")),
    Key(
        "aws:PrincipalArn",
        ARNS + STRINGS[2:],
        (),
        (
            ROLE,
            USER,
            f"arn:aws:iam::{HOME}:role/*",
            "arn:aws:iam::*:user/${aws:username}",
            f"arn:aws:iam::{HOME}:role/service-role/*",
            "arn:aws:iam::*:role/*/backup-job",
        ),
    ),
    Key(
        "aws:SourceArn",
        ARNS,
        (f"arn:aws:backup:eu-west-1:{HOME}:backup-job/1", f"arn:aws:sns:eu-west-1:{HOME}:a:b"),
        (f"arn:aws:backup:*:{HOME}:*", "arn:aws:sns:*:a:*", "arn:aws:*:eu-west-?:*:*", "arn:aws:sns:eu-west-1:*:a:b"),
    ),
    Key("s3:max-keys", NUMBERS, ("10", "10.0", 5), (10, "7.5", "-1")),
    Key("aws:MultiFactorAuthAge", NUMBERS, ("300", "3600"), (3600, "3600.5")),
    Key(
        "aws:CurrentTime",
        DATES,
        ("2026-11-20T05:00:00Z", "2026-11-20T06:00:00+01:00", "2026-11-21T00:00:00Z"),
        ("2026-11-21", "2026-11-20T05:00:01Z", "1795150800"),
    ),
    Key("aws:EpochTime", DATES, ("1795150800",), ("1795150801", "1795150799")),
    Key("aws:SecureTransport", ("Bool",), ("true", "false", True), (False,)),
    Key("kms:GrantIsForAWSResource", ("Bool",), ("true", "false"), (True,)),
    Key(
        "aws:SourceIp",
        ADDRESSES,
        ("203.0.113.5", "203.0.113.200", "2001:db8::5"),
        ("203.0.113.0/24", "203.0.113.0/28", "203.0.113.5/32", "2001:db8::/32", "2001:db8::5/128"),
    ),
    Key("example:Digest", ("BinaryEquals",), ("QmFja3Vw", "UmVzdG9yZQ=="), ("QmFja3Vx",)),
    Key("aws:TagKeys", STRINGS, ("team", "Team", "cost"), ("te*", "c?st"), several=True),
    Key(
        "aws:PrincipalOrgPaths",
        STRINGS[::2],
        ("o-1/r-1/ou-1/", "o-1/r-1/ou-1/ou-2/"),
        ("o-1/r-1/ou-1/*", "o-1/*/ou-2/"),
        several=True,
    ),
    Key("kms:EncryptionContextKeys", STRINGS, ("aws:ebs:id", "Department"), ("aws:*",), several=True),
    ENCRYPTION_CONTEXT,
)
