-- name: entries_are_told_apart
-- purpose: No entry number stands twice.
select 'entry ' || entry
from (
    select entry from ledger.decisions
    union all select entry from ledger.attempts
    union all select entry from ledger.links
    union all select entry from ledger.breaches
    union all select entry from ledger.acts
)
group by entry
having count(*) > 1
order by entry;

-- name: runs_have_begun
-- purpose: Whatever a run recorded, it had begun before.
select 'run ' || run_id
from (
    select run_id from ledger.decisions
    union select run_id from ledger.attempts
    union select run_id from ledger.links
    union select run_id from ledger.breaches
    union select run_id from ledger.acts
    union select run_id from ledger.run_ends
)
anti join ledger.run_starts using (run_id)
order by run_id;

-- name: tokens_rise
-- purpose: Each run had a token of its own, higher than those of all runs before it.
select 'run ' || run_id
from (select run_id, token, max(token) over (order by rowid rows between unbounded preceding and 1 preceding) as before
    from ledger.run_starts)
where token <= before
order by token;

-- name: steps_end_what_was_begun
-- purpose: What the target answered was sent before, by the same run, or was looked for.
select attempts.kind || ' ' || attempts.document_id
from ledger.attempts as attempts
where event in ('accepted', 'rejected', 'not_sent') and verb in ('create', 'update')
    and not exists (
        from ledger.attempts as sent
        where sent.event = 'sending' and sent.run_id = attempts.run_id and sent.kind = attempts.kind
            and sent.document_id = attempts.document_id and sent.entry < attempts.entry
    )
order by all;

-- name: decided_is_what_the_log_says
-- purpose: What was decided last is the last decision of the log.
with told as (
    select kind, document_id, action, because, payload_hash, amount, currency, fields, run_id
    from ledger.decisions
    qualify row_number() over (partition by kind, document_id order by entry desc) = 1
),
kept as (select kind, document_id, action, because, payload_hash, amount, currency, fields, run_id from ledger.decided)
select distinct kind || ' ' || document_id
from ((from told except from kept) union all (from kept except from told))
order by all;

-- name: linked_is_what_the_log_says
-- purpose: The counter-entry of a document is the last link of the log since it was begun anew.
with told as (
    select kind, document_id, target_id
    from ledger.links
    where not exists (
        from ledger.attempts as anew
        where anew.event = 'reopened' and anew.kind = links.kind and anew.document_id = links.document_id
            and anew.entry >= links.entry
    )
    qualify row_number() over (partition by kind, document_id order by entry desc) = 1
),
kept as (select kind, document_id, target_id from ledger.linked)
select distinct kind || ' ' || document_id
from ((from told except from kept) union all (from kept except from told))
order by all;

-- name: standing_is_what_the_log_says
-- purpose: How a document stands is its last step in the log, and the last one that posted it since it was begun anew.
with newest as (
    select kind, document_id, entry as last_entry, event as last_event, payload_hash as last_hash
    from ledger.attempts
    qualify row_number() over (partition by kind, document_id order by entry desc) = 1
),
posted as (
    select kind, document_id, entry as posted_entry, payload_hash as posted_hash
    from ledger.attempts
    where event in ('posted', 'linked') and not exists (
        from ledger.attempts as anew
        where anew.event = 'reopened' and anew.kind = attempts.kind and anew.document_id = attempts.document_id
            and anew.entry >= attempts.entry
    )
    qualify row_number() over (partition by kind, document_id order by entry desc) = 1
),
told as (
    select kind, document_id, last_entry, last_event, last_hash, posted_entry, posted_hash
    from newest left join posted using (kind, document_id)
),
kept as (
    select kind, document_id, last_entry, last_event, last_hash, posted_entry, posted_hash from ledger.standing
)
select distinct kind || ' ' || document_id
from ((from told except from kept) union all (from kept except from told))
order by all;
