"""What this room keeps of its own: letters to other clinicians, large reports, and how records are opened."""

from journey.models.access import AccessRound as AccessRound
from journey.models.access import EmergencyAccess as EmergencyAccess
from journey.models.access import RecordMark as RecordMark
from journey.models.access import UnusualAccess as UnusualAccess
from journey.models.access import Verdict as Verdict
from journey.models.exports import RecordExport as RecordExport
from journey.models.exports import RecordExportFile as RecordExportFile
from journey.models.reports import OutcomeRun as OutcomeRun
from journey.models.summaries import Summary as Summary
