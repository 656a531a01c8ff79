"""The order of the sections with their titles; ids and keys are those of the report outline."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.printing import Json
from reports.report.context import Context
from reports.sections import channels, opening, outreach, quality, services, topics


@dataclass(frozen=True)
class Section:
    id: str
    key: str
    title: "str | Promise"
    content: Callable[[Context], Json]


OUTLINE: tuple[Section, ...] = (
    Section("S01", "cover", _("Sampul"), opening.cover),
    Section("S02", "summary", _("Ringkasan Publikasi dan Layanan Informasi"), opening.summary),
    Section("S03", "service_channels", _("Media Layanan Informasi DJPK"), opening.media),
    Section("S04", "website_publications", _("Publikasi Website DJPK"), outreach.publications),
    Section("S05", "webinars", _("Publikasi Webinar DJPK"), outreach.webinars),
    Section("S06", "blasts", _("Layanan Blast"), outreach.blasts),
    Section("S07", "website_visits", _("Kunjungan Website DJPK"), outreach.website_visits),
    Section("S08", "consultations", _("Perkembangan Jumlah Konsultasi"), channels.consultations),
    Section("S09", "topics_technical", _("Topik Konsultasi Teknis"), topics.technical),
    Section("S10", "topics_other", _("Topik Konsultasi Lainnya"), topics.other),
    Section("S11", "complaints", _("Pengaduan dan Keluhan"), topics.complaints),
    Section("S12", "users", _("Pengguna Layanan"), topics.users),
    Section("S13", "top_regions", _("Pemda Pengguna Terbanyak"), topics.top_regions),
    Section("S14", "ticket_breakdown", _("Rincian Tiket Konsultasi"), topics.ticket_breakdown),
    Section("S15", "whatsapp", _("Konsultasi WhatsApp DJPK"), channels.whatsapp),
    Section("S16", "chatbot_intro", _("Implementasi ChatBOT pada Layanan WhatsApp DJPK"), channels.chatbot_intro),
    Section("S17", "chatbot", _("Layanan Chatbot DJPK"), channels.chatbot),
    Section("S18", "phone", _("Layanan Telepon Dering DJPK"), channels.phone),
    Section("S19", "hai", _("Layanan HAI Kemenkeu"), channels.hai),
    Section("S20", "live_chat", _("Layanan Live Chat"), channels.live_chat),
    Section("S21", "email_overview", _("Layanan Email DJPK"), channels.email_overview),
    Section("S22", "email", _("Layanan Email Call Center DJPK"), channels.email),
    Section("S23", "email_lapor", _("Layanan Email Lapor DJPK"), services.email_lapor),
    Section("S24", "video_conferences", _("Layanan Video Conference DJPK"), services.video_conferences),
    Section("S25", "face_to_face_guideline", _("Pedoman Konsultasi Tatap Muka"), services.guideline),
    Section("S26", "face_to_face", _("Layanan Konsultasi Tatap Muka"), services.face_to_face),
    Section("S27", "social", _("Publikasi Konten Media Sosial DJPK"), outreach.social),
    Section("S28", "instagram", _("Performa Instagram"), outreach.instagram),
    Section("S29", "x", _("Performa X (Twitter)"), outreach.x),
    Section("S30", "facebook", _("Performa Facebook"), outreach.facebook),
    Section("S31", "ppid", _("Layanan PPID"), services.ppid),
    Section("S32", "knowledge_base", _("FAQ/Knowledge Base yang Perlu Direviu"), services.knowledge_base),
    Section("S33", "satisfaction", _("Kepuasan Pengguna Contact Center DJPK"), quality.satisfaction),
    Section("S34", "layer2", _("Layer 2 CC"), quality.layer2),
    Section("S35", "evaluation", _("Evaluasi dan Saran"), quality.evaluation),
    Section("S36", "closing", _("Terima Kasih"), quality.closing),
)  # fmt: skip
