-- name: breaches
-- purpose: one row per rule that does not hold of a document; documents that keep every rule leave before anything is
-- unfolded
create or replace table {into} as
with
rules as (
    select
        unnest($positions::integer[]) as position,
        unnest($facts::varchar[]) as fact,
        unnest($sentences::varchar[]) as because,
        unnest($kinds::varchar[][]) as kinds
),
breached as (
    select document_id, list_filter([{breaches}], lambda breach: breach is not null) as breaches
    from {facts}
    where ({every_fact}) is not true
),
unfolded as (
    select document_id, unnest(breaches) as breach, breaches[1].nth as first_nth
    from breached
)
select
    document_id,
    position,
    fact,
    because,
    breach.shown as shown,
    position = first_nth as is_first,
    kinds
from unfolded
join rules on rules.position = breach.nth
