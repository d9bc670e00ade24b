"""`backup-why evaluate`: the policy evaluator for pipelines, a request a line."""

import sys

from bot.iam.lines import evaluate_lines


def evaluate() -> None:
    """Evaluate IAM requests: one JSON object a line on standard input, one answer a line, in order.

    For example:

    \b
      request='{"principal": "arn:aws:iam::222233334444:role/r", "action": "s3:GetObject", "resource": "*"}'
      echo "$request" | backup-why evaluate

    A line that can't be read as a request is answered with {"id": …, "error": "…"}.
    """
    evaluate_lines(sys.stdin, sys.stdout)
