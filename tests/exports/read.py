"""What DuckDB and pyarrow make of exported files: a JSON object of sums in exact decimals.

Arguments: a folder with focus.csv, focus.parquet, cur.csv, legacy.csv, cur.parquet, calls.csv, calls.parquet, hours.csv.
"""

import json
import sys

import duckdb
import pyarrow.parquet

folder = sys.argv[1]
FILES = {
    "focus.csv": "BilledCost",
    "focus.parquet": "BilledCost",
    "cur.csv": "line_item_unblended_cost",
    "legacy.csv": '"lineItem/UnblendedCost"',
    "cur.parquet": "line_item_unblended_cost",
    "calls.csv": "cost_usd",
    "calls.parquet": "cost_usd",
    "hours.csv": "cost_usd",
}
answer = {"sums": {}, "rows": {}, "types": {}}
for name, column in FILES.items():
    path = f"{folder}/{name}"
    # As text, so that no guessed float rounds; types are looked at below.
    source = f"read_csv('{path}', all_varchar=true)" if name.endswith(".csv") else f"'{path}'"
    total, rows = duckdb.sql(f"select sum({column}::decimal(38,12))::varchar, count(*) from {source}").fetchone()
    answer["sums"][name], answer["rows"][name] = total, rows
    # And without any option, as people read files.
    guessed = {row[0]: row[1] for row in duckdb.sql(f"describe select * from '{path}'").fetchall()}
    answer["types"][name] = guessed[column.strip('"')]
answer["tokens"] = duckdb.sql(f"select sum(total_tokens)::bigint from '{folder}/calls.parquet'").fetchone()[0]
answer["times"] = {
    "focus.csv": duckdb.sql(f"select typeof(ChargePeriodStart) from '{folder}/focus.csv' limit 1").fetchone()[0],
    "cur.csv": duckdb.sql(f"select typeof(line_item_usage_start_date) from '{folder}/cur.csv' limit 1").fetchone()[0],
    "calls.parquet": duckdb.sql(f"select typeof(time) from '{folder}/calls.parquet' limit 1").fetchone()[0],
}
answer["tags"] = duckdb.sql(
    f"select count(*) from '{folder}/cur.csv' where json_extract_string(resource_tags, '$.user_cost_hook_provider') = 'bedrock'"
).fetchone()[0]
table = pyarrow.parquet.read_table(f"{folder}/calls.parquet")
answer["pyarrow"] = {
    "sum": str(sum(table["cost_usd"].to_pylist())),
    "cost": str(table.schema.field("cost_usd").type),
    "time": str(table.schema.field("time").type),
}
print(json.dumps(answer))
