"""What people wrote becomes HTML in which nothing of theirs can run."""

import pytest

from tickets.inbox.wording import html_of, names_in

OUT = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Satu\ndua\n\n tiga", "<p>Satu<br>dua</p><p>tiga</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        (
            "Lihat https://djpk.example/a?b=1&c=2.",
            f'<p>Lihat <a href="https://djpk.example/a?b=1&amp;c=2" {OUT}>https://djpk.example/a?b=1&amp;c=2</a>.</p>',
        ),
        (
            "(http://djpk.example/x_(y))",
            f'<p>(<a href="http://djpk.example/x_(y)" {OUT}>http://djpk.example/x_(y)</a>)</p>',
        ),
        (
            'https://djpk.example/"onmouseover="x',
            f'<p><a href="https://djpk.example/" {OUT}>https://djpk.example/</a>&quot;onmouseover=&quot;x</p>',
        ),
        (
            "Surel ke bpkad@bandung.example.",
            '<p>Surel ke <a href="mailto:bpkad@bandung.example">bpkad@bandung.example</a>.</p>',
        ),
        (
            "<b>Tiket DRG-26-00021, lihat https://djpk.example/DRG-26-00021 dan ADRG-26-00021",
            '<p>&lt;b&gt;Tiket <span class="dr-id">DRG-26-00021</span>, lihat <a href="https://djpk.example/DRG-26-00021" '
            f"{OUT}>https://djpk.example/DRG-26-00021</a> dan ADRG-26-00021</p>",
        ),
        ("javascript:alert(1) data:text/html,x file:///etc", "<p>javascript:alert(1) data:text/html,x file:///etc</p>"),
        ("", ""),
    ],
)
def test_text_becomes_safe_html(text, html):
    assert html_of(text) == html


def test_only_known_names_are_marked():
    html = html_of("@Sekar.a tolong cek, @orang juga; surel a@sekar.example", mentions={"sekar.a"})
    assert '<span class="dr-mention">@Sekar.a</span>' in html
    assert html.count("dr-mention") == 1
    html = html_of("@sekar.a lihat DRG-26-00021", mentions={"sekar.a"})
    assert html.endswith('</span> lihat <span class="dr-id">DRG-26-00021</span></p>')


def test_names_are_read_once_and_without_the_full_stop():
    assert names_in("Halo @Bima, @sekar. dan @bima; a@b.example http://x.example/@dia") == ["bima", "sekar"]
