-- name: beginning
-- purpose: since when deals are ours: a window before the first run, which does not move on with the days; and since
-- when they are read now: the first run of a day reads all of that time, for what was won with an older date
select
    (first_day - $window::integer)::date,
    (if(is_first_of_the_day, first_day, getvariable('today')) - $window::integer)::date
from (
    select
        coalesce(min(as_of)::date, getvariable('today')) as first_day,
        not coalesce(bool_or(as_of::date = getvariable('today')), false) as is_first_of_the_day
    from ledger.runs
    where not dry_run and (summary ->> '$.kinds') <> '{}'
)

-- name: runs
-- purpose: how many runs there were
select count(*) from ledger.runs
