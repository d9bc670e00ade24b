"""What teaches: how to ask, and what an entry of the knowledge base says."""

from collections.abc import Sequence

from bot.errors import BadInputError
from bot.replies.document import Bullets, Heading, Note, Page, Paragraph, Prose, code, line
from knowledge import library, search
from knowledge.library import KnowledgeEntry
from knowledge.search import Hit

EXAMPLE = "6f0c2d1e-3b4a-4c5d-8e9f-0a1b2c3d4e5f"


def ask_page(wrong: str = "") -> Page:
    """How to ask why a job failed.

    Args:
        wrong: What was wrong with what was typed, in a sentence; empty where nothing was typed.
    """
    says = wrong or "Give me an AWS Backup job ID and I'll show you why it was denied."
    return Page(
        "usage",
        says,
        (
            Paragraph(line(says)),
            Bullets(
                (
                    line(code(f"/backup-why {EXAMPLE}"), " answers here, in a thread."),
                    line("The job's ARN, console URL, event in JSON or an error text works, too."),
                    line(code("/backup-explain scp-denied"), " explains a cause, a check or a policy."),
                )
            ),
            Note(line("I only read. Find the job ID in the AWS Backup console under Jobs.")),
        ),
    )


def explanation(topic: str) -> tuple[Page, bool]:
    """What to say of a topic, and whether it is an entry; without one it teaches the asker alone.

    Args:
        topic: What was typed: an entry's name, or the words that somebody uses for it.
    """
    entry, near = found(topic)
    return (entry_page(entry), True) if entry else (topic_page(topic, near), False)


def found(topic: str) -> tuple[KnowledgeEntry | None, Sequence[Hit]]:
    """The entry of a topic, or those that come closest to it.

    Args:
        topic: What was typed: an entry's name, or the words that somebody uses for it.
    """
    if is_usage(topic):
        return None, ()
    try:
        return library.get(topic), ()
    except BadInputError:
        pass
    near = search.nearest(topic)
    return (library.get(near[0].slug), near) if len(near) == 1 else (None, near)


def is_usage(topic: str) -> bool:
    """Whether somebody asks how to ask."""
    return topic.lower() in ("", "help")


def topic_page(topic: str = "", near: Sequence[Hit] = (), explain: str = "/backup-explain") -> Page:
    """How to ask for an explanation, or what was meant by a topic that there is no entry of.

    Args:
        topic: What was typed.
        near: The entries that come closest.
        explain: The command that explains, where this is read.
    """
    if is_usage(topic):
        says = "Give me a topic: a cause, a check, an identity or a policy of AWS Backup."
        tips = (line(code(f"{explain} scp-denied")), line(code(f"{explain} service-linked role")))
        return Page("usage", says, (Paragraph(line(says)), Bullets(tips)))
    if not near:
        says = f"I don't have anything on {topic}. Try a policy's name or words from the error."
        return Page("usage", says, (Paragraph(line(says)),))
    says = f"I don't have anything on {topic}. Did you mean {', or '.join(hit.title for hit in near)}?"
    meant = tuple(line(code(f"{explain} {hit.slug}"), f": {hit.title}") for hit in near)
    return Page("usage", says, (Paragraph(line(f"I don't have anything on {topic}. Did you mean:")), Bullets(meant)))


def entry_page(entry: KnowledgeEntry) -> Page:
    """An entry of the knowledge base, whole."""
    sources = Note(line(f"Source: {'; '.join(entry.sources)}."))
    return Page(
        f"entry:{entry.slug}", f"{entry.title}: {entry.verdict}", (Heading(entry.title), Prose(entry.text), sources)
    )
