"""The body of a Prometheus remote write 1.0 request: protobuf in a snappy block that holds
literals only."""

import struct

HEADERS = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy",
           "X-Prometheus-Remote-Write-Version": "0.1.0"}

# Bits that no computation yields: the end of a series.
STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]


def is_stale(value):
    return struct.pack("<d", value) == b"\x02\0\0\0\0\0\xf0\x7f"


def _varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number, content):
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _label(name, value):
    return _field(1, _field(1, name.encode()) + _field(2, value.encode()))


def _sample(time_ms, value):
    return _field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(time_ms))


def snappy(content):
    """A snappy block of literals."""
    out = [_varint(len(content))]
    for begin in range(0, len(content), 1 << 16):
        part = content[begin:begin + (1 << 16)]
        out += [b"\xf4", struct.pack("<H", len(part) - 1), part]
    return b"".join(out)


def request(samples):
    """samples: {labels: [(time_ms, value)]}, labels sorted, times not negative."""
    return snappy(b"".join(
        _field(1, b"".join([_label(*pair) for pair in labels] +
                           [_sample(*sample) for sample in points]))
        for labels, points in samples.items() if points))
