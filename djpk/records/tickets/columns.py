"""The columns of tickets, in the order in which they are exported."""

from django.utils.translation import gettext_lazy as _

from djpk.records.lookups import CHANNEL, REGION, TOPIC, UNIT
from kernel.importing.columns import Column
from kernel.importing.fields import Choice, Converted, Integer, Moment, Text
from kernel.importing.rows import Continuation
from people.handles import normalise_email, normalise_phone
from people.models import UserGroup
from tickets.models import Ticket

STATUS_WORDS = {
    "ditutup": "CLOSED",
    "tutup": "CLOSED",
    "resolved": "CLOSED",
    "archived": "CLOSED",
    "dibuka": "OPEN",
    "awaiting agent": "OPEN",
    "pending": "WAITING_REQUESTER",
    "awaiting user": "WAITING_REQUESTER",
    "dieskalasi": "WAITING_LAYER2",
    "dijawab": "ANSWERED",
}
"""Words of other help desks, besides our own codes and labels."""
GROUP_WORDS = {"pemerintah daerah": "PEMDA", "K/L": "KL", "akademik": "AKADEMISI", "umum": "LAINNYA"}
SCORE = Integer(least=1, most=5)

COLUMNS = (
    Column("number", Text(40), _("nomor tiket; unik, dipertahankan apa adanya"), True, "CC-202408-0001"),
    Column("created_at", Moment(), _("saat tiket diterima"), True, "2024-08-01T09:15:00+07:00"),
    Column("channel", CHANNEL, _("saluran"), True, "WHATSAPP"),
    Column("contact_name", Text(160), _("nama pemohon; kosong berarti Tanpa nama"), example="Arung Mappatunru"),
    Column(
        "contact_email",
        Converted(normalise_email, _("alamat email")),
        _("email pemohon; mengenali pemohon yang sama"),
        example="arung@gowa.example",
    ),
    Column(
        "contact_phone",
        Converted(normalise_phone, _("nomor telepon; tanpa kode negara berarti Indonesia")),
        _("telepon pemohon; mengenali pemohon yang sama"),
        example="+6200010000001",
    ),
    Column(
        "user_group",
        Choice(UserGroup, blank=UserGroup.LAINNYA.value, also=GROUP_WORDS),
        _("kelompok pengguna; kosong berarti LAINNYA"),
        example="PEMDA",
    ),
    Column("region", REGION, _("daerah pemohon; kosong berarti zona tidak dikenal"), example="73.06"),
    Column("topic", TOPIC, _("topik; wajib untuk tiket yang selesai"), example="DAU"),
    Column("subject", Text(255), _("perihal"), example="Penyaluran DAU Agustus"),
    Column("message", Text(), _("isi pertanyaan"), example="Kapan DAU bulan Agustus disalurkan?"),
    Column("agent", Text(120), _("nama pengguna atau nama agen Layer 1"), example="Laras Setyani"),
    Column("status", Choice(Ticket.Status, also=STATUS_WORDS), _("status tiket"), True, "CLOSED"),
    Column("closed_at", Moment(), _("saat selesai; wajib bila status CLOSED"), example="2024-08-02T10:00:00+07:00"),
    Column("escalated_unit", UNIT, _("unit Layer 2 tempat tiket dieskalasi"), example="PK.2"),
    Column("escalated_at", Moment(), _("saat dieskalasi"), example="2024-08-01T09:45:00+07:00"),
    Column("answered_at", Moment(), _("saat unit menjawab"), example="2024-08-01T13:00:00+07:00"),
    Column("service_score", SCORE, _("penilaian layanan"), example="5"),
    Column("substance_score", SCORE, _("penilaian substansi"), example="5"),
)
ESCALATION_COLUMNS = ("escalated_unit", "escalated_at", "answered_at")
CONTINUATION = Continuation("number", frozenset(ESCALATION_COLUMNS))
"""A ticket escalated more than once has one row more per further escalation, right below its own: the
same number, the three columns of the escalation, nothing else."""
