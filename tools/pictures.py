"""Takes pictures of the local page: six incidents on a phone and on a wide screen, light and dark.

`make pictures` runs this module; the pictures are in `artifacts/pictures/`. They are to be looked at: in five seconds,
does one see who must change what?
"""

import asyncio
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Browser, async_playwright

from bot.diagnosis.events import Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.run import Diagnostician
from bot.settings import Settings
from sandbox.aws.estate import INCIDENTS
from sandbox.slack.local_page import showing
from sandbox.stage import on_stage

PLACE: Final = Path(__file__).parents[1] / "artifacts/pictures"
SHOWN: Final = ("01", "11", "12", "17", "35", "41")
"""A role that does not exist, a vault's policy, an SCP, two causes at once, objects that were skipped, and no cause."""
SIZES: Final = {390: 844, 1440: 900}
SCHEMES: Final[Sequence[Literal["light", "dark"]]] = ("light", "dark")
_REPLIES: Final = re.compile(r"^\d+ repl(y|ies)$")


def _diagnose(job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
    return Diagnostician(settings).diagnose(job, observe=observe)


async def _picture(browser: Browser, url: str, name: str) -> None:
    """Takes the pictures of an answer that stands in the channel: with its thread, and on a phone also without."""
    for width, height in SIZES.items():
        for scheme in SCHEMES:
            tab = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            await tab.goto(url)
            thread = tab.get_by_role("button", name=_REPLIES)
            await thread.wait_for()
            if width == min(SIZES):
                await tab.screenshot(path=PLACE / f"{name}-{width}-{scheme}.png")
                await thread.click()
                await tab.screenshot(path=PLACE / f"{name}-{width}-{scheme}-thread.png")
            else:
                await thread.click()
                await tab.screenshot(path=PLACE / f"{name}-{width}-{scheme}.png")
            await tab.close()


async def _take(browser: Browser, incident: Path) -> None:
    async with on_stage(_diagnose, incident) as stage, showing(stage) as url:
        await stage.slack.command("/backup-why", stage.job, channel=stage.channel.id, user=stage.user)
        while not any("metadata" in message for message in stage.channel.messages.values()):  # noqa: ASYNC110 — as below
            await asyncio.sleep(0.05)
        heads = [message for message in stage.channel.messages.values() if "metadata" in message]
        thread = heads[0]["metadata"]["event_payload"]["thread"]
        while not await stage.threads.finished(thread):  # noqa: ASYNC110 — Redis tells nobody
            await asyncio.sleep(0.05)
        await _picture(browser, url, incident.stem)


async def _all(chromium: str) -> None:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for number in SHOWN:
            await _take(browser, next(INCIDENTS.glob(f"{number}-*.json")))
        await browser.close()


def main() -> None:
    """Takes the pictures.

    Raises:
        SystemExit: There is no Chromium.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("pictures need Chromium: apt-get install chromium")
    PLACE.mkdir(parents=True, exist_ok=True)
    asyncio.run(_all(chromium))


if __name__ == "__main__":
    main()
