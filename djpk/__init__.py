"""Composition root: settings, urls, asgi, celery, embedded servers, base templates, assets."""

from djpk.celery import app as celery_app

__all__ = ["celery_app"]
