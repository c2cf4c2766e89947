-- name: tables
-- purpose: the tables of a ledger, and of each the columns that hold amounts, whatever schema it has
select table_name, list(column_name order by column_index) filter (where data_type like 'DECIMAL%')
from duckdb_columns()
join duckdb_tables() using (database_name, schema_name, table_name)
where database_name = 'ledger'
group by table_name
order by table_name;

-- name: count
-- purpose: how much a table holds; each column of amounts adds its sum. Every value is read, so that damage is noticed
select count(hash(told))::text as rows{sums} from ledger.{table} as told;

-- name: sum
-- purpose: the sum of a column of amounts, exact
, coalesce(sum({column}), 0)::text as {column}
