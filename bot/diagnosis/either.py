"""A diagnosis of either subject: of a job, or of the call that an error text names."""

from bot.diagnosis.model import Diagnosis
from bot.diagnosis.reading import TextDiagnosis

AnyDiagnosis = Diagnosis | TextDiagnosis
