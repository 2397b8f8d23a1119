"""The place and its people; also the Django project."""

from clinic.celery import app as celery_app

__all__ = ["celery_app"]
