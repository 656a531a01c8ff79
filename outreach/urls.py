"""/lapor/."""

from django.urls import path

from outreach import views

urlpatterns = [
    path("", views.mails, name="lapor"),
    path("kelengkapan/", views.completeness, name="lapor-completeness"),
    path("aturan/", views.rules, name="lapor-rules"),
    path("<id:pk>/", views.mail, name="lapor-mail"),
    path("<id:pk>/berkas/<id:file>/", views.attachment, name="lapor-file"),
    path("<id:pk>/teruskan/", views.forward, name="lapor-forward"),
    path("<id:pk>/tiket/", views.ticket, name="lapor-ticket"),
]
