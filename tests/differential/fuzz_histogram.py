"""Quantiles of classic histograms by the specification's text (section 4.7), as 2.42 and as
3.x compute them. They mend counts that fall in ways of their own, and differ where a count is
NaN or almost that of the bucket before."""

import collections
import math
import sys

import model


def _merged(buckets):
    out = []
    for upper, count in sorted(buckets, key=lambda bucket: bucket[0]):
        if out and out[-1][0] == upper:
            out[-1][1] += count
        else:
            out.append([upper, count])
    return out


def _almost_equal(a, b):
    total = abs(a) + abs(b)
    if a == 0 or b == 0 or total < sys.float_info.min:
        return abs(a - b) < 1e-12 * sys.float_info.min
    return abs(a - b) / min(total, sys.float_info.max) < 1e-12


def _mend_old(buckets):
    most = buckets[0][1]
    for bucket in buckets[1:]:
        if bucket[1] > most:
            most = bucket[1]
        elif bucket[1] < most:
            bucket[1] = most


def _mend_new(buckets):
    before = buckets[0][1]
    for bucket in buckets[1:]:
        if bucket[1] == before:
            continue
        if _almost_equal(bucket[1], before) or bucket[1] < before:
            bucket[1] = before
        else:
            before = bucket[1]


def _search(counts, rank):
    """The first that reaches the rank, as a binary search finds it among NaN."""
    low, high = 0, len(counts) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if counts[middle] >= rank else (middle + 1, high)
    return low


def quantile(phi, buckets, version):
    """buckets: [(upper bound, count)], in any order."""
    if math.isnan(phi) or not 0 <= phi <= 1:
        return phi * math.inf if not 0 <= phi <= 1 else math.nan
    buckets = _merged(buckets)
    if buckets[-1][0] != math.inf:
        return math.nan
    (_mend_old if version == model.OLD else _mend_new)(buckets)
    uppers, counts = zip(*buckets)
    if len(buckets) < 2 or counts[-1] == 0:
        return math.nan
    rank = phi * counts[-1]
    b = _search(counts, rank)
    if b == len(buckets) - 1:
        return uppers[-2]
    if b == 0 and uppers[0] <= 0:
        return uppers[0]
    start, count = (uppers[b - 1], counts[b] - counts[b - 1]) if b else (0.0, counts[0])
    rank -= counts[b - 1] if b else 0
    part = rank / count if count else math.nan if rank == 0 else math.copysign(math.inf, rank)
    return start + (uppers[b] - start) * part


def quantiles(phis, counts, version):
    """{(labels, time): value}; phis: {time: value}, counts: {(labels, time): count}. The
    caller has no two metrics of equal labels."""
    groups = collections.defaultdict(list)
    for (labels, time_ms), count in counts.items():
        try:
            upper = float(dict(labels).get("le", ""))
        except ValueError:
            continue
        rest = tuple(x for x in labels if x[0] not in ("le", "__name__"))
        groups[rest, time_ms].append((upper, count))
    return {at: quantile(phis[at[1]], buckets, version) for at, buckets in groups.items()}
