"""All addresses of the project. Each app adds its own `urls.py` here."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
