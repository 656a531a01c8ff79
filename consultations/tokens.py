"""Signed words for addresses that open one thing without signing in: a rating, a calendar feed."""

from django.core import signing

from consultations.models import CalendarFeed, HeldStatus, VideoConference, Visit

_RATING = signing.Signer(salt="consultations.rating")
_FEED = signing.Signer(salt="consultations.feed")


def rating_token(held: Visit | VideoConference) -> str:
    """Names what was held; whoever has it may rate it once."""
    return _RATING.sign(f"{'k' if isinstance(held, Visit) else 'v'}{held.pk}")


def held_of(token: str) -> Visit | VideoConference | None:
    """What a rating's token names; None for one that we did not make."""
    try:
        word = _RATING.unsign(token)
    except signing.BadSignature:
        return None
    rows = Visit.objects if word.startswith("k") else VideoConference.objects
    return rows.filter(pk=int(word[1:]), status=HeldStatus.HELD).first()


def feed_token(feed: CalendarFeed) -> str:
    return _FEED.sign(feed.key.hex)


def feed_of(token: str) -> CalendarFeed | None:
    """The feed of a token that we made, unless it was taken back or its owner has left."""
    try:
        key = _FEED.unsign(token)
    except signing.BadSignature:
        return None
    rows = CalendarFeed.objects.filter(key=key, revoked_at=None, user__is_active=True)
    return rows.select_related("user").first()
