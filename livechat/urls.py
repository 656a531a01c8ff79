from django.urls import path

from livechat import views

urlpatterns = [
    path("", views.frame, name="chat-frame"),
    path("contoh/", views.example, name="chat-example"),
    path("mulai/", views.start, name="chat-start"),
    path("luring/", views.offline, name="chat-offline"),
    path("pesan/", views.message, name="chat-message"),
    path("kabar/", views.sync, name="chat-sync"),
    path("akhir/", views.end, name="chat-end"),
    path("nilai/", views.rate, name="chat-rate"),
    path("transkrip/", views.transcript, name="chat-transcript"),
    path("berkas/<str:key>/", views.file, name="chat-file"),
]
