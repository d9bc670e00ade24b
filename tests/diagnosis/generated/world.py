"""The world that an incident happens in: an organization, its accounts, and what stands about in them.

Everything that a job could mistake for its own is there: other roles, vaults, keys and jobs, and policies that bind
others.
"""

from collections.abc import Iterator
from typing import Any

from tests.diagnosis.generated.names import Names

Json = dict[str, Any]

FULL_ACCESS = ["p-FullAWSAccess", "p-RCPFullAWSAccess"]
LINKED_ROLE = "aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
DEFAULT_ROLE = "service-role/AWSBackupDefaultServiceRole"
CREATED = "2026-11-20T05:00:00Z"
OPTED_IN = dict.fromkeys(("Aurora", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "RDS", "S3", "Storage Gateway"), True)


def document(*statements: Json) -> Json:
    """A policy of the current version."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(*services: str) -> Json:
    """A trust policy that lets services assume the role."""
    return document(*({**_ASSUME, "Principal": {"Service": service}} for service in services))


_ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole"}


class World:
    """An estate under construction.

    Args:
        names: What to call things.
        region: The Region of the job; its partition is everything's.
        organized: Whether there is an organization.
        bot_in: Which account's credentials the bot starts with.
    """

    def __init__(self, names: Names, region: str, *, organized: bool = True, bot_in: str = "security") -> None:
        self.names = names
        self.region = region
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        self.partition = next((name for prefix, name in prefixes.items() if region.startswith(prefix)), "aws")
        self.management, self.home, self.vaults, self.sandbox, self.security = (
            names.account(label) for label in ("management", "home", "vaults", "sandbox", "security")
        )
        self.organization_id = f"o-{names.hex('organization', 10)}"
        self.bot = {"account": getattr(self, bot_in), "region": region, "role_name": "BackupWhyReadOnly"}
        self.accounts: dict[str, Json] = {}
        self.unlisted: set[str] = set()
        self.organization: Json | None = self._organization() if organized else None
        listed = (self.management, self.security, self.home) if organized else (self.security, self.home)
        for account in listed:
            self.add_account(account)
        if organized:
            self.accounts[self.management]["global_settings"] = {"isCrossAccountBackupEnabled": "true"}

    def arn(self, service: str, account: str, rest: str, region: str | None = None) -> str:
        """An ARN of this partition; of the job's Region unless another, or none, is named."""
        return f"arn:{self.partition}:{service}:{self.region if region is None else region}:{account}:{rest}"

    def iam(self, account: str, rest: str) -> str:
        """An ARN of IAM, which has no Region."""
        return self.arn("iam", account, rest, region="")

    def linked_role(self, account: str) -> str:
        """The ARN of an account's AWSServiceRoleForBackup."""
        return self.iam(account, f"role/{LINKED_ROLE}")

    def managed(self, name: str) -> str:
        """The ARN of one of AWS's managed policies, its path included."""
        return self.iam("aws", f"policy/{name}")

    def add_account(self, account: str) -> None:
        """An account with the roles that every account of a real estate has."""
        self.accounts[account] = {"roles": [], "policies": [], "regions": {}}
        self.add_role(account, "BackupWhyReadOnly", self._trusting(self.bot["account"]), ["SecurityAudit"])
        self.add_role(account, "Admin", self._trusting(account), ["AdministratorAccess"])
        if account not in (self.management, self.security):
            self.add_role(account, LINKED_ROLE, trust("backup.amazonaws.com"), [_LINKED_POLICY])
            self.add_role(account, DEFAULT_ROLE, trust("backup.amazonaws.com"), [_BACKUP_POLICY, _RESTORE_POLICY])

    def _trusting(self, account: str) -> Json:
        return document({**_ASSUME, "Principal": {"AWS": self.iam(account, "root")}})

    def add_role(self, account: str, path_and_name: str, trusting: Json, managed: list[str]) -> Json:
        """A role with AWS managed policies; given with its path, which is `/` where there is none."""
        path, _, name = path_and_name.rpartition("/")
        role = {
            "RoleName": name,
            "Path": f"/{path}/" if path else "/",
            "RoleId": self.names.unique_id("AROA", account + path_and_name),
            "AssumeRolePolicyDocument": trusting,
            "AttachedPolicies": [self.managed(one) for one in managed],
            "InlinePolicies": {},
        }
        self.accounts[account]["roles"].append(role)
        return role

    def add_policy(self, account: str, path_and_name: str, *statements: Json) -> str:
        """A customer managed policy; returns its ARN."""
        arn = self.iam(account, f"policy/{path_and_name}")
        self.accounts[account]["policies"].append({"Arn": arn, "Document": document(*statements)})
        return arn

    def in_region(self, account: str, region: str) -> Json:
        """What an account has in a Region."""
        regions = self.accounts[account]["regions"]
        members = ("keys", "vaults", "resources", "recovery_points", "backup_jobs", "copy_jobs", "restore_jobs")
        empty: Json = {member: [] for member in members} | {"region_settings": OPTED_IN, "cloudtrail": []}
        found: Json = regions.setdefault(region, empty)
        return found

    def add_key(self, account: str, label: str, region: str | None = None, *statements: Json) -> str:
        """A customer managed key, by default one that delegates to its account; returns its ARN."""
        key_id = self.names.uuid(f"key {label}")
        key = {"KeyId": key_id, "KeyManager": "CUSTOMER", "KeyState": "Enabled", "MultiRegion": False}
        policy = document(*(statements or (self.delegation(account),)))
        self.in_region(account, region or self.region)["keys"].append(
            {**key, "Aliases": [f"alias/{label}"], "Policy": policy, "Grants": []}
        )
        return self.arn("kms", account, f"key/{key_id}", region)

    def delegation(self, account: str) -> Json:
        """The statement of the default key policy: the account's IAM policies decide."""
        allowed = {"Effect": "Allow", "Principal": {"AWS": self.iam(account, "root")}, "Action": "kms:*"}
        return {"Sid": "Enable IAM User Permissions", **allowed, "Resource": "*"}

    def key(self, arn: str) -> Json:
        """A key of the estate."""
        _, _, _, region, account, rest = arn.split(":", 5)
        keys = self.in_region(account, region)["keys"]
        return next(key for key in keys if rest == f"key/{key['KeyId']}")

    def add_vault(self, account: str, name: str, key: str, region: str | None = None) -> str:
        """A vault without an access policy; returns its ARN."""
        vault = {"BackupVaultName": name, "VaultType": "BACKUP_VAULT", "VaultState": "AVAILABLE", "Locked": False}
        self.in_region(account, region or self.region)["vaults"].append({**vault, "EncryptionKeyArn": key})
        return self.arn("backup", account, f"backup-vault:{name}", region)

    def vault(self, arn: str) -> Json:
        """A vault of the estate."""
        _, _, _, region, account, rest = arn.split(":", 5)
        vaults = self.in_region(account, region)["vaults"]
        return next(vault for vault in vaults if rest == f"backup-vault:{vault['BackupVaultName']}")

    def add_organization_policy(self, node: str, kind: str, name: str, *statements: Json) -> str:
        """An SCP or RCP, attached to the root, an OU or an account; returns its id."""
        assert self.organization is not None
        policy_id = f"p-{self.names.hex(node + name, 8)}"
        content = document(*statements)
        self.organization["policies"].append({"Id": policy_id, "Name": name, "Type": kind, "Content": content})
        self.attached_to(node).append(policy_id)
        return policy_id

    def attached_to(self, node: str) -> list[str]:
        """The ids of the policies that are attached to the root, an OU or an account."""
        attached: dict[str, list[str]] = {}
        for unit in self.units():
            attached |= {unit["Id"]: unit["policies"], **unit["accounts"]}
        return attached[node]

    def units(self) -> Iterator[Json]:
        """The root and every OU."""
        waiting = [self.organization["root"]] if self.organization else []
        while waiting:
            unit = waiting.pop()
            yield unit
            waiting += unit["children"]

    def path_to(self, account: str) -> list[Json]:
        """The units that an account stands in, the root first; none outside the organization."""

        def below(unit: Json) -> list[Json]:
            if account in unit["accounts"]:
                return [unit]
            return next(([unit, *found] for child in unit["children"] if (found := below(child))), [])

        return below(self.organization["root"]) if self.organization else []

    def organization_path(self, account: str) -> str:
        """The account's place as `aws:PrincipalOrgPaths` has it."""
        return "/".join([self.organization_id, *(unit["Id"] for unit in self.path_to(account)), ""])

    def _organization(self) -> Json:
        """Root, workloads and infrastructure, the job's account two or three levels down."""
        mark = self.names.hex("root", 4)

        def unit(name: str, *children: Json, **accounts: str) -> Json:
            inside = {account: list(FULL_ACCESS) for account in accounts.values()}
            unit_id = f"ou-{mark}-{self.names.hex(name, 8)}"
            return {
                "Id": unit_id,
                "Name": name,
                "policies": list(FULL_ACCESS),
                "accounts": inside,
                "children": list(children),
            }

        production = unit("Production", home=self.home)
        if self.names.pick("depth", (True, False)):
            production = unit("Regulated", production)
        backup, security = unit("Backup", vaults=self.vaults), unit("Security", security=self.security)
        workloads = unit("Workloads", production, unit("Staging"))
        root = unit("Root", workloads, unit("Infrastructure", backup, security), unit("Sandbox", sandbox=self.sandbox))
        root |= {"Id": f"r-{mark}", "accounts": {self.management: list(FULL_ACCESS)}}
        return {"Id": self.organization_id, "MasterAccountId": self.management, "policies": [], "root": root}

    def estate(self) -> Json:
        """The whole, as an estate file has it."""
        organization = {"organization": self.organization} if self.organization else {}
        listed = {account: what for account, what in self.accounts.items() if account not in self.unlisted}
        return {"bot": self.bot, **organization, "accounts": listed}


_LINKED_POLICY = "aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup"
_BACKUP_POLICY = "service-role/AWSBackupServiceRolePolicyForBackup"
_RESTORE_POLICY = "service-role/AWSBackupServiceRolePolicyForRestores"
