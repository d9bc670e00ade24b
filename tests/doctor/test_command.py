"""`backup-why doctor`: what it prints, and its exit code."""

import json
from pathlib import Path

import pytest

from bot.cli import run
from bot.doctor.findings import Checkup, broken, ok, unknown, warning
from bot.doctor.page import checkup_page
from bot.replies.document import text_of
from tests.doctor.test_broken import access_file, aws, estate


def test_it_prints_what_is_broken_first_and_says_so_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with aws(estate(), BACKUP_WHY_ACCESS_FILE=access_file(tmp_path, "admins: {users: [U0ANA]}"), PORT="0"):
        assert run(["doctor", "setup"]) == 1
        page = capsys.readouterr().out
        assert run(["doctor", "setup", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert page.index("✗ broken settings.PORT") < page.index("✓ ok versions")
    assert "→ Correct it in the environment or in .env" in page
    assert document["schema"] == 1
    assert document["condition"] == "broken"
    assert {each["check"] for each in document["findings"]} == {"versions", "settings.PORT", "access.file"}


def test_what_is_no_more_than_a_warning_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with aws(estate()):
        assert run(["doctor", "setup"]) == 0
    assert "! warning access.file" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["moon"], ["slack", "--url", "ftp://x"]])
def test_what_can_not_be_looked_at_is_a_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_gravest_finding_is_the_verdict() -> None:
    well, odd, bad, dark = ok("a", "A."), warning("b", "B.", "Do b."), broken("c", "C.", "Do c."), unknown("d", "D.")
    assert Checkup.of([]).condition == "ok"
    assert Checkup.of([well, dark]).condition == "unknown"
    assert Checkup.of([dark, well, odd]).condition == "warning"
    checkup = Checkup.of([well, dark, odd, bad])
    assert checkup.condition == "broken"
    lines = [line[2:] for line in text_of(checkup_page(checkup)).splitlines() if line.startswith("- ")]
    assert [line.split(":")[0].split()[-1] for line in lines] == ["c", "b", "d", "a"]
