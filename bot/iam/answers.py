"""What an evaluation says, as the members of a JSON answer."""

from bot.iam.evaluation import PolicyEvaluation
from bot.iam.near_misses import near_misses
from bot.iam.results import StatementMatch


def answer_of(evaluation: PolicyEvaluation) -> dict[str, object]:
    """The members of every answer: `decision`, `depends_on`, `by`, `missing`; `contested` where experts dispute it."""
    answer: dict[str, object] = {
        "decision": evaluation.decision,
        "depends_on": evaluation.depends_on,
        "by": [_statement(match) for match in evaluation.by],
        "missing": evaluation.missing,
    }
    if evaluation.contested:
        answer["contested"] = True
    return answer


def explanation_of(evaluation: PolicyEvaluation) -> dict[str, object]:
    """What is given on top where the request asks for it: `sentence`, `layers`, `near_misses` and `findings`."""
    request, policies = evaluation.request, evaluation.policies
    return {
        "sentence": evaluation.sentence,
        "layers": [
            {
                "layer": result.layer,
                "level": result.level,
                "verdict": result.verdict,
                "statements": [_statement(match) for match in result.statements],
                "depends_on": result.depends_on,
            }
            for result in evaluation.layers
        ],
        "near_misses": [
            {
                "layer": miss.layer,
                "level": miss.level,
                "name": miss.policy,
                "statement": miss.statement,
                "sentence": miss.sentence,
            }
            for layer in evaluation.missing
            for miss in near_misses(request, policies, layer)
        ],
        "findings": [
            {
                "name": policy.name,
                "position": finding.position,
                "message": finding.message,
                "severity": finding.severity,
            }
            for policy in policies.every_policy()
            for finding in policy.findings
        ],
    }


def _statement(match: StatementMatch) -> dict[str, object]:
    member: dict[str, object] = {
        "layer": match.layer,
        "name": match.policy,
        "statement": match.statement,
        "effect": match.effect,
    }
    if match.level is not None:
        member["level"] = match.level
    return member
