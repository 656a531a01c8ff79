"""Rows of Layer 2: the score table, escalations with their clocks, what is asked next, who stands in for whom."""

from escalation.models.escalations import (
    Escalation,
    EscalationEvent,
    EscalationFile,
    EscalationPause,
    ScoreRule,
    ScoreStep,
)
from escalation.models.mail import AnswerLink, Letter
from escalation.models.work import Absence, PlannedEscalation

__all__ = [
    "Absence",
    "AnswerLink",
    "Escalation",
    "EscalationEvent",
    "EscalationFile",
    "EscalationPause",
    "Letter",
    "PlannedEscalation",
    "ScoreRule",
    "ScoreStep",
]
