"""What teaches: how to ask, what an entry of the knowledge base says, and that the answer is not known."""

from collections.abc import Sequence

from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, Prose, code, line
from bot.replies.surface import SLACK, Surface
from knowledge.library import KnowledgeEntry
from knowledge.search import Hit

EXAMPLE = "6f0c2d1e-3b4a-4c5d-8e9f-0a1b2c3d4e5f"
_LONGEST_TOLD = 80


def ask_page(wrong: str = "", surface: Surface = SLACK) -> Page:
    """How to ask why a job failed.

    Args:
        wrong: What was wrong with what was typed, in a sentence; empty where nothing was typed.
        surface: Where it is read.
    """
    says = wrong or "Give me an AWS Backup job ID and I'll show you why it was denied."
    return Page(
        "usage",
        says,
        (
            Paragraph(line(says)),
            Bullets(
                (
                    line(code(f"{surface.ask} {EXAMPLE}"), " shows why a job failed."),
                    line("The job's ARN, console URL, event in JSON or an error text works, too."),
                    line(code(f"{surface.explain} scp-denied"), " explains a cause, a check or a policy."),
                    line(code(f"{surface.explain} needs restore EFS"), " says what a job must be allowed."),
                )
            ),
            Note(line("I only read. Find the job ID in the AWS Backup console under Jobs.")),
        ),
    )


def topic_page(surface: Surface = SLACK) -> Page:
    """How to ask for an explanation."""
    says = "Give me a topic: a cause, a check, an identity or a policy of AWS Backup."
    return Page("usage", says, (Paragraph(line(says)), Bullets(_examples(surface))))


def closest_page(near: Sequence[Hit], surface: Surface = SLACK) -> Page:
    """The entries that come closest to a question that none of them answers for sure.

    Args:
        near: The entries, the closest first.
        surface: Where it is read.
    """
    says = "I'm not sure what you mean. Did you mean:"
    meant = tuple(line(code(f"{surface.explain} {hit.slug}"), f": {hit.title}") for hit in near)
    told = f"I'm not sure what you mean. Did you mean {', or '.join(hit.title.rstrip('?') for hit in near)}?"
    return Page("closest", told, (Paragraph(line(says)), Bullets(meant)))


def unknown_page(topic: str = "", surface: Surface = SLACK) -> Page:
    """That the answer is not known, and what is.

    Args:
        topic: What was asked; a long question is not told again.
        surface: Where it is read.
    """
    what = topic if 0 < len(topic) <= _LONGEST_TOLD else "that"
    says = f"I don't have anything on {what}."
    can = (line(code(f"{surface.ask} {EXAMPLE}"), " shows why a job failed."), *_examples(surface))
    return Page("unknown", says, (Paragraph(line(says, " I can answer these:")), Bullets(can)))


def sentence_page(says: str) -> Page:
    """A reply of a sentence or two."""
    return Page("said", says, (Paragraph(line(says)),))


def entry_page(entry: KnowledgeEntry) -> Page:
    """An entry of the knowledge base, whole."""
    sources = Note(line(f"Source: {'; '.join(entry.sources)}."))
    return Page(
        f"entry:{entry.slug}", f"{entry.title}: {entry.verdict}", (Heading(entry.title), Prose(entry.text), sources)
    )


def _examples(surface: Surface) -> tuple[Line, ...]:
    return (
        line(code(f"{surface.explain} scp-denied"), " explains a cause."),
        line(code(f"{surface.explain} service-linked role"), " explains an identity."),
        line(code(f"{surface.explain} needs restore EFS"), " says what a job must be allowed."),
    )
