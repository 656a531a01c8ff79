"""Filters of the shell."""

from django import template

from djpk.context import initials

register = template.Library()
register.filter("initials", initials)
