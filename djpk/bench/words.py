"""Invented Indonesian sentences of the domain, with word frequencies as language has them (Zipf)."""

import random
from itertools import accumulate

COMMON, COMMON_SHARE = "penyaluran", 0.20  # of all messages
RARE, RARE_SHARE = "rekonsiliasi", 0.001
SENTENCES = 20_000
PER_MESSAGE = 3

# By falling frequency. None shares its stem with COMMON or RARE, which are put in by their shares.
_WORDS = """
yang dan untuk di dengan kami dari mohon pada daerah tidak dana ini sudah kabupaten kota belum data tahun informasi atas
dapat kepada desa anggaran provinsi laporan apakah terima kasih selamat pagi bapak ibu bagaimana pemerintah keuangan
dokumen syarat surat aplikasi akan sesuai alokasi tahap realisasi dalam transfer kapan jadwal pajak retribusi nomor
batas waktu unggah peraturan menteri bulan admin siang permintaan ditjen perimbangan pengguna akun masuk sandi kendala
sistem muncul pesan galat verifikasi validasi berkas kirim ulang perbaikan revisi nilai selisih rekening kas umum negara
bendahara dinas badan kepala bidang seksi staf operator petunjuk teknis pelaksanaan kegiatan fisik nonfisik pendidikan
kesehatan jalan irigasi sanitasi perumahan pertanian perikanan pariwisata lingkungan air minum kontrak pengadaan output
capaian kinerja insentif fiskal otonomi khusus istimewa bagi hasil cukai tembakau minyak gas bumi panas mineral batubara
kehutanan kelapa sawit kurang bayar lebih potong tunda sanksi pembayaran pinjaman obligasi utang hibah pembiayaan
defisit surplus belanja pegawai barang jasa modal bantuan sosial tak terduga pendapatan asli restoran hotel hiburan
parkir kendaraan bermotor bea balik nama bangunan perolehan hak tanah reklame penerangan rokok opsen tarif perda
rancangan evaluasi konsultasi audiensi tatap muka ruang rapat undangan narasumber bimbingan sosialisasi lokakarya
jabatan fungsional analis uji kompetensi angka kredit pangkat formasi usulan rekomendasi inpassing pelatihan sertifikat
penatausahaan akuntansi neraca aset persediaan penyusutan konsolidasi statistik publikasi portal unduh format excel
kolom baris sandi daftar gagal tampil jaringan server peramban pembaruan versi modul menu dasbor rekap triwulan semester
akhir awal tanggal jatuh tempo perpanjangan kode wilayah kecamatan kelurahan kampung nagari gampong musyawarah apbdes
apbd perubahan penjabaran rincian kuasa satuan kerja inspektorat reviu audit temuan tindak lanjut klarifikasi tanggapan
penjelasan arahan koordinasi sekretariat direktorat subdirektorat jenderal pusat kontak layanan tiket antrean telepon
""".split()  # noqa: SIM905
_TAIL = 1_500  # names and codes that are seldom seen: half of any vocabulary


def sentences(count: int = SENTENCES, seed: int = 7) -> list[str]:
    """As many sentences of six to twelve words; the same ones each time."""
    chance = random.Random(seed)  # noqa: S311
    syllables = ["ba", "ka", "ra", "ma", "lu", "ti", "su", "no", "wi", "ja", "pe", "do", "gu", "li", "sa", "to"]
    tail = ["".join(chance.choices(syllables, k=3)) + chance.choice("nrst") for _ in range(_TAIL)]
    words = [*dict.fromkeys(_WORDS), *tail]
    weights = list(accumulate(1 / rank for rank in range(2, len(words) + 2)))
    made = [chance.choices(words, cum_weights=weights, k=chance.randint(6, 12)) for _ in range(count)]
    for word, share in ((COMMON, COMMON_SHARE), (RARE, RARE_SHARE)):
        for place in range(max(1, round(count * (1 - (1 - share) ** (1 / PER_MESSAGE))))):
            made[place * 7919 % count].insert(2, word)
        chance.shuffle(made)
    return [" ".join(line).capitalize() + "." for line in made]
