"""`backup-why permissions` and `manifest`: what to set up in AWS and in Slack."""

import json
import sys
from typing import Annotated

import typer

from bot.aws.permissions import permissions as called


def permissions(
    as_policy: Annotated[bool, typer.Option("--policy", help="Print a policy document for the roles.")] = False,
) -> None:
    """Print exactly the IAM actions that the bot calls; all of them read.

    The bot's own role needs sts:AssumeRole on the role in the other accounts; that role, in every account in scope,
    needs the rest.
    """
    actions = called()
    if not as_policy:
        sys.stdout.write("\n".join(actions) + "\n")
        return
    reads = [action for action in actions if action != "sts:AssumeRole"]
    statement = {"Sid": "BackupWhyReads", "Effect": "Allow", "Action": reads, "Resource": "*"}
    sys.stdout.write(json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n")
