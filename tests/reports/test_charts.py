"""Chart specs: which columns there are, how gaps and last year are drawn, and the chart in words."""

from kernel.months import Month
from reports import charts

AUGUST = Month(2024, 8)


def series(**values: int | None) -> list[dict[str, object]]:
    """Points of January to August 2024 and August 2023; months not named are unknown."""
    months = [*AUGUST.year_to_date(), AUGUST.same_month_last_year]
    named = {f"{month:%b%y}".lower(): month for month in (each.first_day for each in months)}
    assert values.keys() <= named.keys()
    return [{"period": str(month), "value": values.get(f"{month.first_day:%b%y}".lower())} for month in months]


def drawn(spec: dict) -> dict[str, str]:
    return {row["b"]: row["j"] for row in spec["data"]["values"]}


def words(spec: dict) -> list[tuple[str, list[str]]]:
    """The texts at the foot of gaps with the months they stand under."""
    return [
        (layer["mark"]["text"], [row["b"] for row in layer["data"]["values"]])
        for layer in spec["layer"]
        if "data" in layer
    ]


def test_known_months_are_drawn_and_last_year_stands_apart():
    spec = charts.columns(series(jul24=1245, aug24=1018, aug23=1686), AUGUST)
    assert drawn(spec) == {"Jul": "lalu", "Agt": "ini", "Agt 23": "tahun lalu"}
    order = spec["encoding"]["x"]["scale"]["domain"]
    assert order == ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", " ", "Agt 23"]


def test_a_long_gap_says_so_once_and_a_single_missing_month_has_a_dash():
    long_gap = charts.columns(series(jul24=1, aug24=2, aug23=3), AUGUST)
    assert words(long_gap) == [("belum dimuat", ["Jan"])]
    single = series(jan24=1, feb24=2, apr24=4, may24=5, jun24=6, jul24=7, aug24=8, aug23=9)
    assert words(charts.columns(single, AUGUST)) == [("–", ["Mar"])]


def test_of_many_months_every_second_one_is_named_with_the_report_month_and_last_year():
    november = Month(2024, 11)
    months = [*november.year_to_date(), november.same_month_last_year]
    axis = charts.columns([{"period": str(month), "value": 1} for month in months], november)["encoding"]["x"]["axis"]
    named = [label for label in ("Jan", "Feb", "Mar", "Okt", "Nov", "Nov 23") if f"'{label}'" in axis["labelExpr"]]
    assert named == ["Jan", "Mar", "Nov", "Nov 23"]


def test_zero_is_a_value_and_no_gap():
    spec = charts.columns(series(jul24=0, aug24=0, aug23=0), AUGUST)
    assert set(drawn(spec)) == {"Jul", "Agt", "Agt 23"}
    assert spec["encoding"]["y"]["scale"] == {"domain": [0, 1]}, "zeros stand at the foot"
    assert charts.has_values(series(aug24=0))
    assert not charts.has_values(series())


def test_months_of_an_earlier_year_that_lead_up_to_this_one_are_not_last_year():
    january = Month(2024, 1)
    points = [{"period": str(month), "value": 1} for month in (january - 2, january - 1, january)]
    spec = charts.columns(points, january)
    assert drawn(spec) == {"Nov 23": "lalu", "Des 23": "lalu", "Jan": "ini"}
    assert " " not in spec["encoding"]["x"]["scale"]["domain"]


def test_a_chart_is_told_in_words():
    told = charts.spoken("Telepon", series(jul24=39, aug24=1050, aug23=70), AUGUST)
    assert told.startswith("Telepon per bulan: Jan belum dimuat")
    assert told.endswith("Jul 39, Agt 1.050, Agt 23 70")


def test_followers_are_levels_whose_scale_does_not_start_at_zero():
    spec = charts.levels(series(jul24=118275, aug24=118293, aug23=115554), AUGUST)
    assert "paddingInner" not in spec["encoding"]["x"]["scale"], "points have no band; Vega-Lite warns of it"
    assert spec["encoding"]["y"]["scale"]["zero"] is False
    assert {layer["mark"]["type"] for layer in spec["layer"]} == {"line", "point", "text"}


def test_zones_have_a_column_inside_and_one_outside_service_hours():
    rows = [{"label": "WIB", "inside": 700, "outside": 32}, {"label": "WIT", "inside": None, "outside": 4}]
    spec = charts.clusters(rows, {"inside": "Dalam", "outside": "Luar"})
    assert [(row["g"], row["s"], row["v"]) for row in spec["data"]["values"]] == [
        ("WIB", "Dalam", 700),
        ("WIB", "Luar", 32),
        ("WIT", "Luar", 4),
    ]
