-- name: open
-- purpose: documents of which nobody knows whether they were sent
select kind, document_id from ledger.standing where is_open order by all;

-- name: newest
-- purpose: when the ledger was written to last
select max(recorded_at) from ledger.attempts;
