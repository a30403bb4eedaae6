"""Parquet files in both directions with Apache Arrow: its files for our reader, and what it reads in ours.

    python3 -m venv --system-site-packages VENV && VENV/bin/pip install pyarrow
    VENV/bin/python reference/lake/make_parquet.py     # the library must be built
"""
import base64
import datetime as dt
import io
import json
import pathlib
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "values/lake/parquet.json"
EPOCH = dt.datetime(1970, 1, 1)


def cell(v):
    """A value as JSON: moments in milliseconds."""
    if isinstance(v, dt.datetime):
        v = v.replace(tzinfo=None) - EPOCH
        return (v.days * 86_400_000_000 + v.seconds * 1_000_000 + v.microseconds) / 1000
    if isinstance(v, dt.date):
        return (v - EPOCH.date()).days * 86_400_000
    return v


def columns(table):
    return {name: [cell(v) for v in table.column(name).to_pylist()] for name in table.column_names}


n = 120
gaps = lambda f, every: [None if i % every == every // 2 else f(i) for i in range(n)]
moment = lambda i: EPOCH + dt.timedelta(days=137 * i - 4000, microseconds=1_000_500 * i)
words = ["Oslo", "Rome", "Lima", "Zürich", ""]
wide = pa.table(
    {
        "i8": pa.array(gaps(lambda i: i - 60, 7), pa.int8()),
        "u16": pa.array(gaps(lambda i: i * 500, 9), pa.uint16()),
        "i32": pa.array(range(n), pa.int32()),
        "u32": pa.array(gaps(lambda i: 4_000_000_000 + i, 11), pa.uint32()),
        "i64": pa.array(gaps(lambda i: (i - 60) * 2**46, 13), pa.int64()),
        "f32": pa.array(gaps(lambda i: i / 8, 5), pa.float32()),
        "f64": pa.array(gaps(lambda i: i / 3, 6), pa.float64()),
        "flag": pa.array(gaps(lambda i: i % 3 == 0, 8), pa.bool_()),
        "text": pa.array(gaps(lambda i: f"row {i} {'é' * (i % 3)}", 10), pa.string()),
        "city": pa.array(gaps(lambda i: words[(i * i) % 5], 12), pa.string()),
        "dict": pa.array(gaps(lambda i: words[i % 3], 14), pa.string()).dictionary_encode(),
        "day": pa.array(gaps(lambda i: moment(i).date(), 15), pa.date32()),
        "ms": pa.array(gaps(lambda i: moment(i).replace(microsecond=1000 * (i % 999)), 16), pa.timestamp("ms")),
        "us": pa.array(gaps(moment, 17), pa.timestamp("us")),
        "ns": pa.array(gaps(moment, 18), pa.timestamp("ns")),
        "none": pa.array([None] * n, pa.float64()),
    }
)
required = pa.table(
    {"a": pa.array(range(50), pa.int32()), "s": pa.array([f"s{i % 6}" for i in range(50)], pa.string())},
    schema=pa.schema([pa.field("a", pa.int32(), nullable=False), pa.field("s", pa.string(), nullable=False)]),
)
repeated = pa.table({"k": [f"k{i // 50}" for i in range(1000)], "v": [i // 70 for i in range(1000)]})
variants = [
    ("snappy, dictionaries", wide, dict(compression="snappy")),
    ("no compression, plain", wide, dict(compression="none", use_dictionary=False)),
    ("gzip, groups of 50 rows", wide, dict(compression="gzip", row_group_size=50)),
    ("pages of version 2", wide, dict(data_page_version="2.0", compression="snappy")),
    ("checksums, small pages", wide, dict(write_page_checksum=True, data_page_size=64, write_batch_size=16)),
    ("dictionary that overflows", wide, dict(dictionary_pagesize_limit=100, write_batch_size=16, data_page_size=64)),
    ("required columns", required, dict()),
    ("long runs", repeated, dict(compression="none")),
    ("no rows", wide.slice(0, 0), dict()),
]
theirs = []
for name, table, options in variants:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    file = pq.ParquetFile(io.BytesIO(sink.getvalue()))
    nulls = {column: table.column(column).null_count for column in table.column_names}
    theirs.append(
        dict(name=name, file=base64.b64encode(sink.getvalue()).decode(), groups=file.num_row_groups, nulls=nulls,
             columns="wide" if table is wide else columns(table))
    )

refused = []
for name, table, options in [
    ("nested", pa.table({"a": [[1, 2], [3]]}), {}),
    ("zstd", pa.table({"a": [1.5, 2.5]}), dict(compression="zstd")),
    ("decimal", pa.table({"a": pa.array([1, 2], pa.decimal128(9, 2))}), {}),
    ("binary", pa.table({"a": pa.array([b"\xff", b"a"], pa.binary())}), {}),
    ("beyond 2^53", pa.table({"a": pa.array([2**53 + 1], pa.int64())}), {}),
    ("delta", pa.table({"a": pa.array(range(9), pa.int64())}), dict(use_dictionary=False, column_encoding={"a": "DELTA_BINARY_PACKED"})),
]:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    refused.append(dict(name=name, file=base64.b64encode(sink.getvalue()).decode()))

ours = []
for text in json.loads(subprocess.run(["node", HERE / "write_ours.mjs"], check=True, capture_output=True).stdout):
    data = base64.b64decode(text)
    table = pq.read_table(io.BytesIO(data), page_checksum_verification=True)
    file = pq.ParquetFile(io.BytesIO(data))
    statistics = []
    for g in range(file.num_row_groups):
        one = {}
        for j, name in enumerate(table.column_names):
            s = file.metadata.row_group(g).column(j).statistics
            one[name] = [cell(s.min) if s.has_min_max else None, cell(s.max) if s.has_min_max else None, s.null_count]
        statistics.append(one)
    ours.append(dict(file=text, types=[str(t) for t in table.schema.types], columns=columns(table), statistics=statistics))

OUT.write_text(
    json.dumps(dict(pyarrow=pa.__version__, wide=columns(wide), theirs=theirs, refused=refused, ours=ours), ensure_ascii=False) + "\n"
)
print(OUT.stat().st_size)
