"""The explaining policy evaluator: pure, documents and a request in, a decision with its reasons out."""

from bot.iam.authorization import Decision
from bot.iam.evaluation import PolicyEvaluation, decide, evaluate
from bot.iam.findings import Finding, Severity
from bot.iam.grants import KmsGrant
from bot.iam.layers import PolicyLayer, PolicySet
from bot.iam.lines import LineEvaluator, evaluate_line, evaluate_lines
from bot.iam.near_misses import Failure, NearMiss, Part, near_misses
from bot.iam.policy import Policy
from bot.iam.principals import Principal, PrincipalKind, is_unique_id
from bot.iam.request import PartialArn, PrefixValue, Request
from bot.iam.results import LayerResult, LayerVerdict, StatementMatch
from bot.iam.statement import Effect

__all__ = [
    "Decision",
    "Effect",
    "Failure",
    "Finding",
    "KmsGrant",
    "LayerResult",
    "LayerVerdict",
    "LineEvaluator",
    "NearMiss",
    "Part",
    "PartialArn",
    "Policy",
    "PolicyEvaluation",
    "PolicyLayer",
    "PolicySet",
    "PrefixValue",
    "Principal",
    "PrincipalKind",
    "Request",
    "Severity",
    "StatementMatch",
    "decide",
    "evaluate",
    "evaluate_line",
    "evaluate_lines",
    "is_unique_id",
    "near_misses",
]
