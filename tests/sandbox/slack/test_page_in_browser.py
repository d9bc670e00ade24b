"""The local page in headless Chromium: a diagnosis, buttons, a form, errors, the keyboard, narrow and dark screens.

It needs Debian's `chromium`; without it, it is left out with a word. Screenshots are kept in `artifacts/`.
"""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from bot.diagnosis.events import Observer
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.run import Diagnostician
from bot.settings import Settings
from sandbox.slack.local_page import showing
from sandbox.stage import Stage, on_stage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="the local page is not tried: there is no Chromium"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("browser"),
]

ARTIFACTS = Path(__file__).parents[3] / "artifacts"
REPLIES = re.compile(r"^\d+ replies$")


def diagnose(job: JobReference, settings: Settings, *, observe: Observer) -> Diagnosis:
    return Diagnostician(settings).diagnose(job, observe=observe)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests; each has a profile of its own in it."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=0)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(browser: Browser, **looks: Any) -> AsyncIterator[tuple[Stage, Page]]:
    """A stage and its page in a browser; whatever goes wrong in the page's own code fails the test."""
    async with on_stage(diagnose) as stage, showing(stage) as url, await browser.new_context(**looks) as profile:
        tab = await profile.new_page()
        tab.set_default_timeout(0)
        wrong: list[str] = []
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        await tab.goto(url)
        await tab.get_by_text("A backup job has failed").wait_for()
        yield stage, tab
        await tab.close()
        assert wrong == []


async def shoot(tab: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    await tab.screenshot(path=ARTIFACTS / f"page-{name}.png")


async def asked(tab: Page) -> None:
    """Asks about the incident's job and waits for the whole answer."""
    await tab.get_by_role("button", name="Ask about its job").click()
    await tab.get_by_role("heading", name="Denied: copy of Aurora cluster").wait_for()
    await tab.get_by_role("button", name=REPLIES).wait_for()


async def test_a_diagnosis_is_seen_to_come_and_its_thread_is_read(browser: Browser) -> None:
    async with opened(browser) as (_, tab):
        await asked(tab)
        await tab.get_by_role("button", name=REPLIES).click()
        thread = tab.get_by_role("complementary", name="Thread")
        for heading in ("The fix, for the organization admin", "Why it is denied", "What else I checked"):
            await thread.get_by_role("heading", name=heading).wait_for()
        await shoot(tab, "thread")
        await thread.get_by_label("Reply").fill("@backup-why who can fix this?")
        await thread.get_by_role("button", name="Reply").click()
        await thread.get_by_role("heading", name="Who must change what").wait_for()


async def test_the_buttons_of_a_verdict_work(browser: Browser) -> None:
    async with opened(browser) as (_, tab):
        await asked(tab)
        await tab.get_by_label("Fix as…").select_option(label="Terraform")
        dialog = tab.get_by_role("dialog")
        await dialog.get_by_text("aws_organizations_policy").wait_for()
        await shoot(tab, "fix")
        await dialog.get_by_role("button", name="Close").click()
        await tab.get_by_role("button", name="Read AWS again and update this answer").click()
        await tab.get_by_text("Rechecked for you").wait_for()


async def test_a_failed_job_is_picked_in_a_form(browser: Browser) -> None:
    async with opened(browser) as (_, tab):
        await tab.get_by_role("button", name="Why did my backup fail?").click()
        form = tab.get_by_role("dialog", name="Why did it fail?")
        await form.get_by_label("The job").wait_for()
        await shoot(tab, "form")
        await form.get_by_role("button", name="Find out").click()
        await tab.get_by_role("heading", name="Denied: copy of Aurora cluster").wait_for()


async def test_an_error_is_told_to_the_asker_alone_and_an_unknown_block_is_shown_as_one(browser: Browser) -> None:
    async with opened(browser) as (stage, tab):
        composer = tab.get_by_label("Message", exact=True)
        await composer.fill("/backup-why last night's")
        await composer.press("Enter")
        await tab.get_by_text("Only visible to you").wait_for()
        await tab.get_by_text("isn't a job ID").first.wait_for()
        await composer.fill("/backup-unknown")
        await composer.press("Enter")
        await tab.get_by_role("status").get_by_text("The app answered 404").wait_for()
        hostile = "<img src=x onerror=\"document.title='broken in'\"> <script>document.title='broken in'</script>"
        odd = [{"type": "marquee"}, {"type": "header", "text": {"type": "plain_text", "text": hostile}}]
        stage.workspace.write(stage.channel.id, "B0ODD", "", blocks=odd)
        await composer.fill("good morning")
        await composer.press("Enter")
        await tab.get_by_role("alert").get_by_text("a block of the type marquee can't be shown here").wait_for()
        await tab.get_by_text(hostile).wait_for()
        assert await tab.title() == "backup-why, tried on this machine"
        await shoot(tab, "errors")


async def test_everything_can_be_done_with_the_keyboard(browser: Browser) -> None:
    async with opened(browser) as (stage, tab):
        await tab.keyboard.press("Tab")
        assert await tab.evaluate("document.activeElement.textContent") == "Skip to writing a message"
        await tab.keyboard.press("Enter")
        await tab.keyboard.press("Tab")
        await tab.get_by_label("Message", exact=True).focus()
        await tab.keyboard.type(f"/backup-why {stage.job}")
        await tab.keyboard.press("Enter")
        replies = tab.get_by_role("button", name=REPLIES)
        await replies.wait_for()
        await replies.focus()
        await tab.keyboard.press("Enter")
        await tab.get_by_role("complementary", name="Thread").wait_for()
        assert await tab.evaluate("document.activeElement.id") == "reply-text"
        await tab.keyboard.press("Escape")
        await tab.get_by_role("complementary", name="Thread").wait_for(state="hidden")
        await tab.get_by_role("button", name="Show everything that was checked, for you alone").press("Enter")
        await tab.get_by_role("dialog", name="Details").wait_for()
        await tab.keyboard.press("Escape")
        await tab.get_by_role("dialog").wait_for(state="hidden")


async def test_everything_to_press_or_fill_in_has_a_name_for_a_screen_reader(browser: Browser) -> None:
    async with opened(browser) as (_, tab):
        await asked(tab)
        await tab.get_by_role("button", name=REPLIES).click()
        nameless = await tab.evaluate(
            """() => [...document.querySelectorAll("button, select, textarea, input, [role=log], dialog[open]")]
                .filter((node) => node.offsetParent !== null)
                .filter((node) => !(node.getAttribute("aria-label") || node.getAttribute("aria-labelledby") ||
                                    node.labels?.length || node.textContent.trim()))
                .map((node) => node.outerHTML)"""
        )
        assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_narrow_screen_shows_all_of_it_without_scrolling_sideways(browser: Browser, scheme: str) -> None:
    async with opened(browser, viewport={"width": 360, "height": 740}, color_scheme=scheme) as (_, tab):
        await asked(tab)
        assert await tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await tab.get_by_role("button", name=REPLIES).click()
        await tab.get_by_role("complementary", name="Thread").wait_for()
        assert await tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert await tab.get_by_role("main").is_hidden()
        await shoot(tab, f"narrow-{scheme}")
        await tab.get_by_role("button", name="Close the thread").click()
        await tab.get_by_role("main").wait_for()


async def test_another_incident_can_be_tried(browser: Browser) -> None:
    async with opened(browser) as (_, tab):
        await tab.get_by_label("Incident served as AWS").select_option("29-backup-ebs-boundary-lacks-create-snapshot")
        await tab.get_by_text("A backup job has failed").nth(1).wait_for()
        await tab.get_by_role("button", name="Ask about its job").click()
        await tab.get_by_role("heading", name="Denied: backup of EBS volume").wait_for()
        await shoot(tab, "incident")
