-- name: outcomes
-- purpose: what became of every document of this run: exactly one outcome each
create or replace table outcomes as
with sent as (
    select kind, document_id, arg_max(event, entry) as event, arg_max(verb, entry) as verb,
        arg_max_null(because, entry) as because
    from ledger.attempts
    where run_id = getvariable('run_id')
    group by kind, document_id
)
select
    plan.kind, plan.document_id, documents.label, documents.currency, documents.amount as source_amount,
    plan.drift, plan.action = 'notice' as is_notice,
    case
        when plan.action = 'ignore' then 'ignored'
        when plan.action = 'hold' then 'held_back'
        when plan.action = 'unknown' then 'unknown'
        when plan.action = 'link' or (plan.action in ('skip', 'notice', 'drift', 'gone') and sent.event = 'linked') then 'linked'
        when plan.action in ('skip', 'adopt', 'drift', 'gone', 'notice') then 'unchanged'
        when getvariable('dry_run') then if(plan.action = 'update', 'updated', 'created')
        when sent.event = 'posted' then if(sent.verb = 'update', 'updated', 'created')
        when sent.event = 'linked' then 'linked'
        when sent.event = 'rejected' then 'rejected'
        when sent.event in ('sending', 'accepted', 'unknown') then 'unknown'
        else 'not_sent'
    end as outcome,
    -- what is posted is told as it was posted
    if(outcome in ('unchanged', 'linked'), coalesce(standing.posted_amount, documents.amount), documents.amount) as amount,
    coalesce(sent.because, plan.because, if(outcome = 'not_sent', (select sentence from sentences where code = 'not_sent'), null))
        as because
from plan
join documents using (kind, document_id)
left join sent using (kind, document_id)
left join ledger.standing on standing.kind = plan.kind and standing.document_id = plan.document_id;

-- name: totals
-- purpose: the bridge: per kind, currency and outcome, how many and how much. What was posted stands in it as it was
-- posted; "changed_since" is what the source says of it now, more or less
create or replace table bridge as
select kind, currency, outcome, count(*) as documents, coalesce(sum(amount), 0)::decimal(18, 2) as amount
from outcomes
group by all
union all
select kind, currency, 'changed_since', 0, sum(coalesce(source_amount, 0) - coalesce(amount, 0))::decimal(18, 2)
from outcomes where coalesce(source_amount, 0) <> coalesce(amount, 0)
group by all
union all
select kind, currency, 'drift', count(*), coalesce(sum(amount), 0)::decimal(18, 2)
from outcomes where drift
group by all
union all
select kind, currency, 'notice', count(*), coalesce(sum(amount), 0)::decimal(18, 2)
from outcomes where is_notice
group by all
union all
select kind, currency, 'read', count(*), coalesce(sum(amount), 0)::decimal(18, 2)
from documents
group by all;

-- name: gaps
-- purpose: where the bridge does not close: documents without an outcome, or amounts that went missing
select kind, coalesce(currency, '') as currency,
    sum(if(outcome = 'read', documents, 0)) as documents_read,
    sum(if(outcome not in ('read', 'drift', 'notice'), documents, 0)) as documents_told,
    sum(if(outcome = 'read', amount, 0)) as amount_read,
    sum(if(outcome not in ('read', 'drift', 'notice'), amount, 0)) as amount_told
from bridge
group by kind, coalesce(currency, '')
having documents_read <> documents_told or amount_read <> amount_told;

-- name: control_gaps
-- purpose: where the documents do not add up to what was read from the source (the integration's block "control")
select control.kind, control.documents, coalesce(sum(bridge.documents), 0) as told,
    control.amount, coalesce(sum(bridge.amount), 0) as amount_told
from control
left join bridge on bridge.kind = control.kind and bridge.outcome = 'read'
group by control.kind, control.documents, control.amount
having control.documents <> told or coalesce(control.amount, 0) <> amount_told;

-- name: sent_gaps
-- purpose: where the bridge and the ledger disagree about what was posted in this run
with told as (
    select kind, count(*) as documents from outcomes where outcome in ('created', 'updated') group by kind
),
recorded as (
    select kind, count(distinct document_id) as documents
    from ledger.attempts
    where run_id = getvariable('run_id') and event = 'posted' and verb <> 'adopt'
    group by kind
)
select coalesce(told.kind, recorded.kind) as kind, coalesce(told.documents, 0) as told,
    coalesce(recorded.documents, 0) as recorded
from told
full join recorded using (kind)
where coalesce(told.documents, 0) <> coalesce(recorded.documents, 0);

-- name: reasons
-- purpose: what waits, for a person or for the next run, with its reason, largest amount first
select kind, document_id, label, amount, currency, outcome, because
from outcomes
where outcome in ('held_back', 'rejected', 'unknown', 'not_sent')
order by amount desc nulls last, kind, document_id;

-- name: reasons_in_short
-- purpose: the most frequent reasons of each outcome and how many there are; where several documents share one, it
-- stands without the values shown in brackets, but with those that are part of a rule's sentence
with kept as (
    select coalesce(list(bracket), []) as brackets
    from (select unnest(regexp_extract_all(because, ' \([^()]*\)')) as bracket from breaches)
)
select outcome, if(documents = 1, in_full, reason), currency, documents, amount, count(*) over (partition by outcome)
from (
    select outcome, list_reduce(
            list_prepend(because, list_filter(
                regexp_extract_all(because, ' \([^()]*\)'), lambda bracket: not list_contains(brackets, bracket)
            )),
            lambda told, bracket: replace(told, bracket, '')
        ) as reason,
        currency, count(*) as documents, sum(amount) as amount, any_value(because) as in_full
    from (
        select outcome, because, currency, amount from outcomes
        where outcome in ('held_back', 'rejected', 'unknown', 'not_sent')
        union all
        select 'notice', because, currency, amount from outcomes where is_notice
    )
    cross join kept
    group by outcome, reason, currency
)
qualify row_number() over (partition by outcome order by documents desc, amount desc nulls last, reason) <= 8
order by outcome, documents desc, amount desc nulls last, reason;

-- name: posted_so_far
-- purpose: how many documents this run has posted, however it ends
select count(distinct (kind, document_id)) from ledger.attempts
where run_id = getvariable('run_id') and event = 'posted';

-- name: drifts
-- purpose: what was changed in the target by hand: last written, what stands there, what the source says
select kind, document_id, label, amount, currency, because, last_written, in_target, wanted
from planned
where drift
order by amount desc nulls last, kind, document_id;
