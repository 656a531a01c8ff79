"""Addresses below /layer2/."""

from django.urls import path

from escalation import absence_page, ask_page, moves, overview, views

urlpatterns = [
    path("", views.queue, name="layer2"),
    path("<int:pk>/", views.one, name="layer2-one"),
    path("<int:pk>/aksi/<str:code>/", moves.act, name="layer2-act"),
    path("<int:pk>/berkas/<int:file>/", views.file, name="layer2-file"),
    path("tanya/<str:number>/", ask_page.ask, name="layer2-ask"),
    path("rencana/<int:pk>/batal/", moves.cancel, name="layer2-cancel"),
    path("<int:pk>/skor/", overview.score, name="layer2-score"),
    path("laporan/", overview.report, name="layer2-report"),
    path("andaikan/", overview.try_rules, name="layer2-try"),
    path("tidak-di-tempat/", absence_page.absences, name="layer2-absences"),
    path("tidak-di-tempat/<int:pk>/akhiri/", absence_page.end, name="layer2-absence-end"),
]
