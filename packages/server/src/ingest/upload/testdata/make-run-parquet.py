"""Writes run.parquet beside itself. Made with pyarrow 21.0.0: python make-run-parquet.py"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 60
table = pa.table(
    {
        "time": pa.array([1_767_225_600_000_000 + i * 10_000_000 for i in range(ROWS)], pa.timestamp("us", "UTC")),
        "run": pa.array([("base", "wide")[i % 2] for i in range(ROWS)]).dictionary_encode(),
        "loss": pa.array([None if i % 10 == 9 else 1 / (1 + i) for i in range(ROWS)], pa.float64()),
        "step": pa.array(range(ROWS), pa.int64()),
    }
)
pq.write_table(table, Path(__file__).with_name("run.parquet"), compression="zstd", row_group_size=25)
