-- name: links_now
-- purpose: which record of the target stands for which document, including what a dry run pretends to have posted, and
-- without the links of a register that are followed no more
create or replace table pretended (kind text, document_id text, target_id text, run_id text);
create or replace table outlived (kind text, document_id text, target_id text);
create or replace view links_now as
select kind, document_id, target_id, run_id from ledger.linked
where (kind, document_id, target_id) not in (from outlived)
union all by name
from pretended;

-- name: pretend
-- purpose: in a dry run, what would be posted counts as posted for the kinds that follow
insert into pretended
select kind, document_id, coalesce(target_id, '0'), getvariable('run_id')
from plan
where kind = $kind and action in ('create', 'update', 'link', 'adopt')
    and document_id not in (select document_id from links_now where kind = $kind);

-- name: count_actions
-- purpose: how many documents of a kind were decided on, by action
select action, count(*) from plan where kind = $kind group by action order by action;
