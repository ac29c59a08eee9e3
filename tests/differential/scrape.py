"""Both take the same bodies. Prometheus scrapes seeded targets for some seconds; tacho
is given the bodies that it got, at the times at which Prometheus says it got them.

Prometheus is then started anew over its data, with nothing to scrape, and asked. What
it says about itself is the truth about time: `up` has a sample per scrape, and the
value of body_sequence is the number of the body."""

import os
import random
import sys
import time

import bodies
import compare
import harness
import prometheus
import queries
import tacho
import targets

LOOKBACK_MS = 3000
# Only then is all of a time stored: bodies bring samples with older timestamps.
LAG_MS = bodies.MAX_AGE_MS + 300

KINDS = [
    bodies.Kind("web", 370), bodies.Kind("web", 370), bodies.Kind("web", 370),
    bodies.Kind("modern", 500, openmetrics=True), bodies.Kind("modern", 500, openmetrics=True),
    bodies.Kind("honoring", 500, honor_labels=True, conflicts=True),
    bodies.Kind("renaming", 430, conflicts=True),
    bodies.Kind("stamped", 310, stamped=True),
    bodies.Kind("stamped-modern", 500, stamped=True, openmetrics=True),
    bodies.Kind("restamped", 340, stamped=True, honor_timestamps=False),
]

CHOICES = queries.Choices(
    selectors=['{metric!=""}', '{metric!="",kind!="special"}', '{metric!="",kind!="special"}',
               '{metric!="",job=~"web|modern"}', '{__name__=~"requests_.*",code!~"2..|5.."}',
               'requests_1_total', 'latency_seconds_bucket{le!="+Inf"}',
               'latency_seconds_bucket{le="+Inf"}', '{metric=~"latency.+(sum|count)"}',
               'requests_0_total{odd!=""}', 'temperature{place=~"[0-4]"}'],
    one_metric=['requests_0_total', 'requests_0_total{code="200"}', 'requests_0_total{job="web"}',
                'requests_2_total', 'temperature'],
    windows_ms=[1000, 2000, 5000, 10000, 30000], offsets_ms=[0, 0, 0, 1000, 2500],
    lookback_ms=LOOKBACK_MS)


def _config(running):
    text = "scrape_configs:\n"
    for target in running:
        kind = target.kind
        text += (f"- job_name: {target.source}\n  scrape_interval: {kind.interval_ms}ms\n"
                 f"  scrape_timeout: {kind.interval_ms}ms\n"
                 f"  honor_labels: {str(kind.honor_labels).lower()}\n"
                 f"  honor_timestamps: {str(kind.honor_timestamps).lower()}\n"
                 f"  static_configs: [{{targets: ['{target.address}'], "
                 f"labels: {{job: {kind.job}, zone: z{len(kind.job) % 2}}}}}]\n")
    return text


def _target_labels(target):
    return {"instance": target.address, "job": target.kind.job,
            "zone": f"z{len(target.kind.job) % 2}"}


def _record(options, folder):
    """Lets Prometheus scrape; the targets with their logs."""
    interval_ms = min(kind.interval_ms for kind in KINDS)
    running = [targets.Target(options.seed + 2 * i, kind, f"source-{i}",
                              options.series // len(KINDS), options.seconds * 1000 // interval_ms)
               for i, kind in enumerate(KINDS)]
    try:
        with prometheus.Prometheus(options.peers, folder, _config(running)):
            time.sleep(options.seconds)
    finally:
        for target in running:
            target.close()
    return running


def _numbered(target, raw):
    """[(time_ms, up, number)] of a target's scrapes; number: its request, or None where it
    cannot be told (a request lost or given up under load)."""
    labels = {"__name__": "up", **_target_labels(target)}
    ups = raw[tuple(sorted(labels.items()))]
    sequence = next(samples for labels, samples in raw.items()
                    if ("__name__", bodies.SEQUENCE) in labels and
                    ("source", target.source) in labels)
    numbers = {t: int(v) for t, v in sequence}
    scrapes, unknown, last = [], [], -1
    for time_ms, up in ups:
        if time_ms not in numbers:
            unknown.append((time_ms, up))
            continue
        between = range(last + 1, numbers[time_ms])
        known = between if len(between) == len(unknown) else [None] * len(unknown)
        scrapes += [(*one, number) for one, number in zip(unknown, known)]
        last, unknown = numbers[time_ms], []
        scrapes.append((time_ms, up, last))
    return scrapes + [(*one, None) for one in unknown]


def _body(target, up, number):
    """What tacho is given for a scrape. Where Prometheus got no whole body, one that is bad
    at its end: of it nothing may remain. "" if it is not known what was sent."""
    kind, body = target.log[number] if number is not None else (None, "")
    end = "# EOF\n" if target.kind.openmetrics else ""
    if kind is None and up:
        return end  # only the empty body has no number
    if kind in (None, "good") and not up:
        return ""  # given up by Prometheus
    if kind in ("status", "close", "cut"):
        return body.removesuffix(end) + targets.GARBAGE + end
    return body


def _scrape_commands(target, folder, time_ms, up, number):
    """What tacho is told about one scrape."""
    body = _body(target, up, number)
    wire = "openmetrics" if target.kind.openmetrics else "text"
    commands = []
    if body or up:
        path = os.path.join(folder, f"{target.source}-{time_ms}")
        with open(path, "w", encoding="utf-8", newline="") as out:
            out.write(body)
        commands.append(("ingest", target.source, wire, time_ms, path, "ok" if up else "refused"))
    if not up:
        commands.append(("stale", target.source, time_ms))
    return commands


def _events(running, raw, folder):
    """[(time_ms, command)] for the driver, in order of time."""
    events = []
    for target in running:
        health = {name: dict(raw[tuple(sorted({"__name__": name,
                                               **_target_labels(target)}.items()))])
                  for name in ["scrape_duration_seconds", "scrape_samples_scraped"]}
        for time_ms, up, number in _numbered(target, raw):
            commands = _scrape_commands(target, folder, time_ms, up, number)
            commands.append(("health", target.source, time_ms, int(up),
                             *(repr(series[time_ms]) for series in health.values())))
            events += [(time_ms, command) for command in commands]
    return sorted(events, key=lambda event: event[0])


def _health_groups(times):
    return [queries.Group(queries.Inner("", name, 0, 0, t), (), False)
            for t in times[:10] for name in ["up", "scrape_samples_scraped"]]


def _compare(options):
    folder = harness.folder(options)
    harness.progress(f"scraping for {options.seconds} s")
    running = _record(options, folder)
    with prometheus.Prometheus(options.peers, folder, prometheus.IDLE,
                               [f"--query.lookback-delta={LOOKBACK_MS}ms"]) as server:
        now_ms = time.time_ns() // 1_000_000
        raw = server.raw('{__name__=~".+"}', now_ms, options.seconds * 1000 + 120_000)
        events = _events(running, raw, harness.folder(options, "bodies"))
        harness.progress(f"{len(raw)} series, {sum(map(len, raw.values()))} samples, "
                         f"{len(events)} events; asking both")
        rng = random.Random(options.seed)
        # Only series with timestamps of their own end without a staleness marker.
        stamped = {labels: points for labels, points in raw.items()
                   if dict(labels).get("job", "").startswith("stamped")}
        times = queries.moments(rng, options.moments, [t for t, _ in events],
                                queries.ends(stamped, LOOKBACK_MS), CHOICES)
        plan = queries.groups(rng, times, CHOICES) + _health_groups(times)
        script = tacho.Script(os.path.join(folder, "script"), 3_600_000, LOOKBACK_MS)
        for target in running:
            script.target(target.source, _target_labels(target), target.kind.honor_labels,
                          target.kind.honor_timestamps)
        plan = script.play(events, plan, LAG_MS)
        answers = script.run(options.driver)
        judge = compare.Judge(raw, LOOKBACK_MS)
        harness.ask_both(judge, plan, server, answers)
    harness.progress("done")
    kinds = [kind for target in running for kind, _ in target.log]
    print("scrapes: " + ", ".join(f"{kinds.count(k)} {k}" for k in ["good", *targets.FAILURES]))
    return judge, judge.problems + answers.finish()


if __name__ == "__main__":
    sys.exit(harness.run("scrape", _compare))
