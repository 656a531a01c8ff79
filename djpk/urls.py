"""All addresses of the project. Each app adds its own `urls.py` here."""

from django.contrib import admin
from django.urls import include, path, re_path

from djpk import pages
from djpk.api_docs import Docs
from djpk.health import healthz
from kernel.api.views import NotFound

urlpatterns = [
    path("", pages.home, name="home"),
    path("masuk/", pages.sign_in, name="sign-in"),
    path("keluar/", pages.sign_out, name="sign-out"),
    path("tampilan/", pages.theme, name="theme"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("tiket/", include("tickets.urls")),
    path("laporan/", include("reports.urls")),
    path("impor/", include("djpk.records.urls")),
    path("api/v1/docs/", Docs.as_view(), name="api-docs"),
    path("api/v1/", include("djpk.api_urls")),
    re_path(r"^api/", NotFound.as_view()),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
