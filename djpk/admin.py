"""Tables of sign-in that administrators reach through verbs, on pages of ours, or not at all."""

from django.contrib import admin

for _model in list(admin.site._registry):
    if _model.__module__.startswith("allauth."):
        admin.site.unregister(_model)
