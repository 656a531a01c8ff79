"""Work of Layer 2 that workers do; each task makes one domain call and is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from escalation import scores


@shared_task
def score_answers(*, escalation_ids: list[int] | None = None) -> int:
    """Score new answers: those just given, or (by the sweep) all that have no score yet."""
    return scores.score_answered(at=timezone.now(), escalation_ids=escalation_ids)


@shared_task
def remind() -> int:
    """Move open clocks on to the next step, and remind of steps about to be lost and targets."""
    from escalation import reminding

    return reminding.remind(at=timezone.now())


@shared_task
def mail_questions() -> int:
    """Send new questions to the people of their units."""
    from escalation import letters

    return letters.mail_questions(at=timezone.now())


@shared_task
def mail_digests() -> int:
    """What waits for each unit today; nothing on days without working hours."""
    from escalation import digest

    return digest.mail_digests(at=timezone.now())
