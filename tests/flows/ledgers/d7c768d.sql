-- A ledger as revision d7c768d created it, and what it wrote of five documents: posted, refused, without an answer,
-- turned away, killed while sending.
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

insert into ledger.run_starts values
    ('old1', 1, 'pacto_to_kamino', 'academia', '2026-11-01 12:00:00+00', false, null, '0.0', '2026-11-01 12:00:00+00');
insert into ledger.run_ends values ('old1', 'Posted', '5 read', '{"kinds": {}}', '2026-11-01 12:01:00+00');
insert into ledger.decisions (run_id, kind, document_id, record_id, action, label, amount, currency, payload_hash, fields, recorded_at)
select 'old1', 'receivable', document_id, document_id, 'create', 'document ' || document_id, 10.00, 'BRL',
    sha256('{"content":"A"}')[:32]::uuid, '{"compared":"A"}', '2026-11-01 12:00:01+00'
from (values ('1'), ('2'), ('3'), ('4'), ('5')) as documents(document_id);
insert into ledger.attempts (run_id, kind, document_id, verb, event, payload_hash, fields, fields_hash, target_id, because, recorded_at)
select 'old1', 'receivable', document_id, 'create', event, sha256('{"content":"A"}')[:32]::uuid, '{"compared":"A"}',
    sha256('{"compared":"A"}')[:32]::uuid, target_id, because, '2026-11-01 12:00:02+00'
from (values
    ('1', 'sending', null, null), ('1', 'posted', '7', null), ('2', 'sending', null, null),
    ('2', 'rejected', null, 'Período fechado'), ('3', 'sending', null, null), ('3', 'unknown', null, 'sem resposta'),
    ('4', 'sending', null, null), ('4', 'unavailable', null, 'sem conexão'), ('5', 'sending', null, null)
) as told(document_id, event, target_id, because);
insert into ledger.links (run_id, kind, document_id, target_id, how, recorded_at)
values ('old1', 'receivable', '1', '7', 'created', '2026-11-01 12:00:02+00');
