"""/konsultasi/: calendar, reservations, the front desk; and what opens by a signed address."""

from django.urls import path

from consultations import booking_pages, desk_pages, public_pages, slot_pages, views

urlpatterns = [
    path("", views.calendar, name="consultations"),
    path("baru/", booking_pages.new, name="reservation-new"),
    path("baru/periksa/", booking_pages.check, name="reservation-check"),
    path("meja-depan/", desk_pages.front_desk, name="front-desk"),
    path("meja-depan/kini/", desk_pages.front_desk_now, name="front-desk-now"),
    path("meja-depan/tamu/", desk_pages.new_guests, name="walk-in"),
    path("langganan/", public_pages.subscription, name="consultation-subscription"),
    path("kalender/<str:token>.ics", public_pages.feed, name="consultation-feed"),
    path("nilai/<str:token>/", public_pages.rate, name="consultation-rating"),
    path("slot/", slot_pages.slots, name="consultation-slots"),
    path("slot/<int:pk>/akhiri/", slot_pages.end, name="consultation-slot-end"),
    path("slot/pengecualian/", slot_pages.new_exception, name="slot-exception-new"),
    path("slot/pengecualian/<int:pk>/hapus/", slot_pages.drop_exception, name="slot-exception-remove"),
    path("<str:number>/", views.reservation, name="reservation"),
    path("<str:number>/kini/", views.reservation_now, name="reservation-now"),
    path("<str:number>/langkah/<slug:step>/", views.step, name="reservation-step"),
    path("<str:number>/surat/", views.letter, name="reservation-letter"),
    path("<str:number>/tanda-tamu/", views.badges, name="reservation-badges"),
]
