"""Addresses of the channels' page."""

from django.urls import path

from djpk.channels import callbacks, views

urlpatterns = [
    path("", views.lines, name="lines"),
    path("baru/", views.edit, name="line-new"),
    path("<int:pk>/", views.line, name="line"),
    path("<int:pk>/ubah/", views.edit, name="line-edit"),
    path("<int:pk>/uji/", views.test, name="line-test"),
    path("<int:pk>/jeda/", views.set_paused, name="line-pause"),
    path("<int:pk>/templat/", views.synchronise, name="line-templates"),
    path("<int:pk>/panggilan/", callbacks.calls, name="line-calls"),
    path("panggilan/<int:pk>/", callbacks.again, name="line-call-again"),
    path("<int:pk>/status/", callbacks.mapping, name="line-statuses"),
    path("templat/<int:pk>/", views.set_meanings, name="line-template"),
]
