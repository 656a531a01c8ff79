"""All addresses of the project. Each app adds its own `urls.py` here."""

from django.contrib import admin
from django.urls import include, path, re_path

from calls import cti
from djpk import pages
from djpk.api_docs import Docs
from djpk.health import healthz
from escalation import answer_page
from kernel.api.views import NotFound
from messaging.hai import webhook as hai
from messaging.whatsapp import webhook as whatsapp

urlpatterns = [
    path("", pages.home, name="home"),
    path("", include("djpk.accounts.urls")),
    path("tampilan/", pages.theme, name="theme"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("tiket/", include("tickets.urls")),
    path("pemberitahuan/", include("tickets.notices.urls")),
    path("pengetahuan/", include("knowledge.urls")),
    path("layer2/", include("escalation.urls")),
    path("jawab/<str:secret>/", answer_page.answer, name="layer2-answer"),
    path("jawab/<str:secret>/berkas/<int:file>/", answer_page.file, name="layer2-answer-file"),
    path("telepon/", include("calls.urls")),
    path("chatbot/", include("chatbot.urls")),
    path("lapor/", include("outreach.urls")),
    path("obrolan/", include("livechat.urls")),
    path("konsultasi/", include("consultations.urls")),
    path("laporan/", include("reports.urls")),
    path("kanal/", include("djpk.channels.urls")),
    path("simulator/", include("djpk.simulator.urls")),
    path("impor/", include("djpk.records.urls")),
    path("api/v1/docs/", Docs.as_view(), name="api-docs"),
    path("api/v1/", include("djpk.api_urls")),
    re_path(r"^api/", NotFound.as_view()),
    path("hooks/cti/", cti.webhook, name="cti-webhook"),
    path("hooks/hai/", hai.webhook, name="hai-webhook"),
    path("hooks/whatsapp/", whatsapp.webhook, name="whatsapp-webhook"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
