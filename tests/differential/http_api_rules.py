"""What both are asked, and in which ways their replies may differ. Each rule has a name
and cites the contract on PromQL: section 11 says what separates Prometheus 2.42 from 3.x."""

import dataclasses
import json
import math
import random
import struct


@dataclasses.dataclass
class Request:
    method: str
    path: str
    params: dict

    def __str__(self):
        return f"{self.method} {self.path} {self.params}"


_RANKING = ("sort(", "sort_desc(", "topk(", "bottomk(")
# From 2^53 on, and below the normal ones: digits, zeros and exponents are chosen.
_NUMBERS = ["9007199254740993", "1152921504606846976", "-9223372036854775808",
            "590295810358705651712", "1e20", "1e21", "1e22", "1e23", "-1e23",
            "123456789012345680000", "1.5e300", "1.7976931348623157e308", "5e-324", "-2.5e-310",
            "0.000001", "9.99e-7", "0.1", "-0"]


def _numbers():
    """Those, and some of all magnitudes; the same each time."""
    rng = random.Random(1)
    bits = [rng.randrange(1 << 64) for _ in range(40)]
    some = [struct.unpack("<d", struct.pack("<Q", b))[0] for b in bits]
    some += [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-8, 26) for _ in range(40)]
    return _NUMBERS + [repr(x) for x in some if math.isfinite(x)]


def _queries(now):
    """Instant and range queries: (endpoint, parameters)."""
    texts = ["requests_total", "temperature", 'requests_total{code=~"2.."}', "bare", "nothing",
             "sum(requests_total)", "sum by (code) (requests_total)", "1e21", "1e-7", "-0",
             "NaN", '"a<b>\\"c\\""', "time()", "vector(1e300)", "scalar(bare)", "up",
             "requests_total / 3", "bare > bool 3", "topk(1, temperature)",
             'label_replace(bare, "x", "<$1>", "zone", "(.*)")', "-temperature",
             "rate(requests_total[10s])",
             "rate(temperature[10s])", "temperature @ 0", "absent(nothing)",
             "sort(temperature)", "sort_desc(temperature)", "topk(4, temperature)",
             "bottomk(9, temperature)"]
    for text in texts:
        yield "query", {"query": text, "time": now}
        yield "query_range", {"query": text, "start": now - 2, "end": now, "step": 1}
    for number in _numbers():
        for text in (number, f"vector({number})", f'count_values("v", vector({number}))'):
            yield "query", {"query": text, "time": now}
    yield "query", {"query": "bare", "time": f"{now}.25"}
    yield "query", {"query": "time()", "time": "2026-11-24T00:00:00.5+01:00"}
    yield "query", {"query": "time()", "time": "1.0005"}
    yield "query", {"query": "temperature", "time": now, "limit": 2}
    yield "query_range", {"query": "time()", "start": 0, "end": "1.5", "step": "500ms"}
    yield "query_range", {"query": "1", "start": 0, "end": 11000, "step": 1}


_BAD = [
    ("query", {}), ("query", {"query": "sum("}), ("query", {"query": "up", "time": "abc"}),
    ("query", {"query": "up", "timeout": "1xx"}), ("query", {"query": "up", "timeout": "0"}),
    ("query", {"query": 'bare * on () temperature{place="attic"}'}),
    ("query_range", {"query": "up"}), ("query_range", {"query": "up", "start": 2, "end": 1}),
    ("query_range", {"query": "up", "start": 1, "end": 2}),
    ("query_range", {"query": "up", "start": 1, "end": 2, "step": "0"}),
    ("query_range", {"query": "up", "start": 0, "end": 11001, "step": "1"}),
    ("query_range", {"query": "up[1m]", "start": 0, "end": 1, "step": "1"}),
    ("query_range", {"query": '"a"', "start": 0, "end": 1, "step": "1"}),
    ("series", {}), ("series", {"match[]": "{}"}), ("series", {"match[]": "up{"}),
    ("series", {"match[]": "up", "start": "x"}), ("labels", {"end": "x"}),
    ("metadata", {"limit": "x"}),
    ("format_query", {"query": "foo{"}), ("nothing", {}),
]


def _lists():
    yield "series", {"match[]": ["requests_total", 'temperature{zone="b"}']}
    yield "series", {"match[]": "nothing"}
    yield "series", {"match[]": "bare", "end": 1000}
    yield "labels", {"match[]": "requests_total"}
    yield "labels", {"match[]": ["bare", "temperature"]}
    yield "label/place/values", {}
    yield "label/zone/values", {"match[]": 'requests_total{code="500"}'}
    yield "label/nothing/values", {}
    yield "label/le/values", {}
    yield "metadata", {"metric": "requests_total"}
    yield "metadata", {"metric": "requests_total", "limit_per_metric": 1}
    yield "metadata", {"metric": "latency_seconds"}
    yield "metadata", {"metric": "nothing"}
    yield "format_query", {"query": "sum(rate( foo [5m]) )by(a)"}
    yield "parse_query", {"query": "rate(up[5m])"}
    yield "targets", {}
    yield "targets", {"state": "dropped"}
    yield "status/buildinfo", {}
    yield "status/runtimeinfo", {}


def requests(now):
    for path, params in [*_queries(now), *_lists(), *_BAD]:
        yield Request("GET", f"/api/v1/{path}", params)
        if path in ("query", "query_range", "series", "labels", "format_query"):
            yield Request("POST", f"/api/v1/{path}", params)
    yield Request("POST", "/api/v1/metadata", {})
    yield Request("DELETE", "/api/v1/query", {})


def _vectors_are_unsorted(request, ours, theirs):
    """2.1: an instant vector has no order, but for those of 3.9 whose order is explicit."""
    if request.params.get("query", "").startswith(_RANKING):
        return
    for reply in (ours, theirs):
        if reply.get("data") and isinstance(reply["data"], dict) and \
                reply["data"].get("resultType") == "vector":
            reply["data"]["result"].sort(key=json.dumps)


def _bounds_are_normalised(request, ours, theirs):
    """11, 3.0: le is in float form."""
    if request.path.endswith("/le/values"):
        theirs["data"] = sorted(f"{float(v):g}" if v != "+Inf" else v for v in theirs["data"])
        ours["data"] = sorted(f"{float(v):g}" if v != "+Inf" else v for v in ours["data"])


def _annotations_are_new(request, ours, theirs):
    """11, 2.48: warnings and infos."""
    for key in ("infos", "warnings"):
        if "limit" not in request.params:
            ours.pop(key, None)


def _limits_are_new(request, ours, theirs):
    """10.2: limit cuts and warns; 2.42 does not know it."""
    if "limit" in request.params and ours.get("warnings") == ["results truncated due to limit"]:
        known = [json.dumps(s) for s in theirs["data"]["result"]]
        if len(ours["data"]["result"]) == request.params["limit"] and all(
                json.dumps(s) in known for s in ours["data"]["result"]):
            theirs["data"]["result"] = ours["data"]["result"]
            ours.pop("warnings")


def _parse_errors_moved(request, ours, theirs):
    """6 and 11: some texts of the parser are of 3.x."""
    if all("parse error" in reply.get("error", "") for reply in (ours, theirs)):
        theirs["error"] = ours["error"]


def _times_are_lower_case(request, ours, theirs):
    """10.2 has the texts of 3.x: 2.42 writes Invalid time value."""
    if "error" in theirs:
        theirs["error"] = theirs["error"].replace("Invalid time value", "invalid time value")


def _the_query_is_a_parameter(request, ours, theirs):
    """6: 3.x says which parameter holds the bad expression."""
    if ours.get("error") == 'invalid parameter "query": ' + theirs.get("error", ""):
        theirs["error"] = ours["error"]


def _pairs_have_no_order(request, ours, theirs):
    """3.9: which of two series that match is met first is not specified."""
    if "found duplicate series" in ours.get("error", ""):
        for reply in (ours, theirs):
            reply["error"] = "".join(sorted(reply["error"]))


def _no_time_runs_out_anywhere(request, ours, theirs):
    """9: a query without time ends in the queue or behind it, as it happens."""
    if request.params.get("timeout") == "0" and "timed out in query" in theirs["error"]:
        theirs["error"] = ours["error"]


def _metadata_has_no_order(request, ours, theirs):
    """Two targets say different things of a metric: 2.42 tells them in any order."""
    if request.path.endswith("/metadata") and ours.get("status") == "success":
        for reply in (ours, theirs):
            for told in reply["data"].values():
                told.sort(key=json.dumps)


def _metadata_per_metric_is_new(request, ours, theirs):
    """10.2: limit_per_metric; 2.42 does not know it."""
    if "limit_per_metric" in request.params and ours.get("status") == "success":
        if all(len(told) <= request.params["limit_per_metric"] and
               all(one in theirs["data"][k] for one in told) for k, told in ours["data"].items()):
            theirs["data"] = ours["data"]


def _targets_are_described_differently(request, ours, theirs):
    """docs/http-api.md: labels before relabelling, when and how long, the outer URL, and counts
    of 3.x."""
    if not request.path.endswith("/targets") or ours.get("status") != "success":
        return
    ours["data"].pop("droppedTargetCounts", None)
    for reply in (ours, theirs):
        for target in reply["data"]["activeTargets"] or []:
            for key in ("discoveredLabels", "globalUrl", "lastScrape", "lastScrapeDuration"):
                target.pop(key)


def _each_process_is_itself(request, ours, theirs):
    """10.2: the fields are the same (3.x has some more), the values are the process'."""
    if "/status/" in request.path:
        theirs["data"] = ours["data"] = {k: 0 for k in theirs["data"] if k in ours["data"]}


RULES = {
    "instant vectors have no order": _vectors_are_unsorted,
    "le is normalised": _bounds_are_normalised,
    "annotations are new": _annotations_are_new,
    "limits are new": _limits_are_new,
    "parse errors moved": _parse_errors_moved,
    "times are in lower case": _times_are_lower_case,
    "the query is a parameter": _the_query_is_a_parameter,
    "pairs have no order": _pairs_have_no_order,
    "no time runs out anywhere": _no_time_runs_out_anywhere,
    "metadata has no order": _metadata_has_no_order,
    "metadata per metric is new": _metadata_per_metric_is_new,
    "targets are described differently": _targets_are_described_differently,
    "each process is itself": _each_process_is_itself,
    "parse_query is new": None,
}


# Prometheus' order decides whether these are needed.
BY_CHANCE = {"instant vectors have no order", "metadata has no order", "pairs have no order",
             "no time runs out anywhere"}


def excuse(request, ours, theirs):
    """(names of the rules that were needed, what they do not excuse or None)."""
    if request.path.endswith("/parse_query") and theirs.status == 404 and ours.status == 200:
        return ["parse_query is new"], None
    if ours.status != theirs.status:
        return [], "the status differs"
    if ours.content_type != theirs.content_type:
        return [], f"{ours.content_type} is not {theirs.content_type}"
    if ours.json is None or theirs.json is None:
        return [], "the text differs"
    mine, other, used = ours.json, theirs.json, []
    for name, rule in RULES.items():
        if rule is None or mine == other:
            continue
        before = json.dumps([mine, other])
        rule(request, mine, other)
        if json.dumps([mine, other]) != before:
            used.append(name)
    if not used and mine == other:
        return [], "the fields are equal, and the bytes are not"
    return used, None if mine == other else "the fields differ"
