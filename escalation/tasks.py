"""Work of Layer 2 that workers do; each task makes one domain call and is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from escalation import scores


@shared_task
def score_answers(*, escalation_ids: list[int] | None = None) -> int:
    """Score new answers: those just given, or (by the sweep) all that have no score yet."""
    return scores.score_answered(at=timezone.now(), escalation_ids=escalation_ids)
