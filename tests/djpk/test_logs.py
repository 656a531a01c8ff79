"""What is logged: one JSON line per record from the level in force on; a request as such is none."""

import json
import logging

import structlog

from djpk.logs import configured


def _line(record: logging.LogRecord) -> dict:
    settings = configured("WARNING")["formatters"]["line"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=settings["processors"], foreign_pre_chain=settings["foreign_pre_chain"]
    )
    return json.loads(formatter.format(record))


def test_a_request_that_went_well_writes_no_line(client, db, caplog, capfd):
    assert client.get("/healthz").status_code == 200
    assert caplog.records == []
    assert capfd.readouterr().out == ""


def test_a_warning_is_one_json_line_with_its_facts(caplog):
    structlog.get_logger("kernel.api").warning("cache_missing", error="down")
    line = _line(caplog.records[0])
    assert (line["event"], line["level"], line["error"]) == ("cache_missing", "warning", "down")
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_is_written_the_same_way(caplog):
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("django").exception("failed %s", "twice")
    line = _line(caplog.records[0])
    assert (line["event"], line["level"]) == ("failed twice", "error")
    assert "ValueError: no" in line["exception"]
