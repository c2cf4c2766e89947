-- name: drop_links_now
-- purpose: what only the run itself needs does not reach analysts
drop view last_run.links_now;

-- name: drop_pretended
-- purpose: idem
drop table last_run.pretended;

-- name: comment_facts
-- purpose: what each table of the last run means, where a person looks for it
comment on table last_run.facts is 'One row per record read, one column per posting rule: true means it holds';

-- name: comment_breaches
-- purpose: idem
comment on table last_run.breaches is 'Every posting rule broken in the last run, with the sentence';

-- name: comment_documents
-- purpose: idem
comment on table last_run.documents is 'What the source wants to stand in the target: the content exactly as sent';

-- name: comment_mirror
-- purpose: idem
comment on table last_run.mirror is 'What stood in the target when the last run read it';

-- name: comment_planned
-- purpose: idem
comment on table last_run.planned is 'What was decided, with what was last written, what stands there and what is wanted';

-- name: comment_outcomes
-- purpose: idem
comment on table last_run.outcomes is 'What became of every document of the last run: exactly one outcome each';

-- name: comment_bridge
-- purpose: idem
comment on table last_run.bridge is 'Counts and amounts per kind, currency and outcome: "read" equals the sum of the others, drift apart';
