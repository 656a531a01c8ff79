"""All addresses of the project. Each app adds its own `urls.py` here."""

from django.contrib import admin
from django.urls import path

from djpk.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
