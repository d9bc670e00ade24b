"""What is answered when somebody asks on, intent by intent: a page from the diagnosis at hand, and from nothing else.

`FOLLOW_UPS` names the page of each intent of `knowledge/intents.yaml` that is about an answer.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.diagnosis.model import LayerName
from bot.replies.follow_ups.choosing import alternatives, purpose, risk, test_first, when_fixed
from bot.replies.follow_ups.common import Reply
from bot.replies.follow_ups.evidence import layer, message, policies, summary, trust, why_needed
from bot.replies.follow_ups.fixing import (
    afterwards,
    causes,
    fix,
    fix_as,
    fix_as_template,
    not_mine,
    owners,
    recheck,
    retry,
    undo,
    what_if,
)
from bot.replies.follow_ups.job import data, denied_call, draft, job_facts, not_enough, side, trail, where_attached
from bot.replies.follow_ups.knowing import checked, how_sure, likeliest, missing_permission, unknown
from bot.replies.follow_ups.looking import attack, by_hand, more, to_read, vague
from bot.replies.follow_ups.places import accounts, history, other_jobs, principal

FOLLOW_UPS: Final[Mapping[str, Reply]] = MappingProxyType(
    {
        "who-changes": owners,
        "which-account": accounts,
        "what-to-change": fix,
        "fix-terraform": fix_as("terraform", "with Terraform"),
        "fix-cloudformation": fix_as_template,
        "fix-cli": fix_as("cli", "with the AWS CLI"),
        "fix-json": fix_as("json", "as JSON"),
        "fix-for-me": not_mine,
        "who-changed": history,
        "check-again": recheck,
        "retry": retry,
        "other-jobs": other_jobs,
        "what-if": what_if,
        "why-needed": why_needed,
        "summarize": summary,
        "why-unknown": unknown,
        "missing-permission": missing_permission,
        "certainty": how_sure,
        "likeliest": likeliest,
        "checked": checked,
        "policy": policies,
        "trust-policy": trust,
        "principal": principal,
        "layer-organization": layer(LayerName.ORGANIZATION),
        "layer-kms": layer(LayerName.KMS),
        "layer-vault": layer(LayerName.VAULT),
        "layer-job-role": layer(LayerName.JOB_ROLE),
        "layer-resource": layer(LayerName.RESOURCE),
        "message": message,
        "job": job_facts,
        "denied-action": denied_call,
        "causes": causes,
        "undo": undo,
        "not-enough": not_enough,
        "side": side,
        "data": data,
        "afterwards": afterwards,
        "draft": draft,
        "trail": trail,
        "where-attached": where_attached,
        "risk": risk,
        "alternatives": alternatives,
        "purpose": purpose,
        "when-fixed": when_fixed,
        "test-first": test_first,
        "more": more,
        "by-hand": by_hand,
        "to-read": to_read,
        "attack": attack,
        "vague": vague,
    }
)
"""The page of each intent."""
