"""What is offered to be asked in the agent view: before the first answer, and after one."""

from bot.diagnosis.model import Diagnosis

Prompt = dict[str, str]

FIRST, NEXT = "Ask me", "About this answer"
"""What stands above them."""


def first_prompts(jobs: list[str]) -> list[Prompt]:
    """Where nothing has been asked yet.

    Args:
        jobs: The jobs that the person asked about last.
    """
    again = [_prompt(f"Why did {job[:8]}… fail?", f"Why did job {job} fail?") for job in jobs[:1]]
    return [
        *again,
        _prompt("What can you do?", "help"),
        _prompt("What is the service-linked role?", "What is the service-linked role?"),
        _prompt("Which policies does a job role need?", "Which managed policies does a job role need?"),
    ]


def next_prompts(diagnosis: Diagnosis) -> list[Prompt]:
    """After an answer: the questions that it leads to."""
    prompts = [_prompt("Show me the trust policy", "Show me the trust policy")]
    if any(cause.fix is not None for cause in diagnosis.causes):
        prompts = [
            _prompt("How do I fix it?", "How do I fix it?"),
            _prompt("Who can fix it?", "Who can fix it?"),
            *prompts,
        ]
    if diagnosis.unread:
        prompts.append(_prompt("What couldn't you read?", "What couldn't you read?"))
    return prompts[:4]


def _prompt(title: str, message: str) -> Prompt:
    return {"title": title, "message": message}
