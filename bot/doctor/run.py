"""Runs the examination, section by section."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

from bot.doctor.aws import check_aws
from bot.doctor.findings import Checkup, SetupFinding, broken
from bot.doctor.redis import check_redis
from bot.doctor.sections import Section
from bot.doctor.setup import check_access, check_settings, check_versions
from bot.doctor.slack import check_slack
from bot.errors import BadInputError
from bot.settings import Settings, read_settings


async def examine(
    sections: Iterable[Section] = tuple(Section),
    *,
    url: str | None = None,
    tell: Callable[[str], None] = lambda _text: None,
) -> Checkup:
    """Examines the set-up of this process.

    Args:
        sections: What to look at.
        url: Where Slack reaches the web process; None where that is not to be tried.
        tell: Gets what is being looked at, in words; called in other threads too.
    """
    try:
        settings, wrong = read_settings()
    except BadInputError as error:
        return Checkup.of([broken("settings", error.message, "Correct the file, or leave it out.")])
    found: list[SetupFinding] = []
    for section in Section:
        if section in sections:
            tell(section.value)
            found += [finding async for finding in _section(section, settings, wrong, url, tell)]
    return Checkup.of(found)


async def _section(
    section: Section, settings: Settings, wrong: dict[str, str], url: str | None, tell: Callable[[str], None]
) -> AsyncIterator[SetupFinding]:
    match section:
        case Section.SETUP:
            for finding in (*check_versions(), *check_settings(wrong), *check_access(settings)):
                yield finding
        case Section.SLACK:
            async for finding in check_slack(settings, url):
                yield finding
        case Section.REDIS:
            async for finding in check_redis(settings):
                yield finding
        case Section.AWS:
            for finding in await asyncio.to_thread(lambda: list(check_aws(settings, tell))):
                yield finding
