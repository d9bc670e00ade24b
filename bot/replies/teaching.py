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
    says = wrong or "I show why an AWS Backup job was denied: give me its job id."
    return Page(
        "usage",
        says,
        (
            Paragraph(line(says)),
            Bullets(
                (
                    line(code(f"/backup-why {EXAMPLE}"), " answers here, in a thread."),
                    line(
                        "Instead of the id, the job's ARN, its console URL, its event in JSON or an error text will do."
                    ),
                    line(code("/backup-explain scp-denied"), " explains a cause, a check or a policy."),
                )
            ),
            Note(line("I only read. An id stands in the AWS Backup console under Jobs.")),
        ),
    )


def explanation(topic: str) -> tuple[Page, bool]:
    """What to say of a topic, and whether it is an entry; without one it teaches the asker alone.

    Args:
        topic: What was typed: an entry's name, or the words that somebody uses for it.
    """
    if topic.lower() in ("", "help"):
        return topic_page(), False
    try:
        return entry_page(library.get(topic)), True
    except BadInputError:
        pass
    near = search.nearest(topic)
    if len(near) == 1:
        return entry_page(library.get(near[0].slug)), True
    return topic_page(topic, near), False


def topic_page(topic: str = "", near: Sequence[Hit] = ()) -> Page:
    """How to ask for an explanation, or what was meant by a topic that there is no entry of.

    Args:
        topic: What was typed.
        near: The entries that come closest.
    """
    if not topic:
        says = "I explain causes, checks, identities and policies of AWS Backup: give me a topic."
        tips = (line(code("/backup-explain scp-denied")), line(code("/backup-explain service-linked role")))
        return Page("usage", says, (Paragraph(line(says)), Bullets(tips)))
    if not near:
        says = f"I have no entry on {topic}. Try a cause code, a policy's name or a word of the error."
        return Page("usage", says, (Paragraph(line(says)),))
    says = f"I have no entry on {topic}. Did you mean {', or '.join(hit.title for hit in near)}?"
    meant = tuple(line(code(f"/backup-explain {hit.slug}"), f": {hit.title}") for hit in near)
    return Page("usage", says, (Paragraph(line(f"I have no entry on {topic}. Did you mean:")), Bullets(meant)))


def entry_page(entry: KnowledgeEntry) -> Page:
    """An entry of the knowledge base, whole."""
    sources = Note(line(f"Source: {'; '.join(entry.sources)}."))
    return Page(
        f"entry:{entry.slug}", f"{entry.title}: {entry.verdict}", (Heading(entry.title), Prose(entry.text), sources)
    )
