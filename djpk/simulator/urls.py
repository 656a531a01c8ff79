"""Addresses of the simulator's page."""

from django.urls import path

from djpk.simulator import views

urlpatterns = [
    path("", views.page, name="simulator"),
    path("aksi/", views.act, name="simulator-act"),
    path("berkas/<str:key>/", views.file, name="simulator-file"),
    path("sisi/", views.sides, name="simulator-sides"),
]
