"""The conversation itself: greeted, asked, led, answered; whatever is typed, there is an answer or a rule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.identity import Known
from chatbot.machine import MOST_TURNS, advance
from chatbot.replies import MOST_ROWS, interactive, parts
from chatbot.state import DONE, FORM, Heard, State, World
from tests.chatbot.talk import PEOPLE, TREE, Talk, places

NOBODY = Known(nickname="Rangga")


def test_someone_new_fills_the_form_and_meets_the_menus():
    talk = Talk(Known())
    assert "<greeting>" in (said := talk.say("Halo"))
    assert "Nama (1/5)" in said
    assert "Daerah (2/5)" in talk.say("nama saya Rangga Aditya")
    assert "Daerah Anda Kabupaten Gowa, Sulawesi Selatan?" in talk.say("pemkab gowa")
    assert "Instansi/SKPD (3/5)" in talk.say("ya")
    assert "Email (4/5)" in talk.say("BPKAD")
    assert "Pertanyaan (5/5)" in talk.say("email saya rangga@gowa.example.")
    said = talk.say("Siapa yang memeriksa laporan hibah?", ref=7)
    assert "1. Transfer ke Daerah" in said
    assert talk.kinds() == ["IDENTIFIED"]
    assert dict(talk.state.form) == {
        "name": "Rangga Aditya", "region": "73.06", "organization": "BPKAD", "email": "rangga@gowa.example",
        "question": "Siapa yang memeriksa laporan hibah?",
    }  # fmt: skip
    assert talk.state.question_ref == 7


@pytest.mark.parametrize(
    ("filled", "said", "wrong"),
    [
        ((), "12", "Nama belum terbaca"),
        ((), "Halo pak", "Nama belum terbaca"),
        ((), "budi@kota.example", "bukan nama"),
        (("Rangga Aditya",), "Atlantis", "belum dikenali"),
        (("Rangga Aditya", "gowa", "ya"), "-", "Instansi belum terbaca"),
        (("Rangga Aditya", "gowa", "ya", "BPKAD"), "arung@gowa", "tidak lengkap"),
        (("Rangga Aditya", "gowa", "ya", "BPKAD", "a@gowa.example"), "DAU?", "terlalu singkat"),
    ],
)
def test_each_answer_is_checked_and_the_field_asked_again(filled, said, wrong):
    talk = Talk(Known())
    talk.say("Halo")
    for answer in filled:
        talk.say(answer)
    field = talk.state.todo[0]
    assert wrong in talk.say(said)
    assert (talk.state.todo[0], talk.state.step) == (field, FORM)


def test_a_region_is_taken_only_when_confirmed():
    talk = Talk(Known(name="Rangga", organization="BPKAD", email="a@b.example"))
    talk.say("Halo")
    assert "Daerah mana yang Anda maksud?" in talk.say("Bandung")
    talk.say("bukan")
    assert "Daerah (1/2)" in talk.say("r:73.06")  # typed, not offered
    talk.say("bandung")
    talk.say("2")
    assert talk.state.form["region"] == "32.73"


def test_what_is_known_is_not_asked_again():
    talk = Talk()
    assert "Selamat datang kembali, Arung Mappatunru." in (said := talk.say("Selamat pagi"))
    assert "1. Transfer ke Daerah" in said
    half = Talk(Known(name="Arung", region="73.06", organization="BPKAD"))
    assert "Email (1/2)" in half.say("Halo")


def test_the_name_of_the_channel_is_offered():
    talk = Talk(NOBODY)
    assert "1. Rangga" in talk.say("Halo")
    assert "Daerah (2/5)" in talk.say("1")
    assert talk.state.form["name"] == "Rangga"


def test_a_first_message_that_asks_is_the_question():
    talk = Talk()
    assert "1. Dana Alokasi Umum" in talk.say("Kapan DAU disalurkan untuk gaji pegawai?", ref=3)
    talk.say("chat agent")
    assert talk.kinds() == ["HAND_OVER"]
    assert talk.state.question_ref == 3


def test_menus_lead_down_up_and_home():
    talk = Talk()
    talk.say("Halo")
    assert "1. Dana Alokasi Umum" in talk.say("1")
    assert "DAU disalurkan bulanan." in talk.say(choice="m:DAU")
    assert "2. Dana Bagi Hasil" in talk.say("kembali")
    assert "Kurang bayar DBH dihitung" in talk.say("dana bagi hasil")
    assert "<menu>" in talk.say("MENU")
    assert "tidak ada lagi" in talk.say(choice="m:OLD")
    assert talk.kinds() == ["OPENED"] * 4
    assert [effect.code for effect in talk.effects] == ["TKD", "DAU", "TKD", "DBH"]


def test_words_find_menus_and_misses_lead_to_an_agent():
    talk = Talk()
    talk.say("Halo")
    assert "1. Dana Alokasi Umum" in talk.say("penyaluran gaji pegawai")
    assert "1. Pajak dan Retribusi" in talk.say("cari tarif retribussi")
    for _ in range(2):
        assert "Belum ada menu" in talk.say("kucing oranye")
    assert "petugas membantu" in talk.say("kucing oranye")
    assert talk.kinds() == ["SEARCHED", "SEARCHED", "MISSED", "MISSED", "MISSED"]


def test_an_agent_needs_a_question_first():
    talk = Talk()
    talk.say("Halo")
    assert "Apa pertanyaan Anda?" in talk.say("agen")
    assert "terlalu singkat" in talk.say("DAU")
    assert "<menu>" in talk.say("menu")
    talk.say("chat agent")
    assert talk.say("Kapan DAU disalurkan?", ref=9) == ""
    assert (talk.state.step, talk.state.question_ref, talk.kinds()) == (DONE, 9, ["HAND_OVER"])


def test_thanks_and_goodbye_end_it():
    for words in ("Terima kasih", "selesai"):
        talk = Talk()
        talk.say("Halo")
        assert "<closing>" in talk.say(words)
        assert talk.kinds() == ["ENDED"]
        assert talk.say("Halo") == ""
    form = Talk(Known())
    form.say("Halo")
    assert "<closing>" in form.say("batal")


TYPED = (
    "Halo|menu|kembali|chat agent|ya|bukan|cari DAU|gowa|bandung|Rangga Aditya|BPKAD|a@b.example|terima kasih|selesai"
    "|Kapan DAU disalurkan bulan ini?|batal|0|1|2|3|4|5|9"
)
WORDS = st.one_of(st.text(max_size=60), st.sampled_from(TYPED.split("|")))
CHOICES = st.sampled_from(
    ["", "", "m:DAU", "m:TKD", "m:NONE", "top", "back", "agent", "find", "r:73.06", "r:none", "x"]
)
HEARD = st.builds(Heard, WORDS, CHOICES, st.integers(0, 9), st.just(False))
KNOWN = st.sampled_from([PEOPLE, Known(), NOBODY, Known(name="Arung", region="73.06")])


@settings(max_examples=300, deadline=None)
@given(known=KNOWN, said=st.lists(HEARD, max_size=25))
def test_whatever_is_said_is_answered_or_ends(known, said):
    world, state, over = World(TREE, known, places), State(), False
    for heard in said:
        turn = advance(State.read(state.stored()), heard, world)
        assert turn == advance(state, heard, world)
        ends = {"HAND_OVER", "ENDED"} & {effect.kind for effect in turn.effects}
        assert bool(turn.replies) == (not over and "HAND_OVER" not in ends)
        assert (turn.state.step == DONE) == (over or bool(ends))
        for reply in (part for whole in turn.replies for part in parts(whole)):
            assert reply.text.strip()
            assert len(reply.options) <= MOST_ROWS
            assert not reply.options or interactive(reply)
        if "HAND_OVER" in ends:
            assert all(turn.state.form.get(field) for field in ("name", "region", "organization", "email", "question"))
        over, state = turn.state.step == DONE, turn.state


def test_marks_are_not_answered_and_robots_not_for_ever():
    world = World(TREE, PEOPLE, places)
    assert advance(State(), Heard("👍", quiet=True), world).replies == ()
    state = State()
    answered = 0
    for _ in range(MOST_TURNS + 5):
        turn = advance(state, Heard("menu"), world)
        state, answered = turn.state, answered + bool(turn.replies)
    assert answered == MOST_TURNS


def test_interactive_messages_keep_to_the_limits_of_meta():
    talk = Talk()
    talk.say("Halo")
    shape = interactive(talk.replies[-1])
    rows = shape["action"]["sections"][0]["rows"]
    assert shape["type"] == "list"
    assert rows[0] == {"id": "m:TKD", "title": "Transfer ke Daerah"}
    assert rows[1] == {"id": "m:PDRD", "title": "Pajak dan Retribusi Dae…", "description": "Pajak dan Retribusi Daerah"}
    assert max(len(row["title"]) for row in rows) <= 24
    talk.say("agen")
    assert interactive(talk.replies[-1])["action"]["buttons"] == [
        {"type": "reply", "reply": {"id": "top", "title": "Menu utama"}}
    ]
