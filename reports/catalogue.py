"""The catalogue of indicators: each figure of the monthly report, declared once (report-outline, S01 to S36).

Stored indicators with dimensions also hold their total under empty dimensions, so that "none" (0) and
"unknown" (no row) differ. Dimensions hold codes; a missing topic, zone or unit is NONE.
"""

from datetime import date
from typing import Any

from reports.indicators import Indicator, MeanOfParts, Percent, Print, Same, Stored, Sum, YearToDate

NONE = "NONE"
DROPPED = "DROPPED"
CHATBOT_SINCE = date(2023, 9, 1)
WHOLE = Print(0)
P1 = "P1"
CHANNEL_KEYS = {
    "WHATSAPP": "whatsapp.total",
    "PHONE": "phone.total",
    "EMAIL": "email.total",
    "HAI": "hai.total",
    "LIVE_CHAT": "live_chat.total",
}


def _stored(
    key: str, source: str, section: str, label: str, unit: str, population: str, formula: str, **more: Any
) -> Indicator:
    label_en = more.pop("label_en", label)
    return Indicator(key, label, label_en, section, unit, Stored(source), population, formula, **more)


def _derived(
    key: str, rule: Any, section: str, label: str, unit: str, population: str, formula: str, **more: Any
) -> Indicator:
    label_en = more.pop("label_en", label)
    return Indicator(key, label, label_en, section, unit, rule, population, formula, **more)


def _channel(key: str, code: str, section: str, label: str, label_en: str, **more: Any) -> Indicator:
    return _derived(
        key, Sum("consultations.by_channel", (code,)), section, label, "ticket", P1,
        f"Jumlah tiket P1 dengan kanal {label}", label_en=label_en, compared=True,
        share_of="consultations.total", **more,
    )  # fmt: skip


TICKETS = (
    _stored("consultations.by_channel", "tickets", "S08", "Tiket per kanal", "ticket", P1,
            "Jumlah tiket P1 per kanal", dims=("channel",), label_en="Tickets by channel",
            share_of="consultations.total"),
    _stored("consultations.by_topic", "tickets", "S09", "Tiket per topik", "ticket", P1,
            "Jumlah tiket P1 per topik", dims=("topic",), label_en="Tickets by topic"),
    _stored("consultations.by_channel_topic", "tickets", "S15", "Tiket per kanal dan topik", "ticket", P1,
            "Jumlah tiket P1 per kanal dan topik", dims=("channel", "topic"), label_en="Tickets by channel and topic"),
    _stored("users.by_group", "tickets", "S12", "Pengguna per kelompok", "user", "P4",
            "Jumlah kontak berbeda dengan sedikitnya satu tiket P1, dihitung pada kelompok tiket terakhirnya",
            dims=("user_group",), label_en="Users by group", share_of="users.total"),
    _stored("top_regions.tickets", "tickets", "S13", "Tiket per Pemda", "ticket", "P1, kelompok Pemda",
            "Jumlah tiket P1 kelompok Pemda per daerah", dims=("region",), label_en="Tickets by region"),
    _stored("top_regions.users", "tickets", "S13", "Pengguna per Pemda", "user", "P1, kelompok Pemda",
            "Jumlah kontak berbeda per daerah", dims=("region",), label_en="Users by region"),
    _stored("top_regions.topics", "tickets", "S13", "Topik per Pemda", "ticket", "P1, kelompok Pemda",
            "Jumlah tiket P1 kelompok Pemda per daerah dan topik", dims=("region", "topic"),
            label_en="Topics by region"),
    _stored("ticket_breakdown.by_zone_hours", "tickets", "S14", "Tiket per zona dan jam layanan", "ticket", "P1",
            "Jumlah tiket P1 per zona waktu daerah dan jam layanan menurut jam daerah itu",
            dims=("zone", "service_hours"), label_en="Tickets by zone and service hours", basis="Aturan 1.1 s.d. 1.5",
            share_of="ticket_breakdown.out_of_hours", share_print=Print(1)),
    _stored("ticket_breakdown.out_escalated_by_topic", "tickets", "S14", "Luar jam layanan dieskalasi per topik",
            "ticket", "P3", "Jumlah tiket P3 dengan sedikitnya satu eskalasi, per topik", dims=("topic",),
            label_en="Out-of-hours tickets escalated, by topic"),
    _stored("ticket_breakdown.escalated", "tickets", "S14", "Tiket dieskalasi", "ticket", P1,
            "Jumlah tiket P1 dengan sedikitnya satu eskalasi", label_en="Tickets escalated"),
    _derived("consultations.total", Sum("consultations.by_channel"), "S08", "Jumlah konsultasi (tiket)", "ticket", P1,
             "Jumlah tiket P1 dari semua kanal konsultasi", compared=True, label_en="Consultations (tickets)"),
    _derived("consultations.ytd", YearToDate("consultations.total"), "S08", "Jumlah konsultasi sejak Januari",
             "ticket", P1, "Jumlah konsultasi Januari sampai dengan bulan laporan", 
             label_en="Consultations since January"),
    _derived("users.total", Sum("users.by_group"), "S12", "Jumlah pengguna", "user", "P4",
             "Jumlah kontak berbeda dengan sedikitnya satu tiket P1", label_en="Users"),
    _derived("ticket_breakdown.zone_identified", Sum("ticket_breakdown.by_zone_hours", ("WIB", "WITA", "WIT")), "S14",
             "Tiket yang dapat diidentifikasi asal zona waktunya", "ticket", "P2", "Jumlah tiket P1 dengan zona waktu",
             label_en="Tickets with a known zone"),
    _derived("ticket_breakdown.zone_unidentified", Sum("ticket_breakdown.by_zone_hours", (NONE,)), "S14",
             "Tiket yang tidak dapat diidentifikasi", "ticket", "P1 - P2", "Jumlah tiket P1 tanpa zona waktu",
             label_en="Tickets without a known zone"),
    _derived("ticket_breakdown.in_hours", Sum("ticket_breakdown.by_zone_hours", None, ("INSIDE",)), "S14",
             "Di dalam jam layanan", "ticket", "P2", "Jumlah tiket P2 yang dibuat di dalam jam layanan daerahnya",
             label_en="Inside service hours"),
    _derived("ticket_breakdown.out_of_hours", Sum("ticket_breakdown.by_zone_hours", None, ("OUTSIDE",)), "S14",
             "Di luar jam layanan", "ticket", "P3", "Jumlah tiket P2 yang dibuat di luar jam layanan daerahnya",
             label_en="Outside service hours"),
    _derived("ticket_breakdown.out_of_hours_escalated", Sum("ticket_breakdown.out_escalated_by_topic"), "S14",
             "Di luar jam layanan, perlu eskalasi", "ticket", "P3", "Jumlah tiket P3 dengan sedikitnya satu eskalasi",
             share_of="ticket_breakdown.out_of_hours", label_en="Outside service hours, escalated"),
    _derived("ticket_breakdown.escalated_share", Percent("ticket_breakdown.escalated", "consultations.total"), "S14",
             "Eskalasi", "percent", P1, "Tiket P1 dengan sedikitnya satu eskalasi dibagi seluruh tiket P1",
             value_print=Print(1), label_en="Escalated"),
    _derived("ticket_breakdown.not_escalated_share",
             Percent("ticket_breakdown.escalated", "consultations.total", complement=True), "S14", "Tidak Eskalasi",
             "percent", P1, "100% dikurangi tiket yang dieskalasi", value_print=Print(1), label_en="Not escalated"),
    _channel("whatsapp.total", "WHATSAPP", "S15", "Konsultasi melalui WhatsApp", "Consultations by WhatsApp"),
    _channel("phone.total", "PHONE", "S18", "Konsultasi melalui telepon", "Consultations by phone"),
    _channel("hai.total", "HAI", "S19", "Layanan HAI Kemenkeu", "HAI Kemenkeu"),
    _channel("live_chat.total", "LIVE_CHAT", "S20", "Layanan Live Chat", "Live chat"),
    _channel("email.total", "EMAIL", "S22", "Layanan Email Call Center", "Call-centre e-mail"),
)  # fmt: skip

LAYER2 = (
    _stored("layer2.escalations_by_unit", "escalations", "S34", "Eskalasi per unit", "escalation", "P7",
            "Jumlah eskalasi melalui aplikasi dari tiket P1, menurut waktu eskalasi", dims=("unit",),
            label_en="Escalations by unit"),
    _stored("layer2.response_scores", "escalations", "S34", "Capaian rata-rata", "score", "P7 terjawab",
            "Rata-rata nilai eskalasi yang dijawab pada bulan ini, tanpa yang dikecualikan penyelia", dims=("unit",),
            value_print=Print(2, trim=False), label_en="Average score", basis="Aturan 3.2 s.d. 3.7"),
    _stored("layer2.scores_by_unit", "escalations", "S34", "Sebaran nilai per unit", "escalation", "P7 terjawab",
            "Jumlah eskalasi yang dijawab pada bulan ini per nilai", dims=("unit", "score"),
            label_en="Scores by unit"),
    _stored("layer2.excluded", "escalations", "S34", "Eskalasi dikecualikan dari nilai", "escalation", "P7 terjawab",
            "Jumlah eskalasi terjawab yang dikecualikan penyelia", dims=("unit",), label_en="Excluded from the score"),
    _derived("layer2.mean_of_units", MeanOfParts("layer2.response_scores"), "S34", "Rata-rata sederhana unit", "score",
             "P7 terjawab", "Rata-rata capaian unit, setiap unit dihitung satu kali", value_print=Print(2, trim=False),
             label_en="Plain mean of the units"),
    _stored("satisfaction.average", "ratings", "S33", "Rata-rata nilai kepuasan", "score_1_5", "Penilaian tiket P1",
            "Rata-rata (layanan + substansi) / 2 dari semua penilaian bulan ini", value_print=Print(1, trim=False),
            label_en="Average satisfaction", basis="Aturan 5.3"),
    _stored("satisfaction.service", "ratings", "S33", "Kepuasan layanan", "score_1_5", "Penilaian tiket P1",
            "Rata-rata nilai layanan", value_print=Print(1, trim=False), label_en="Satisfaction: service"),
    _stored("satisfaction.substance", "ratings", "S33", "Kepuasan substansi", "score_1_5", "Penilaian tiket P1",
            "Rata-rata nilai substansi jawaban", value_print=Print(1, trim=False), label_en="Satisfaction: substance"),
    _stored("satisfaction.by_agent", "ratings", "S33", "Kepuasan per agen", "score_1_5", "Penilaian tiket P1",
            "Rata-rata penilaian tiket agen itu; penyebut adalah jumlah penilaian", dims=("agent",),
            value_print=Print(1, trim=False), label_en="Satisfaction by agent"),
    _stored("satisfaction.raters_by_agent", "ratings", "S33", "Penilai berbeda per agen", "user",
            "Penilaian tiket P1", "Jumlah kontak berbeda yang menilai agen itu", dims=("agent",),
            label_en="Distinct raters by agent", basis="Aturan 5.2"),
)  # fmt: skip

REGISTERS = (
    _stored("website_publications.total", "publications", "S04", "Publikasi website DJPK", "publication",
            "Register publikasi", "Jumlah publikasi pada bulan ini", compared=True, label_en="Website publications"),
    _stored("webinars.total", "events", "S05", "webinar/sosialisasi/bimbingan teknis/FGD", "event",
            "Register kegiatan", "Jumlah kegiatan pada bulan ini", compared=True, label_en="Webinars and meetings"),
    _stored("blasts.total", "blasts", "S06", "Penyampaian informasi melalui layanan Blast (email dan WhatsApp)",
            "blast", "Register blast", "Jumlah blast terkirim, satu per pesan", compared=True, label_en="Blasts sent"),
    _stored("website_visits.total", "web_traffic", "S07", "Pengunjung website DJPK (sekitar)", "visitor",
            "Isian staf", "Diisi staf, dibulatkan ke ribuan", compared=True, origin="entered",
            previous_print=WHOLE, last_year_print=WHOLE, label_en="Website visitors (about)"),
    _stored("complaints.by_kind", "complaints", "S11", "Pengaduan dan keluhan per jenis", "complaint",
            "Register pengaduan", "Jumlah pengaduan dan keluhan per jenis", dims=("kind",),
            label_en="Complaints and grievances"),
    _stored("complaints.subjects", "complaints", "S11", "Pokok pengaduan (butir yang ditulis)", "subject",
            "Register pengaduan", "Jumlah pokok pengaduan berbeda", label_en="Complaint subjects"),
    _derived("complaints.grievances", Sum("complaints.by_kind", ("GRIEVANCE",)), "S11",
             "Keluhan layanan dan kebijakan", "grievance", "Register pengaduan", "Jumlah keluhan bulan ini",
             label_en="Grievances"),
    _stored("chatbot.by_menu", "chatbot", "S17", "Sesi chatbot per menu", "chatbot_user", "P5",
            "Jumlah sesi tanpa Chat Agent per menu utama yang dipilih", dims=("menu",), exists_from=CHATBOT_SINCE,
            label_en="Chatbot sessions by menu"),
    _derived("chatbot.users_without_agent", Sum("chatbot.by_menu"), "S17",
             "Pengguna layanan Chatbot (tanpa Chat Agent)", "chatbot_user", "P5",
             "Jumlah sesi chatbot yang berakhir tanpa Chat Agent", compared=True, exists_from=CHATBOT_SINCE,
             label_en="Chatbot users without agent"),
    _stored("email_lapor.by_type", "lapor_mails", "S23", "Email Lapor per jenis dokumen", "email", "P6",
            "Jumlah email ke kotak lapor per jenis dokumen", dims=("document_type",), share_of="email_lapor.total",
            share_print=WHOLE, label_en="Lapor mails by document"),
    _derived("email_lapor.total", Sum("email_lapor.by_type"), "S23", "Email Lapor", "email", "P6",
             "Jumlah email ke kotak lapor", compared=True, label_en="Lapor mails"),
    _stored("video_conferences.total", "video_conferences", "S24", "Video conference", "session",
            "Register video conference, terlaksana", "Jumlah video conference terlaksana", compared=True,
            label_en="Video conferences"),
    _stored("face_to_face.total", "visits", "S26", "Konsultasi tatap muka", "visit", "Register kunjungan, terlaksana",
            "Jumlah kunjungan terlaksana", label_en="Face-to-face consultations", compared=True),
    _stored("face_to_face.guests", "visits", "S26", "Jumlah tamu", "guest", "Register kunjungan, terlaksana",
            "Jumlah tamu semua kunjungan terlaksana", label_en="Guests"),
    _stored("face_to_face.over_limit", "visits", "S26", "Kunjungan melebihi batas tamu", "visit",
            "Register kunjungan, terlaksana", "Jumlah kunjungan dengan tamu melebihi batas", basis="Aturan 4.2",
            label_en="Visits over the guest limit"),
    _stored("face_to_face.by_topic", "visits", "S26", "Kunjungan per topik", "visit",
            "Register kunjungan, terlaksana", "Jumlah kunjungan per topik; satu kunjungan dapat bertopik banyak",
            dims=("topic",), label_en="Visits by topic"),
    _derived("face_to_face.ytd", YearToDate("face_to_face.total"), "S26", "Konsultasi tatap muka sejak Januari",
             "visit", "Register kunjungan, terlaksana", "Jumlah kunjungan Januari sampai dengan bulan laporan",
             label_en="Face-to-face consultations since January"),
    _stored("ppid.requests", "ppid", "S31", "Permohonan data melalui PPID DJPK", "request", "Register PPID",
            "Jumlah permohonan yang diterima pada bulan ini", compared=True, label_en="PPID requests"),
    _derived("ppid.ytd", YearToDate("ppid.requests"), "S31", "Permohonan data sejak Januari", "request",
             "Register PPID", "Jumlah permohonan Januari sampai dengan bulan laporan",
             label_en="PPID requests since January"),
    _stored("knowledge_base.to_review", "knowledge", "S32", "FAQ/Knowledge Base yang perlu direviu", "article",
            "Artikel basis pengetahuan", "Jumlah artikel dengan permintaan reviu terbuka pada akhir bulan, per unit",
            dims=("unit",), label_en="Articles to be reviewed"),
)  # fmt: skip

SOCIAL = (
    _stored("social.posts", "social", "S27", "Konten per media sosial", "post", "Isian staf",
            "Jumlah unggahan per media sosial", dims=("platform",), origin="entered", label_en="Posts by platform"),
    _stored("social.posts_avg", "social", "S27", "Rata-rata publikasi konten media sosial", "post", "Isian staf",
            "Rata-rata unggahan per media sosial, dibulatkan; perubahan dihitung dari angka bulat", compared=True,
            label_en="Average posts"),
    _stored("social.followers", "social", "S28", "Pengikut per media sosial", "follower", "Isian staf",
            "Jumlah pengikut pada akhir bulan", dims=("platform",), origin="entered", label_en="Followers"),
    _stored("social.feeds", "social", "S28", "Unggahan feeds", "post", "Isian staf", "Jumlah unggahan feeds",
            dims=("platform",), origin="entered", label_en="Feed posts"),
    _stored("social.stories", "social", "S28", "Unggahan story", "post", "Isian staf", "Jumlah unggahan story",
            dims=("platform",), origin="entered", label_en="Story posts"),
    _stored("social.reach_total", "social", "S28", "Reach (total)", "account", "Isian staf",
            "Jumlah akun yang dijangkau", dims=("platform",), origin="entered", label_en="Reach (total)"),
    _stored("social.reach_avg", "social", "S28", "Reach (rata-rata)", "account", "Isian staf",
            "Reach dibagi unggahan yang memiliki angka reach, atau isian staf", dims=("platform",),
            origin="computed_or_entered", label_en="Reach (average)"),
    *(
        _derived(f"{name}.{what}", Sum(f"social.{stored}", (platform,)), section, label, unit, "Isian staf",
                 "Diisi staf pada akhir bulan", origin=origin, label_en=label_en)
        for name, platform, section in (
            ("instagram", "INSTAGRAM", "S28"), ("x", "X", "S29"), ("facebook", "FACEBOOK", "S30")
        )
        for what, stored, label, label_en, unit, origin in (
            ("stories", "stories", "Jumlah unggahan story", "Stories", "post", "entered"),
            ("feeds", "feeds", "Jumlah unggahan feeds", "Feeds", "post", "entered"),
            ("posts", "posts", "Jumlah konten", "Posts", "post", "entered"),
            ("followers", "followers", "Followers (akhir bulan)", "Followers (month end)", "follower", "entered"),
            ("reach_total", "reach_total", "Reach (total)", "Reach (total)", "account", "entered"),
            ("reach_avg", "reach_avg", "Reach (rata-rata)", "Reach (average)", "account", "computed_or_entered"),
        )
    ),
)  # fmt: skip

SUMMARY = tuple(
    _derived(f"summary.{name}", Same(of), "S02", label, unit, "lihat angka asalnya", f"Sama dengan {of}",
             label_en=label_en)
    for name, of, label, label_en, unit in (
        ("website_publications", "website_publications.total", "Publikasi Website", "Website publications",
         "publication"),
        ("blasts", "blasts.total", "WhatsApp dan Email Blast", "WhatsApp and e-mail blasts", "blast"),
        ("social_posts_avg", "social.posts_avg", "Publikasi Konten Media Sosial*", "Social media posts*", "post"),
        ("ppid_requests", "ppid.requests", "Layanan PPID", "PPID requests", "request"),
        ("tickets", "consultations.total", "Tiket Konsultasi", "Consultation tickets", "ticket"),
        ("face_to_face", "face_to_face.total", "Konsultasi Tatap Muka", "Face-to-face consultations", "visit"),
        ("video_conferences", "video_conferences.total", "Video Conference", "Video conferences", "session"),
        ("webinars", "webinars.total", "Webinar/FGD", "Webinars", "event"),
    )
)  # fmt: skip

CATALOGUE: dict[str, Indicator] = {
    indicator.key: indicator for indicator in (*TICKETS, *LAYER2, *REGISTERS, *SOCIAL, *SUMMARY)
}
STORED: dict[str, Indicator] = {key: item for key, item in CATALOGUE.items() if item.stored}
SOURCES: dict[str, tuple[str, ...]] = {
    source: tuple(key for key, item in STORED.items() if item.source == source)
    for source in dict.fromkeys(item.source for item in STORED.values())
}


def indicator(key: str) -> Indicator:
    """The indicator with this key; KeyError when there is none."""
    return CATALOGUE[key]
