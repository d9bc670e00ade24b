"""Strategies for the policies of one request: patterns, conditions, principals, statements and grants."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.iam.drawing import Draw, Json, chance, one_of, one_or_more, spelled
from tests.iam.vocabulary import AWAY, HOME, KEYS, OTHER_SESSION, ROLE, SERVICE, USER, Key, Principal, Scene

FULL_ACCESS = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def action_patterns(scene: Scene, action: str) -> tuple[str, ...]:
    """Patterns that match the action or just fail to."""
    service, name = action.split(":")
    return (
        action,
        f"{service}:*",
        "*",
        scene.actions[-1],
        action.lower(),
        f"{service.upper()}:{name}",
        f"{service}:{name[:3]}*",
        f"{service}:*{name[-4:]}",
        f"{service}:{name[:-1]}?",
        f"{service}:{name}?",
        f"{service}:{name[:3]}",
        "tag:GetResources",
    )


def resource_patterns(resource: str, *, with_variables: bool = True) -> tuple[str, ...]:
    """Patterns that match the resource or just fail to."""
    if resource == "*":
        return ("*", f"arn:aws:backup:*:{HOME}:*")
    head, tail = resource.rsplit(":", 1)
    fixed, last = (head.split(":") + [""] * 6)[:5], tail.rsplit("/", 1)[-1]
    before = resource[: len(resource) - len(last)]
    plain = (
        resource,
        "*",
        f"{before}*",
        f"{before}{last[:-1]}?",
        f"{before}{last}?",
        f"{before}{last.upper()}",
        f"{':'.join(fixed[:3])}:*:*:*",
        f"{':'.join(fixed[:3])}:*:{resource.split(':', 5)[5] if resource.count(':') > 5 else '*:*'}",
        f"arn:aws:{fixed[2]}:*:{fixed[4]}:*{last}",
        f"arn:aws:{fixed[2]}:*:{resource.split(':', 5)[5]}",
        f"arn:aws:{fixed[2]}:*:{tail}",
        f"arn:aws:{fixed[2]}:{fixed[3][:2]}*:*{tail[-2:]}",
        f"arn:aws:{fixed[2]}:{fixed[3][:2]}*{tail[-2:]}",
        f"arn:aws:*:{fixed[4]}:{tail[:3]}*",
        f"arn:*?{last}",
        f"arn:aws:{fixed[2]}",
    )
    variables = (
        f"{before}${{aws:PrincipalTag/team}}",
        f"{before}${{AWS:principaltag/Team, 'red'}}",
        f"{before}${{aws:ResourceTag/team}}*",
        f"{before}${{*}}",
        f"arn:aws:*:*:{fixed[4]}:*${{aws:PrincipalTag/team}}",
    )
    return plain + variables if with_variables else plain


def condition(draw: Draw, key: Key) -> tuple[str, Json]:
    """One operator on one key."""
    if chance(draw, 7):
        return "Null", {spelled(draw, key.name): one_of(draw, ("true", "false", True, False))}
    operator = one_of(draw, key.operators)
    if operator not in ("Bool", "BinaryEquals") and "Than" not in operator and chance(draw, 3):
        operator = negation(operator)
    if chance(draw, 4):
        operator += "IfExists"
    if key.several or (key.settled and chance(draw, 8)):
        operator = one_of(draw, ("ForAnyValue:", "ForAllValues:")) + operator
    return operator, {spelled(draw, key.name): one_or_more(draw, key.values + key.tests)}


def negation(operator: str) -> str:
    """StringNotLike of StringLike, NotIpAddress of IpAddress."""
    for kind in ("String", "Arn", "Numeric", "Date"):
        if operator.startswith(kind):
            return f"{kind}Not{operator.removeprefix(kind)}"
    return f"Not{operator}"


def conditions(draw: Draw, keys: list[Key]) -> Json:
    """A condition block of one or two tests on these keys, none twice under one operator however it is spelled."""
    block: Json = {}
    for _ in range(draw(st.integers(1, 2))):
        operator, test = condition(draw, one_of(draw, keys))
        tested = block.setdefault(operator, {})
        if not {name.lower() for name in test} & {name.lower() for name in tested}:
            tested |= test
    return block


class Maker:
    """Makes the policies of one request.

    Args:
        draw: Hypothesis's.
        scene: The service that is called.
        principal: Who calls.
        line: The request so far: its action and resource.
        keys: The context keys that its policies test.
    """

    def __init__(self, draw: Draw, scene: Scene, principal: Principal, line: Json, keys: list[Key]) -> None:
        self.draw = draw
        self.scene = scene
        self.principal = principal
        self.line = line
        self.keys = keys

    def statement(self, deny_in: int, *, has_resource: bool = True) -> Json:
        """A statement without a principal, which denies once in so many."""
        draw = self.draw
        statement: Json = {"Effect": "Deny" if chance(draw, deny_in) else "Allow"}
        negated = "Not" if chance(draw, 8) else ""
        statement[f"{negated}Action"] = one_or_more(draw, action_patterns(self.scene, self.line["action"]))
        if has_resource:
            negated = "Not" if chance(draw, 8) else ""
            statement[f"{negated}Resource"] = one_or_more(draw, resource_patterns(self.line["resource"]))
        if not chance(draw, 4):
            statement["Condition"] = conditions(draw, self.keys)
        return statement

    def policy(self, name: str, statements: list[Json]) -> Json:
        """A named policy of these statements, in either version of the language."""
        draw = self.draw
        for index, statement in enumerate(statements):
            if chance(draw, 3):
                statement["Sid"] = f"S{index}"
        single = len(statements) == 1 and chance(draw, 4)
        document: Json = {"Statement": statements[0] if single else statements}
        version = one_of(draw, ("2012-10-17", "2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", None))
        return {"name": name, "policy": ({"Version": version} if version else {}) | document}

    def policies(self, name: str, most: int, deny_in: int = 5) -> list[Json]:
        """Policies of an identity or an SCP level, often with one that allows everything."""
        found = []
        for number in range(self.draw(st.integers(1, most))):
            statements = [self.statement(deny_in) for _ in range(self.draw(st.integers(1, 2)))]
            if chance(self.draw, 3):
                statements.append(dict(FULL_ACCESS))
            found.append(self.policy(f"{name}{number}", statements))
        return found

    def levels(self, name: str, make: Callable[[str], list[Json]]) -> list[list[Json]]:
        """A list of policies a level of the organization, root first."""
        return [make(f"{name}{level}-") for level in range(self.draw(st.integers(1, 2)))]

    def scps(self, name: str) -> list[Json]:
        """The SCPs of a level: mostly FullAWSAccess and more, seldom none at all."""
        if chance(self.draw, 12):
            return []
        full = (
            []
            if chance(self.draw, 5)
            else [{"name": "FullAWSAccess", "policy": {"Version": "2012-10-17", "Statement": [FULL_ACCESS]}}]
        )
        return full + (self.policies(name, 1, deny_in=2) if chance(self.draw, 2) or not full else [])

    def rcps(self, name: str) -> list[Json]:
        """The RCPs of a level: RCPFullAWSAccess, which can't be taken away, and ones that can only deny."""
        statement = FULL_ACCESS | {"Principal": "*"}
        full = {"name": "RCPFullAWSAccess", "policy": {"Version": "2012-10-17", "Statement": [statement]}}
        denies = [self.statement(1) | {"Principal": "*"} for _ in range(self.draw(st.integers(0, 1)))]
        return [full, *([self.policy(name, denies)] if denies else [])]

    def endpoint(self) -> list[Json]:
        """The policy of a VPC endpoint."""
        statements = [statement | {"Principal": "*"} for statement in (self.statement(6), dict(FULL_ACCESS))]
        return [self.policy("endpoint", statements[: self.draw(st.integers(1, 2))])]

    def resource_policy(self) -> Json:
        """A bucket's, vault's or queue's policy, a key policy or a trust policy."""
        statements = []
        for _ in range(self.draw(st.integers(1, 3))):
            statement = self.statement(5, has_resource=self.scene.policy != "trust")
            if self.scene.policy == "key":
                statement = {name: value for name, value in statement.items() if "Resource" not in name} | {
                    "Resource": "*"
                }
            not_principal = statement["Effect"] == "Deny" and self.scene.policy == "plain" and chance(self.draw, 2)
            element = self.not_principal() if not_principal else self.principal_element()
            statements.append(statement | {"NotPrincipal" if not_principal else "Principal": element})
        return self.policy(f"{self.scene.policy}-policy", statements)

    def principal_element(self) -> Any:
        """A Principal that names the caller in one of the ways there are, or someone else."""
        partner: tuple[Any, ...] = (
            {"AWS": AWAY},
            {"Service": "ec2.amazonaws.com"},
            {"Federated": "accounts.google.com"},
        )
        if self.principal.arn == SERVICE:
            own: tuple[Any, ...] = (
                {"Service": SERVICE},
                {"Service": ["ec2.amazonaws.com", SERVICE]},
                "*",
                {"AWS": HOME},
            )
            return one_of(self.draw, own + partner)
        root = f"arn:aws:iam::{HOME}:root"
        names = [
            root,
            HOME,
            self.principal.arn,
            OTHER_SESSION,
            USER,
            ROLE,
            "AROAEXAMPLE000000001",
            f"arn:aws:iam::{AWAY}:root",
        ]
        names += [self.principal.role] * 2 if self.principal.role else []
        if chance(self.draw, 3):
            return one_of(
                self.draw, ("*", {"AWS": "*"}, {"AWS": one_or_more(self.draw, names), "Service": SERVICE}, *partner)
            )
        return {"AWS": one_or_more(self.draw, names)}

    def not_principal(self) -> Json:
        """A NotPrincipal that names the caller whole, with role and account, or in part, or not at all."""
        if self.principal.arn == SERVICE:
            return {"Service": one_of(self.draw, (SERVICE, "ec2.amazonaws.com"))}
        root = f"arn:aws:iam::{HOME}:root"
        whole = sorted({self.principal.arn, self.principal.role, root} - {""})
        stranger = f"arn:aws:iam::{AWAY}:role/auditor"
        strange = (stranger, [stranger, f"arn:aws:iam::{AWAY}:root"])
        return {"AWS": one_of(self.draw, (whole, [*whole, stranger], root, [self.principal.arn], *strange))}

    def grants(self) -> list[Json]:
        """Grants of the key, as ListGrants answers."""
        return [self.grant(number) for number in range(self.draw(st.integers(0, 2)))]

    def grant(self, number: int) -> Json:
        """A grant to the caller or to someone else, for the action or for another."""
        draw = self.draw
        operation = self.line["action"].split(":")[1]
        operations = one_of(draw, ([operation], [operation, "Encrypt"], ["Encrypt", "GenerateDataKey"]))
        grant: Json = {"GrantId": f"grant-{number}", "KeyId": self.line["resource"], "Operations": operations}
        constraints: Json = {}
        if self.principal.arn == SERVICE:
            grant |= {"GranteeServicePrincipal": SERVICE, "RetiringServicePrincipal": SERVICE}
            constraints["SourceArn"] = one_of(draw, next(key for key in KEYS if key.name == "aws:SourceArn").values)
        else:
            named = [self.principal.role or self.principal.arn, self.principal.arn, ROLE, USER]
            grant["GranteePrincipal"] = one_of(draw, named)
            if chance(draw, 3):
                grant["RetiringPrincipal"] = one_of(draw, [*named, f"arn:aws:iam::{HOME}:root"])
        if chance(draw, 2):
            kind = one_of(draw, ("EncryptionContextEquals", "EncryptionContextSubset"))
            constraints[kind] = {"Department": one_of(draw, ("IT", "it"))}
        return grant | ({"Constraints": constraints} if constraints else {})
