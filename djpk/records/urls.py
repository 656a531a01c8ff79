"""Addresses of the upload page."""

from django.urls import path

from djpk.records import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("<int:pk>/", views.import_run, name="import-run"),
    path("<int:pk>/jalankan/", views.confirm, name="import-confirm"),
    path("<int:pk>/batal/", views.drop, name="import-drop"),
    path("<int:pk>/ditolak.csv", views.rejected, name="import-rejected"),
    path("templat/<slug:kind>.xlsx", views.template, name="import-template"),
    path("ekspor/<slug:kind>.csv", views.export, name="export-records"),
]
