"""Every incident that ships with the sandbox is foreseen from its plan, role and resource alone."""

from pathlib import Path

import pytest

from bot.diagnosis.facts.job import Located
from bot.diagnosis.model import JobType
from bot.foresight.model import Check
from bot.foresight.planned import Planned, PlannedJob
from bot.foresight.run import check
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES
