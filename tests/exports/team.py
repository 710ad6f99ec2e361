"""What DuckDB and pyarrow make of a team's files: a JSON object.

Arguments: a folder with focus.parquet and calls.parquet, and a question to DuckDB whose rows are told as they come.
"""

import json
import sys

import duckdb
import pyarrow.parquet

folder, question = sys.argv[1:]
members = f"""
    select json_extract_string(Tags, '$.user'), sum(BilledCost)::varchar from '{folder}/focus.parquet'
    group by 1 order by 1
"""
calls = pyarrow.parquet.read_table(f"{folder}/calls.parquet")
answer = {
    "members": duckdb.sql(members).fetchall(),
    "asked": sorted(duckdb.sql(question).fetchall()),
    "sum": str(sum(calls["cost_usd"].to_pylist())),
    "rows": calls.num_rows,
    "withoutRetries": calls["retries"].null_count,
}
print(json.dumps(answer))
