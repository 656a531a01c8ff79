"""Invented staff and requesters. Phones are +62 000 …, addresses end in `example` domains."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from djpk.demo.plans import NO_ZONE
from djpk.demo.skeleton import Row

PASSWORD = "dering-demo-2024"  # noqa: S105 - printed for whoever tries the demonstration


@dataclass(frozen=True, slots=True)
class Colleague:
    username: str
    name: str
    role: str
    unit: str = ""
    is_head: bool = False


AGENTS = ("laras", "hesti", "dewi", "hadi", "rizal")
STAFF = (
    *(Colleague(name, name.title(), "AGENT_L1") for name in AGENTS),
    Colleague("sekar", "Sekar", "SUPERVISOR"),
    Colleague("manajer", "Bimo", "MANAGER"),
    Colleague("admin", "Gilang", "ADMINISTRATOR"),
    Colleague("mejadepan", "Tari", "FRONT_DESK"),
    Colleague("ppid", "Niken", "PPID_OFFICER"),
    Colleague("wulan", "Wulan", "AGENT_L2", "PK.1", True),
    Colleague("bagas", "Bagas", "AGENT_L2", "PK.1"),
    Colleague("seno", "Seno", "AGENT_L2", "PK.2", True),
    Colleague("maya", "Maya", "AGENT_L2", "PK.2"),
    Colleague("ratih", "Ratih", "AGENT_L2", "PK.3", True),
    Colleague("yoga", "Yoga", "AGENT_L2", "PK.3"),
    Colleague("teguh", "Teguh", "AGENT_L2", "PK.4", True),
    Colleague("nadia", "Nadia", "AGENT_L2", "PK.4"),
    Colleague("citra", "Citra", "AGENT_L2", "PK.5", True),
    Colleague("anton", "Anton", "AGENT_L2", "PK.5"),
    Colleague("galih", "Galih", "AGENT_L2", "PK.6", True),
    Colleague("puspa", "Puspa", "AGENT_L2", "PK.6"),
    Colleague("farhan", "Farhan", "AGENT_L2", "PK.7", True),
    Colleague("intan", "Intan", "AGENT_L2", "PK.7"),
)

FIRST = (
    "Aditya", "Agung", "Amelia", "Andini", "Anggun", "Arif", "Ayu", "Bambang", "Bayu", "Budi", "Cahya", "Danang",
    "Desi", "Dimas", "Dina", "Eka", "Elisa", "Endah", "Fajar", "Fitri", "Gusti", "Hendra", "Heru", "Ika", "Imam",
    "Indra", "Irma", "Iwan", "Johan", "Kadek", "Kartika", "Kurnia", "Lukman", "Made", "Marlina", "Melati", "Mulyadi",
    "Nanda", "Nova", "Nurul", "Oki", "Putri", "Rahmat", "Ratna", "Rika", "Rini", "Ruslan", "Samuel", "Sari", "Siti",
    "Sofyan", "Suryani", "Taufik", "Titin", "Tri", "Utami", "Vera", "Wahyu", "Widya", "Yanti", "Yohanis", "Yudha",
    "Yuliana", "Zulfikar",
)  # fmt: skip
LAST = (
    "Adiwangsa", "Anggarda", "Astrawan", "Baskara", "Binangun", "Cakrawala", "Danurwenda", "Dermawan", "Dirgantara",
    "Ekaputra", "Gandawijaya", "Ginanjar", "Handaru", "Harsawan", "Indrajati", "Jatmika", "Kalbuadi", "Kamajaya",
    "Kertapati", "Kusumadewa", "Lazuardi", "Lesmana", "Mahardika", "Mandalawangi", "Mangkubumi", "Mustika",
    "Nagarawan", "Nirwasita", "Nugrahadi", "Oktaviandi", "Padmasana", "Palaguna", "Pamungkas", "Pradipta",
    "Prabaswara", "Prameswara", "Purnawirya", "Purwacaraka", "Ranggawuni", "Rekasaba", "Sadewa", "Samudra",
    "Sanjaya", "Sasmita", "Sedayu", "Singgih", "Soemarta", "Surawijaya", "Tanjungsari", "Tirtayasa", "Tunggadewi",
    "Udayana", "Wanabakti", "Wardhana", "Wibisana", "Wicaksana", "Widyatama", "Wiraguna", "Wiratama", "Yudayana",
    "Yudhakusuma",
)  # fmt: skip
AGENCIES = (
    ("BPKAD", "Analis Keuangan Pusat dan Daerah"), ("BPKAD", "Kepala Subbidang Anggaran"),
    ("BKAD", "Kepala Bidang Perbendaharaan"), ("Bapenda", "Kepala Subbidang Penetapan Pajak"),
    ("BPKAD", "Staf Bidang Akuntansi"), ("Bappeda", "Perencana Ahli Muda"), ("BPKAD", "Kuasa BUD"),
    ("Dinas Pekerjaan Umum", "Pengelola DAK Fisik"), ("Dinas Pendidikan", "Kepala Subbagian Keuangan"),
    ("Dinas PMD", "Kepala Bidang Keuangan Desa"), ("BPKPD", "Pengelola Dana Transfer"),
    ("Dinas Kesehatan", "Pengelola BOK"), ("BKAD", "Operator SIKD"), ("Inspektorat", "Auditor Ahli Muda"),
    ("Sekretariat DPRD", "Kepala Bagian Keuangan"), ("Sekretariat Daerah", "Analis Kebijakan"),
)  # fmt: skip
MINISTRIES = (
    ("Kementerian Dalam Negeri", "Analis Kebijakan"), ("Kementerian Kesehatan", "Perencana"),
    ("Kementerian Pekerjaan Umum", "Analis Keuangan"), ("Kanwil DJPb", "Kepala Seksi PPA II"),
    ("KPPN", "Kepala Seksi Bank"), ("Badan Pengawasan Keuangan dan Pembangunan", "Auditor"),
    ("Kementerian Pendidikan", "Analis Anggaran"), ("Kantor Pelayanan Pajak", "Account Representative"),
    ("Bappenas", "Perencana Ahli Madya"), ("Kementerian Desa", "Analis Kebijakan"),
)  # fmt: skip
CAMPUSES = (
    ("Universitas Bumi Persada", "Mahasiswa"), ("Universitas Samudra Raya", "Dosen"),
    ("Politeknik Cendekia Nusantara", "Mahasiswa"), ("Universitas Bumi Persada", "Mahasiswa Magister"),
    ("Sekolah Tinggi Ekonomi Wiyata", "Mahasiswa"), ("SMA Negeri Contoh", "Guru ASN"),
    ("Universitas Samudra Raya", "Mahasiswa Doktor"), ("SMP Negeri Contoh", "Guru ASN"),
)  # fmt: skip
PUBLIC = (
    ("", "Masyarakat"), ("LBH Sahaja Contoh", "Paralegal"), ("Warta Contoh", "Wartawan"), ("", "Pensiunan"),
    ("PT Contoh Karya Sejahtera", "Staf Legal"), ("Notaris Contoh", "Staf"),
)  # fmt: skip
CITIES = {
    "WIB": ("32.73", "34.71", "35.78", "33.74", "13.71", "12.71", "16.71", "35.73", "31.74"),
    "WITA": ("73.71", "51.71", "63.71", "71.71"),
    "WIT": ("81.71", "91.71"),
}
OFFICES = {"WIB": ("31.71",), "WITA": ("73.71",), "WIT": ("81.71",)}
BACKGROUNDS = {"PEMDA": AGENCIES, "KL": MINISTRIES, "AKADEMISI": CAMPUSES, "LAINNYA": PUBLIC}
DOMAINS = {"KL": "kl.example.go.id", "AKADEMISI": "kampus.example.org", "LAINNYA": "example.com"}


@dataclass(frozen=True, slots=True)
class Person:
    """A requester; `region` is a code, '' when unknown."""

    serial: int
    name: str
    group: str
    region: str
    organization: str
    position: str
    email: str
    phone: str


class Directory:
    """The requesters. The n-th user of a region or zone is the same person in every month."""

    def __init__(self, region_names: dict[str, str]) -> None:
        self._names = region_names
        self._people: dict[tuple[str, str, int], Person] = {}

    @property
    def people(self) -> Iterable[Person]:
        return self._people.values()

    def of_month(self, tickets: list[Row]) -> dict[str, Person]:
        """The person behind each user of a month's rows."""
        found: dict[str, Person] = {}
        count: dict[tuple[str, str], int] = {}
        for row in tickets:
            if row.user not in found:
                place = row.group, row.region or row.zone
                count[place] = count.get(place, 0) + 1
                found[row.user] = self.person(*place, count[place])
        return found

    def person(self, group: str, place: str, ordinal: int) -> Person:
        """The `ordinal`-th person of a group in a region (PEMDA: its code) or zone."""
        key = (group, place, ordinal)
        if key not in self._people:
            self._people[key] = self._invent(len(self._people), *key)
        return self._people[key]

    def _invent(self, serial: int, group: str, place: str, ordinal: int) -> Person:
        turn, step = divmod(serial, len(FIRST))
        name = f"{FIRST[step]} {LAST[(serial * 7 + turn) % len(LAST)]}"
        region = self._region(group, place, ordinal)
        backgrounds = BACKGROUNDS[group]
        organization, position = backgrounds[(serial + ordinal) % len(backgrounds)]
        if group == "PEMDA":
            organization = f"{organization} {self._names[region]}"
        return Person(
            serial, name, group, region, organization, position,
            email=f"{name.lower().replace(' ', '.')}@{self._domain(group, region)}",
            phone=f"+62000{81100000 + serial * 37:08d}",
        )  # fmt: skip

    @staticmethod
    def _region(group: str, place: str, ordinal: int) -> str:
        if group == "PEMDA":
            return place
        if place == NO_ZONE:
            return ""
        choice = OFFICES[place] if group == "KL" else CITIES[place]
        return choice[ordinal % len(choice)]

    def _domain(self, group: str, region: str) -> str:
        if group != "PEMDA":
            return DOMAINS[group]
        return re.sub(r"[^a-z]", "", self._names[region].lower()) + ".example.go.id"
