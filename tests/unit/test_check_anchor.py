"""Two checks under one prefix stand on a page under two anchors."""

import pytest

from care_rates import report

pytestmark = pytest.mark.unit


def test_each_check_has_an_anchor_of_its_own(monkeypatch):
    now = report.Session("05_ccn_newton_model", {})
    monkeypatch.setattr(report, "_now", now)
    shown = []
    monkeypatch.setattr(report, "display", lambda bundle, **kw: shown.append(kw["metadata"]))
    for name in ("cla_2015", "cla_2020"):
        report.check("ccn.exec", {name: 70000.0}, definition="any")
    anchors = [row["anchor"] for row in now.claims.values()]
    assert anchors == ["check-ccn_exec", "check-ccn_exec-2"]
    assert [info["care_rates"]["name"] for info in shown] == anchors
