"""The comparison with AWS's newest data: what has changed is said, with the needs and entries that it touches."""

import copy
import json
from pathlib import Path

import pytest

from bot.iam.services import RCP_SERVICES
from tools.knowledge_refresh import Snapshot, differences, main, report, snapshot, touched

NOW = snapshot()


def said(before: Snapshot, now: Snapshot = NOW) -> dict[str, tuple[str, ...]]:
    return {each.what: each.touches for each in differences(before, now, RCP_SERVICES)}


def test_against_itself_nothing_has_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(NOW) == {}
    file = tmp_path / "locked.json"
    file.write_text(json.dumps(NOW))
    assert main([str(file)]) == 0
    assert "Nothing has changed." in capsys.readouterr().out


def test_what_has_changed_is_said_with_what_it_touches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = copy.deepcopy(NOW)
    del before["actions"]["backup:StartCopyJob"]
    before["actions"]["backup:StartOldJob"] = {"resource types": [], "condition keys": []}
    before["actions"]["ec2:CreateSnapshot"]["condition keys"].append("ec2:Gone")
    before["actions"]["ec2:CreateSnapshot"]["resource types"].remove("volume")
    changed = said(before)
    assert changed.keys() == {
        "backup:StartCopyJob is new",
        "backup:StartOldJob is gone",
        "ec2:CreateSnapshot has fewer condition keys: ec2:Gone",
        "ec2:CreateSnapshot has more resource types: volume",
    }
    assert "needs of StartCopyJob" in changed["backup:StartCopyJob is new"]
    assert "needs of EBS backup" in changed["ec2:CreateSnapshot has more resource types: volume"]
    assert changed["backup:StartOldJob is gone"] == ()
    file = tmp_path / "locked.json"
    file.write_text(json.dumps(before))
    assert main([str(file)]) == 1
    assert "4 differences" in capsys.readouterr().out


def test_a_policy_that_is_not_kept_and_a_service_that_there_is_not_are_said() -> None:
    now = NOW | {"policies": [*NOW["policies"], "AWSBackupNewPolicy"]}
    found = {each.what for each in differences(NOW, now, ["s3", "no-such-service"])}
    assert found == {
        "AWS has a managed policy AWSBackupNewPolicy, which is not kept",
        "There is no service no-such-service (RCP_SERVICES in bot/iam/services.py)",
    }


def test_a_managed_policy_touches_the_needs_that_cite_it_and_the_entries_that_name_it() -> None:
    found = touched(["AWSBackupServiceRolePolicyForBackup"])
    assert "needs of EBS backup" in found
    assert "entry AWSBackupServiceRolePolicyForBackup" in found
    assert touched(["AWSBackupServiceRolePolicyForBack"]) == (), "the whole name counts"


def test_the_report_says_what_has_to_be_compared_by_hand() -> None:
    assert "is on no registry" in report([], NOW, NOW)
