"""What people say of answers, kept for each entry of the knowledge base that the answer drew on."""

from redis.asyncio import Redis

from bot.diagnosis.either import AnyDiagnosis

REASONS = {
    "wrong-cause": "It names the wrong cause",
    "missed": "It missed something",
    "unclear": "I don't understand it",
    "fix": "The fix doesn't work",
    "other": "Something else",
}
"""Why an answer may not have helped, as the form offers it."""

COMMENTS = "backup-why:comments"


def entries_of(answer: AnyDiagnosis) -> tuple[str, ...]:
    """The entries that an answer drew on; its outcome where it drew on none."""
    drawn = dict.fromkeys(cause.knowledge or cause.code for cause in answer.causes)
    return tuple(drawn) or (answer.outcome.value,)


class Feedback:
    """The votes and comments.

    Args:
        redis: A client that decodes its responses.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def vote(self, thread: str, user: str, answer: AnyDiagnosis, *, helpful: bool) -> None:
        """Counts a person's vote on an answer once, for each of its entries; the last vote is the one that counts."""
        async with self._redis.pipeline(transaction=True) as pipe:
            for entry in entries_of(answer):
                pipe.hset(f"backup-why:votes:{entry}", f"{thread}:{user}", "yes" if helpful else "no")
            await pipe.execute()

    async def votes(self, entry: str) -> tuple[int, int]:
        """How many found an entry helpful, and how many did not."""
        votes = [str(vote) for vote in await self._redis.hvals(f"backup-why:votes:{entry}")]
        return votes.count("yes"), votes.count("no")

    async def comment(self, thread: str, user: str, answer: AnyDiagnosis, reason: str, text: str) -> None:
        """Keeps why an answer did not help."""
        entries = ",".join(entries_of(answer))
        await self._redis.xadd(
            COMMENTS, {"thread": thread, "user": user, "reason": reason, "text": text, "entries": entries}
        )
