-- name: schema
-- purpose: the permanent memory: rows are only ever added, by the run that holds the newest token. This is the first
-- version of the schema; what came since stands in the migrations, which every file goes through in turn
create sequence if not exists ledger.entry_numbers;

create table if not exists ledger.run_starts (
    run_id text, token bigint, integration text, tenant text, as_of timestamptz, dry_run boolean,
    prefect_run_id text, version text, started_at timestamptz
);
create table if not exists ledger.run_ends (
    run_id text, state text, message text, summary json, ended_at timestamptz
);
create table if not exists ledger.decisions (
    entry bigint default nextval('ledger.entry_numbers'), run_id text, kind text, document_id text,
    record_id text, found_at text, action text, because text, label text, amount decimal(18, 2), currency text,
    payload_hash uuid, fields text, recorded_at timestamptz
);
create table if not exists ledger.attempts (
    entry bigint default nextval('ledger.entry_numbers'), run_id text, kind text, document_id text, verb text,
    event text, payload_hash uuid, fields text, fields_hash uuid, target_id text, because text,
    recorded_at timestamptz
);
create table if not exists ledger.links (
    entry bigint default nextval('ledger.entry_numbers'), run_id text, kind text, document_id text,
    target_id text, how text, recorded_at timestamptz
);
create table if not exists ledger.breaches (
    entry bigint default nextval('ledger.entry_numbers'), run_id text, document_id text, event text,
    position integer, fact text, because text, shown text, kinds text[], recorded_at timestamptz
);
create table if not exists ledger.acts (
    entry bigint default nextval('ledger.entry_numbers'), run_id text, person text, act text, recorded_at timestamptz
);
create table if not exists ledger.mappings (version text, content json, recorded_at timestamptz);
create table if not exists ledger.mapping_uses (run_id text, version text);

-- name: migration_2
-- purpose: what was sent and as how much, and what the target gave for it where it books later
alter table ledger.attempts add column amount decimal(18, 2);
alter table ledger.attempts add column currency text;
alter table ledger.attempts add column receipt text;
alter table ledger.attempts add column sent json;

-- name: is_old
-- purpose: whether the file holds a ledger of before it said which version it has
select count(*) filter (where table_name = 'attempts') > 0 and count(*) filter (where table_name = 'meta') = 0
from duckdb_tables() where database_name = 'ledger';

-- name: meta
-- purpose: what the file says of itself, each time that it changed: its newest row counts
create table if not exists ledger.meta (ledger_id text, schema_version integer, views_digest text, noted_at timestamptz);

-- name: version
-- purpose: which schema the file has, and which text its views were made of
select schema_version, views_digest from ledger.meta order by rowid desc limit 1;

-- name: note_version
-- purpose: the file says which schema it has now; its id stays what it was
insert into ledger.meta
select coalesce((select min(ledger_id) from ledger.meta), uuid()::text), $version, $digest, now();

-- name: ledger_id
-- purpose: which ledger this is
select min(ledger_id) from ledger.meta;

-- name: steps
-- purpose: how much it holds that would be missed
select count(*) from ledger.attempts;

-- name: views
-- purpose: what a person reads; unqualified, so that the same text serves the ledger and the published file
create or replace view runs as
select
    started.run_id, started.integration, started.tenant, started.as_of, started.dry_run,
    coalesce(ended.state, 'Running or killed') as state, ended.message, ended.summary,
    started.started_at, ended.ended_at, started.prefect_run_id, started.version
from run_starts as started
left join (
    select run_id, unnest(arg_max({state: state, message: message, summary: summary, ended_at: ended_at}, ended_at))
    from run_ends
    group by run_id
) as ended using (run_id)
order by started.token;

create or replace view reopened as
select kind, document_id, max(entry) as since from attempts where event = 'reopened' group by kind, document_id;

create or replace view standing as
with told as (
    select kind, document_id, entry, event, verb, receipt, event in ('posted', 'linked') and entry > coalesce(since, 0) as is_posted
    from attempts
    left join reopened using (kind, document_id)
),
turns as (
    select kind, document_id, max(entry) filter (where is_posted) as posted_entry, max(entry) as last_entry,
        max(entry) filter (where event = 'sending' and verb <> 'update') as sent_entry,
        max({entry: entry, receipt: receipt}) filter (where event = 'accepted') as accepted
    from told
    group by kind, document_id
)
select
    turns.kind, turns.document_id, posted_entry, posted.payload_hash as posted_hash,
    posted.fields_hash as posted_fields_hash, posted.amount as posted_amount, last_entry,
    newest.event as last_event, newest.payload_hash as last_hash, run_starts.as_of as last_as_of, sent_entry,
    if(accepted.entry > sent_entry, accepted.receipt, null) as receipt,
    posted_entry is null and (
        newest.event in ('retry', 'reopened')
        or newest.event in ('sending', 'accepted', 'unknown') and newest.verb <> 'update'
    ) as is_open
from turns
join attempts as newest on newest.entry = last_entry
left join run_starts on run_starts.run_id = newest.run_id
left join attempts as posted on posted.entry = posted_entry;

create or replace view linked as
select kind, document_id, arg_max(target_id, entry) as target_id, arg_max(run_id, entry) as run_id
from links
left join reopened using (kind, document_id)
where entry > coalesce(since, 0)
group by kind, document_id;

create or replace view decided as
select kind, document_id, unnest(arg_max({
    record_id: record_id, found_at: found_at, action: action, because: because, label: label, amount: amount,
    currency: currency, payload_hash: payload_hash, fields: fields, run_id: run_id, recorded_at: recorded_at
}, entry))
from decisions
group by kind, document_id;

create or replace view documents as
select
    decided.kind, decided.document_id, decided.record_id, decided.label,
    case
        when standing.last_event in ('sending', 'accepted', 'unknown') then 'unknown'
        when standing.last_event = 'rejected' and standing.last_hash = decided.payload_hash then 'rejected'
        when decided.action = 'hold' then 'held back'
        when decided.action = 'gone' and standing.posted_entry is not null then 'gone'
        when standing.posted_entry is not null then 'posted'
        when decided.action = 'ignore' then 'ignored'
        when standing.last_event = 'not_sent' then 'not sent'
        else 'waiting'
    end as state,
    if(state in ('unknown', 'rejected', 'not sent') and decided.action <> 'hold', coalesce(answer.because, decided.because),
        decided.because) as because,
    if(state in ('posted', 'gone'), coalesce(standing.posted_amount, decided.amount), decided.amount) as amount,
    decided.currency,
    linked.target_id, decided.fields, decided.recorded_at as decided_at, decided.run_id, decided.amount as source_amount
from decided
left join standing using (kind, document_id)
left join linked using (kind, document_id)
left join attempts as answer on answer.entry = standing.last_entry;

create or replace view held_back as
select
    documents.kind, documents.document_id, documents.label, documents.amount, documents.currency,
    documents.because, documents.decided_at as since
from documents
where documents.state in ('held back', 'rejected', 'unknown', 'gone')
order by documents.amount desc nulls last;

create or replace view notices as
select
    decided.kind, decided.document_id, decided.label, coalesce(standing.posted_amount, decided.amount) as amount,
    decided.amount as source_amount, decided.currency, decided.because, decided.recorded_at as since
from decided
join standing using (kind, document_id)
where decided.action = 'notice'
order by amount desc nulls last;

create or replace view timeline as
select told.*, coalesce(decided.record_id, told.document_id) as record_id, mapping_uses.version as mapping
from (
    select entry, recorded_at, run_id, kind, document_id, 'decided' as what, action as detail, because, amount,
        fields, null as target_id
    from decisions
    union all
    select entry, recorded_at, run_id, kind, document_id, 'attempt', verb || ': ' || event, because, null, fields,
        target_id
    from attempts
    union all
    select entry, recorded_at, run_id, kind, document_id, 'link', how, null, null, null, target_id
    from links
    union all
    select entry, recorded_at, run_id, null, document_id, 'breach', fact || ': ' || event, because, null, shown, null
    from breaches
) as told
left join decided on decided.kind = told.kind and decided.document_id = told.document_id
left join mapping_uses on mapping_uses.run_id = told.run_id
order by entry;

-- name: comments
-- purpose: what each table and column means, where a person looks for it
comment on table run_starts is 'One row per run started; run_ends says how it ended';
comment on table run_ends is 'How a run ended: named state, message, counts and amounts';
comment on table decisions is 'What was decided for a document, each time the decision changed';
comment on table attempts is 'What was sent: "sending" is written before the call, the outcome after it';
comment on table links is 'Which record of the target is the counter-entry of which document';
comment on table breaches is 'Posting rules broken (opened) and kept again (closed)';
comment on view runs is 'Run history: start, end, state';
comment on view documents is 'Every document: its state, why, its counter-entry in the target';
comment on view held_back is 'What waits for a person, largest amount first, with the reason';
comment on view notices is 'What was posted and needs no posting, but somebody should know of: changed since in the source';
comment on view timeline is 'The whole story of a record: decisions, breaches, attempts, links, in order; ask by record_id';
comment on view standing is 'Per document: what was posted last, and what happened last';
comment on view linked is 'Per document: its counter-entry in the target, if it has one';
comment on view decided is 'Per document: what was decided last';
comment on view reopened is 'Documents that a person asked to begin anew, and since when';
comment on column decisions.action is 'create update link skip hold ignore drift gone notice adopt unknown';
comment on column attempts.event is 'sending accepted posted linked rejected not_sent unknown absent retry reopened requested; unavailable: not_sent, as it was called before';
comment on table acts is 'Who did what: runs, what people asked for, and whom they let do what';
comment on table mappings is 'Every version of the mapping that a run has worked with';
comment on table meta is 'Which ledger this is, and which schema it has';
comment on table mapping_uses is 'Which run worked with which version of the mapping';
comment on column links.how is 'created, or linked to a record that was already there';

-- name: meanings
-- purpose: what a column means wherever it stands, for the columns that have no comment of their own
select table_name, column_name, '''' || replace(meaning, '''', '''''') || '''' as said
from duckdb_columns()
join (values
    ('entry', 'The order in which things were recorded'),
    ('run_id', 'The run that recorded this; see runs'),
    ('token', 'Rises with each run; only the run that holds the highest one may write'),
    ('integration', 'From which system to which'),
    ('tenant', 'Whose books'),
    ('as_of', 'The moment that the run took for now'),
    ('dry_run', 'Whether the run stopped after the plan'),
    ('prefect_run_id', 'The run in the Prefect UI'),
    ('version', 'Of the software; of a mapping, its digest'),
    ('started_at', 'When the run began'),
    ('ended_at', 'When the run ended; empty while it runs, or when it was killed'),
    ('state', 'Of a run: its named state; of a document: posted, held back, rejected, unknown, gone, not sent, ignored or waiting'),
    ('message', 'The state in one sentence'),
    ('summary', 'Counts, amounts and calls, as JSON'),
    ('kind', 'Which part of a record: a party before its document, a document before its settlement'),
    ('document_id', 'The part as the source names it; of a breach: the record'),
    ('record_id', 'The record of the source that the document is a part of'),
    ('found_at', 'Where the source can be asked for this record again'),
    ('action', 'What was decided'),
    ('because', 'Personal data: why, in the words that finance reads or the target answered'),
    ('label', 'Personal data: what a person calls it'),
    ('amount', 'In units of currency, two decimals; of what was posted, as it was posted'),
    ('source_amount', 'What the source says now, in units of currency'),
    ('posted_amount', 'The amount that was posted last'),
    ('receipt', 'What the target gave for a document that it books later'),
    ('sent', 'Personal data: what was sent of that by which it can be looked for, as JSON'),
    ('sent_entry', 'The intent by which it was sent last to be created'),
    ('is_open', 'Whether it may have been sent, or is to be sent again, and must be looked for first'),
    ('currency', 'ISO 4217'),
    ('payload_hash', 'The content: the first 128 bits of its SHA-256'),
    ('fields', 'Personal data: what the target can be compared by, as JSON'),
    ('fields_hash', 'The first 128 bits of the SHA-256 of fields'),
    ('recorded_at', 'When this was recorded'),
    ('verb', 'create update link adopt find ask: what was tried'),
    ('event', 'What became of it'),
    ('target_id', 'The id that the target gave the counter-entry'),
    ('how', 'How the counter-entry came about'),
    ('position', 'Of the rule in its suite'),
    ('fact', 'The rule, named as the truth that must hold'),
    ('shown', 'Personal data: the value that broke the rule'),
    ('kinds', 'Which kinds the breach holds back; none means all'),
    ('person', 'Personal data: who'),
    ('act', 'Personal data: what that person did, and for whom'),
    ('content', 'The mapping itself, as JSON'),
    ('since', 'Since when; of a document begun anew: the last entry before'),
    ('decided_at', 'When this was decided'),
    ('what', 'decided, attempt, link or breach'),
    ('detail', 'What exactly happened'),
    ('mapping', 'The version of the mapping that the run worked with'),
    ('posted_entry', 'The attempt that posted it last'),
    ('posted_hash', 'The content that was posted last'),
    ('posted_fields_hash', 'What could be compared when it was posted last'),
    ('last_entry', 'The last attempt'),
    ('last_event', 'What became of the last attempt'),
    ('last_hash', 'The content of the last attempt'),
    ('ledger_id', 'Of this file, for as long as it lives'),
    ('schema_version', 'How many times the schema has changed'),
    ('views_digest', 'Of the text that the views were made of'),
    ('noted_at', 'Since when'),
    ('last_as_of', 'What the run of the last attempt took for now')
) as meanings(name, meaning) on name = column_name
where database_name = current_database() and schema_name = current_schema();

-- name: begin
-- purpose: a run starts: it takes the next token, which ends the right of every older run to write
insert into ledger.run_starts
select $run_id, 1 + coalesce(max(token), 0), $integration, $tenant, $as_of, $dry_run, $prefect_run_id, $version,
    $now
from ledger.run_starts
returning token;

-- name: end
-- purpose: how a run ended
insert into ledger.run_ends values ($run_id, $state, $message, $summary, $now);

-- name: newest_token
-- purpose: who may write
select max(token) from ledger.run_starts;

-- name: attempts
-- purpose: one step of the posting of each of many documents
insert into ledger.attempts (run_id, kind, document_id, verb, event, payload_hash, fields, fields_hash, target_id,
    because, recorded_at, amount, currency, receipt, sent)
select $run_id, kind, document_id, verb, event, payload_hash, fields, sha256(fields)[:32]::uuid, target_id, because,
    $now, amount, currency, receipt, sent
from (
    select unnest($kind::text[]) as kind, unnest($document_id::text[]) as document_id, unnest($verb::text[]) as verb,
        unnest($event::text[]) as event, unnest($payload_hash::uuid[]) as payload_hash,
        unnest($fields::text[]) as fields, unnest($target_id::text[]) as target_id,
        unnest($because::text[]) as because, unnest($amount::decimal(18, 2)[]) as amount,
        unnest($currency::text[]) as currency, unnest($receipt::text[]) as receipt, unnest($sent::json[]) as sent
);

-- name: links
-- purpose: documents that have their counter-entry
insert into ledger.links (run_id, kind, document_id, target_id, how, recorded_at)
select $run_id, unnest($kind::text[]), unnest($document_id::text[]), unnest($target_id::text[]), unnest($how::text[]),
    $now;

-- name: decide
-- purpose: what was decided for each document of a kind, where it differs from what was decided last
insert into ledger.decisions (run_id, kind, document_id, record_id, found_at, action, because, label, amount,
    currency, payload_hash, fields, recorded_at)
select $run_id, plan.kind, plan.document_id, documents.record_id, documents.found_at, plan.action, plan.because,
    documents.label, documents.amount, documents.currency, documents.payload_hash, documents.fields, $now
from plan
join documents using (kind, document_id)
left join ledger.decided as before using (kind, document_id)
where plan.kind = $kind
    and (plan.action, plan.because, documents.payload_hash, documents.amount, documents.found_at)
        is distinct from (before.action, before.because, before.payload_hash, before.amount, before.found_at);

-- name: forget_nameless
-- purpose: what came without an id was held under a name made of its content: once it comes like that no more, nobody
-- waits for it
insert into ledger.decisions (run_id, kind, document_id, record_id, found_at, action, because, label, amount,
    currency, payload_hash, fields, recorded_at)
select $run_id, kind, document_id, record_id, found_at, 'ignore', null, label, amount, currency, payload_hash, fields, $now
from ledger.decided
where kind = $kind and action = 'hold' and is_nameless(document_id)
    and document_id not in (select document_id from documents where kind = $kind);

-- name: link_found
-- purpose: documents that stand in the target already: linked, and taken as posted with what stands there
insert into ledger.attempts (run_id, kind, document_id, verb, event, payload_hash, fields, fields_hash, target_id,
    recorded_at, amount, currency)
select $run_id, plan.kind, plan.document_id, plan.action, if(plan.action = 'link', 'linked', 'posted'),
    plan.payload_hash, mirror.fields, mirror.fields_hash, plan.target_id, $now, documents.amount, documents.currency
from plan
join mirror using (kind, target_id)
join documents using (kind, document_id)
where plan.kind = $kind and plan.action in ('link', 'adopt');

-- name: link_targets
-- purpose: the link of every document whose counter-entry the mirror showed
insert into ledger.links (run_id, kind, document_id, target_id, how, recorded_at)
select $run_id, plan.kind, plan.document_id, plan.target_id, 'linked', $now
from plan
left join ledger.linked as before using (kind, document_id)
where plan.kind = $kind and plan.action in ('link', 'adopt', 'update')
    and plan.target_id is distinct from before.target_id;

-- name: open_breaches
-- purpose: rules newly broken
insert into ledger.breaches (run_id, document_id, event, position, fact, because, shown, kinds, recorded_at)
select $run_id, breaches.document_id, 'opened', breaches.position, breaches.fact, breaches.because, breaches.shown,
    breaches.kinds, $now
from breaches
left join (
    select document_id, fact, arg_max(event, entry) as event, arg_max_null(shown, entry) as shown
    from ledger.breaches group by document_id, fact
) as before using (document_id, fact)
where before.event is distinct from 'opened' or before.shown is distinct from breaches.shown;

-- name: close_breaches
-- purpose: rules kept again by a document that was judged in this run
insert into ledger.breaches (run_id, document_id, event, position, fact, because, shown, kinds, recorded_at)
select $run_id, before.document_id, 'closed', before.position, before.fact, before.because, null, before.kinds, $now
from (
    select document_id, fact, arg_max(event, entry) as event, arg_max(position, entry) as position,
        arg_max(because, entry) as because, arg_max(kinds, entry) as kinds
    from ledger.breaches group by document_id, fact
) as before
join facts using (document_id)
where before.event = 'opened'
    and not exists (
        from breaches where breaches.document_id = before.document_id and breaches.fact = before.fact
    );

-- name: act
-- purpose: who did something
insert into ledger.acts (run_id, person, act, recorded_at) values ($run_id, $person, $act, $now);

-- name: acts_elsewhere
-- purpose: what people did outside of any run, such as granting access, that this ledger does not know yet
insert into ledger.acts (run_id, person, act, recorded_at)
select $run_id, person, act, moment
from (
    select unnest($persons::text[]) as person, unnest($acts::text[]) as act,
        unnest($moments::timestamptz[]) as moment
)
where (person, act, moment) not in (select (person, act, recorded_at) from ledger.acts);

-- name: mapping
-- purpose: a version of the mapping, the first time that a run works with it
insert into ledger.mappings
select $version, $content, $now where $version not in (select version from ledger.mappings);

-- name: mapping_use
-- purpose: this run works with this version of the mapping
insert into ledger.mapping_uses values ($run_id, $version);
