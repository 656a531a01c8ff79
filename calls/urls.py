"""/telepon/: the call log, the form that logs a call, missed calls, the agents' extensions."""

from django.urls import path

from calls import views

urlpatterns = [
    path("", views.call_log, name="calls"),
    path("catat/", views.log, name="call-log"),
    path("penelepon/", views.caller, name="call-caller"),
    path("kini/", views.now, name="call-now"),
    path("ekstensi/", views.extensions, name="call-extensions"),
    path("<id:pk>/telepon-balik/", views.called_back, name="call-back"),
]
