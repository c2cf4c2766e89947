-- name: drop_links_now
-- purpose: what only the run itself needs does not reach analysts
drop view last_run.links_now;

-- name: drop_pretended
-- purpose: idem
drop table last_run.pretended;

-- name: drop_outlived
-- purpose: idem
drop table last_run.outlived;

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

-- name: comment_personal_data
-- purpose: where the machinery keeps what sources gave it: contents, names people go by, free text, refusals
comment on column last_run.breaches.shown is 'Personal data: the value that broke the rule';
comment on column last_run.documents.label is 'Personal data: free text';
comment on column last_run.documents.reference is 'Our reference in the target';
comment on column last_run.documents.natural_key is 'Personal data: what the target knows the document by';
comment on column last_run.documents.payload is 'Personal data: the content exactly as sent';
comment on column last_run.documents.fields is 'Personal data: what is compared with the target';
comment on column last_run.documents.base is 'Personal data: the record of the target as last read';
comment on column last_run.documents.held_because is 'Personal data: why the document is held back';
comment on column last_run.documents.noticed_because is 'Personal data: what somebody should know of it';
comment on column last_run.mirror.shown is 'Personal data: what a person finds the record by';
comment on column last_run.mirror.natural_key is 'Personal data: what the record is known by';
comment on column last_run.mirror.fields is 'Personal data: what is compared with the source';
comment on column last_run.mirror.record is 'Personal data: the whole record as it came';
comment on column last_run.outcomes.label is 'Personal data: free text';
comment on column last_run.outcomes.because is 'Personal data: why, also in the words of the target';
comment on column last_run.planned.label is 'Personal data: free text';
comment on column last_run.planned.because is 'Personal data: why, also in the words of the target';
comment on column last_run.planned.last_written is 'Personal data: what was written last';
comment on column last_run.planned.in_target is 'Personal data: what stands in the target';
comment on column last_run.planned.wanted is 'Personal data: what the source says';

-- name: as_it_came
-- purpose: where whole records, or parts of them that could not be read, are kept as they came, and nobody has said so yet
select schema_name, columns.table_name, column_name
from duckdb_columns() as columns
join duckdb_tables() as tables using (database_name, schema_name, table_name)
where database_name = current_database() and not temporary
    and column_name in (select unnest($names)) and columns.comment is null
order by all;

-- name: personal_values
-- purpose: what the classified columns hold
create or replace temp table personal_values (value text, what text);

-- name: take_values
-- purpose: the values of one classified column; short ones, and short free text, are as likely words of a business
insert into personal_values
select distinct lower({column}), $what
from {table}
where length({column}) >= if($what = 'free text', 20, 5);

-- name: text_columns
-- purpose: the text columns of the last run that nobody has commented on
select schema_name, columns.table_name, column_name
from duckdb_columns() as columns
join duckdb_tables() as tables using (database_name, schema_name, table_name)
where schema_name = 'last_run' and not temporary and data_type in ('VARCHAR', 'JSON') and columns.comment is null
order by all;

-- name: holds
-- purpose: what of the classified values a column holds, if any
select what from personal_values where value in (select lower({column}::text) from {table}) order by what limit 1;
