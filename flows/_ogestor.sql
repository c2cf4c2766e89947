-- name: plain_word
-- purpose: a word of the screens by its letters alone, as `plain` of connections/_ogestor.py reads it
create or replace temp macro plain_word(word) as regexp_replace(folded(word), '[^a-z0-9]', '', 'g');

-- name: compared_name
-- purpose: a name as it is compared: the ERP may keep its first 60 signs only (so does the published analogue)
create or replace temp macro compared_name(name) as rtrim(left(folded(name), 60));

-- name: invoice_state
-- purpose: the state that the panel's word for an invoice means; null for a word that is not known
create or replace temp macro invoice_state(word) as
    cast(getvariable('invoice_states')::json as map(varchar, varchar))[plain_word(word)];

-- name: situation
-- purpose: the state that the ERP's word for a receivable or a slip means; null for a word that is not known
create or replace temp macro situation(word) as
    cast(getvariable('situations')::json as map(varchar, varchar))[plain_word(word)];

-- name: as_code
-- purpose: a code as it is sent: a number where it is one, as the contract shows them, else the text that it is
create or replace temp macro as_code(code) as
    if(regexp_full_match(code, '0|[1-9]\d{0,17}'), code::json, to_json(code));

-- name: waiting
-- purpose: what this integration has not ended: held back, refused, not sent or without an answer, however old it is
create or replace temp view waiting as
select decided.kind, decided.document_id
from ledger.decided
left join ledger.standing using (kind, document_id)
where decided.action in ('hold', 'unknown')
    or (decided.action in ('create', 'update') and coalesce(last_event, '') not in ('posted', 'linked'));

-- name: last_written
-- purpose: what was written last of each record of the target: what a listing does not show is taken to be so still
create or replace temp view last_written as
select standing.kind, linked.target_id, arg_max(attempts.fields, posted_entry) as fields
from ledger.standing
join ledger.attempts on attempts.entry = posted_entry
join ledger.linked on linked.kind = standing.kind and linked.document_id = standing.document_id
group by standing.kind, linked.target_id;
