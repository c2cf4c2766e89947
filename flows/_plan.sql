-- name: tables
-- purpose: what an integration hands to the plan, and what the plan hands back, which only the run itself needs
create or replace table documents (
    kind text, document_id text, record_id text, found_at text, label text, amount decimal(18, 2), currency text,
    reference text, natural_key text, target_id text, payload text, payload_hash uuid, fields text,
    fields_hash uuid, base text, mirrored boolean, ignored_because text, held_because text, waits_because text
);
create or replace table mirror (
    kind text, target_id text, reference text, natural_key text, fields text, fields_hash uuid, record text,
    locked_because text
);
create or replace temp table plan (
    kind text, document_id text, action text, because text, drift boolean, target_id text, payload_hash uuid,
    candidates text[]
);

-- name: sentences
-- purpose: why a document is not posted, in the words that finance reads, in the language of this integration
create or replace table sentences as
select code, sentence
from (values
    ('pt-BR', 'several', 'Há mais de um registro no destino que corresponde a este documento; deixe só um'),
    ('pt-BR', 'contested', 'Mais de um documento corresponde ao mesmo registro no destino'),
    ('pt-BR', 'identify', '; ou identifique lá o certo com a referência '),
    ('pt-BR', 'refused', 'O destino recusou este conteúdo: '),
    ('pt-BR', 'changed', 'Mudou na origem depois de lançado, e o destino não permite alterar; ajuste no destino à mão'),
    ('pt-BR', 'differs', 'Já está no destino com outro conteúdo, e o destino não permite alterar; ajuste no destino à mão'),
    ('pt-BR', 'edited', 'Foi alterado no destino à mão depois de lançado'),
    ('pt-BR', 'overwritten', 'Foi alterado no destino à mão depois de lançado; o que a origem diz foi gravado de novo'),
    ('pt-BR', 'gone', 'Não está mais no destino, onde já tinha sido lançado; nada foi lançado de novo'),
    ('pt-BR', 'not_sent', 'Não foi enviado nesta execução; a próxima tenta de novo'),
    ('es-CL', 'several', 'Hay más de un registro en el destino que corresponde a este documento; deje uno solo'),
    ('es-CL', 'contested', 'Más de un documento corresponde al mismo registro en el destino'),
    ('es-CL', 'identify', '; o identifique allá el correcto con la referencia '),
    ('es-CL', 'refused', 'El destino rechazó este contenido: '),
    ('es-CL', 'changed', 'Cambió en el origen después de contabilizado, y el destino no permite cambiarlo; ajústelo allá a mano'),
    ('es-CL', 'differs', 'Ya está en el destino con otro contenido, y el destino no permite cambiarlo; ajústelo allá a mano'),
    ('es-CL', 'edited', 'Fue cambiado a mano en el destino después de contabilizado'),
    ('es-CL', 'overwritten', 'Fue cambiado a mano en el destino después de contabilizado; se grabó de nuevo lo que dice el origen'),
    ('es-CL', 'gone', 'Ya no está en el destino, donde había sido contabilizado; no se contabilizó de nuevo'),
    ('es-CL', 'not_sent', 'No se envió en esta ejecución; la próxima lo intenta de nuevo')
) as words(language, code, sentence)
where language = getvariable('language');

-- name: take_documents
-- purpose: the documents of a kind as the integration computes them (view "block"), with digests of their content:
-- 128 bits of SHA-256, so that a million comparisons stay cheap and readable
insert into documents by name
select *, $kind as kind, sha256(payload)[:32]::uuid as payload_hash, sha256(fields)[:32]::uuid as fields_hash
from block;

-- name: take_mirror
-- purpose: what the target holds, as the integration reads it (view "block")
insert into mirror by name select *, sha256(fields)[:32]::uuid as fields_hash from block;

-- name: repeated
-- purpose: a document or a record of the target that the integration's SQL names twice would be decided on twice
select document_id from documents where kind = $kind group by document_id having count(*) > 1
union all
select target_id from mirror where kind = $kind group by target_id having count(*) > 1
limit 5;

-- name: decide
-- purpose: the decision table, the same for every integration: documents + mirror + ledger → actions
insert into plan
with mirrored_kind as (
    select target_id, reference, natural_key, fields_hash, locked_because from mirror where kind = $kind
),
linked as (
    select document_id, target_id from links_now where kind = $kind
),
held as (
    select document_id as record_id, string_agg(
        because || if(shown is null, '', ' (' || shown || ')'), '; ' order by position
    ) as because
    from breaches
    where len(kinds) = 0 or list_contains(kinds, $kind)
    group by document_id
),
known as (
    select documents.document_id, documents.reference, documents.natural_key, documents.payload_hash,
        documents.fields_hash, documents.mirrored, documents.ignored_because,
        coalesce(nullif(concat_ws('; ', held.because, documents.held_because), ''), documents.waits_because)
            as held_because,
        coalesce(linked.target_id, documents.target_id) as known_target,
        standing.posted_hash, standing.posted_fields_hash, standing.last_event, standing.last_hash,
        standing.last_entry,
        standing.posted_entry is not null as was_posted,
        documents.payload_hash is not distinct from standing.posted_hash as same_content
    from documents
    left join linked using (document_id)
    left join ledger.standing on standing.kind = $kind and standing.document_id = documents.document_id
    left join held using (record_id)
    where documents.kind = $kind
),
refusals as (
    select entry, because from ledger.attempts where kind = $kind and event = 'rejected'
),
strangers as (
    select document_id, reference, natural_key from known where known_target is null
),
unclaimed as (
    select target_id, reference, natural_key from mirrored_kind
    where (reference in (select reference from strangers) or natural_key in (select natural_key from strangers))
        and target_id not in (select target_id from linked)
),
by_reference as (
    select strangers.document_id, unclaimed.target_id from strangers join unclaimed using (reference)
),
by_nature as (
    select strangers.document_id, unclaimed.target_id from strangers join unclaimed using (natural_key)
    where unclaimed.reference is null
        and strangers.document_id not in (select document_id from by_reference)
),
candidates as (
    select document_id, list(target_id order by target_id) as targets, bool_or(claims > 1) as contested
    from (
        select document_id, target_id, count(*) over (partition by target_id) as claims
        from (from by_reference union all by name from by_nature)
    )
    group by document_id
),
compared as (
    select known.*, candidates.targets, candidates.contested,
        found.target_id as found_target, found.locked_because,
        was_posted and found_target is not null and found.fields_hash is distinct from posted_fields_hash
            and found.fields_hash is distinct from known.fields_hash as edited,
        was_posted and found_target is null and coalesce(mirrored, false) as gone,
        found_target is not null
            and (known.fields_hash is null or found.fields_hash is not distinct from known.fields_hash) as as_wanted,
        known.fields_hash is distinct from posted_fields_hash as fields_changed
    from known
    left join candidates using (document_id)
    left join mirrored_kind as found on found.target_id = coalesce(
        known.known_target, if(len(candidates.targets) = 1, candidates.targets[1], null)
    )
),
judged as (
    select *, case
        when ignored_because is not null then 'ignore'
        when held_because is not null then 'hold'
        when not was_posted and contested then 'hold:contested'
        when not was_posted and len(targets) > 1 then 'hold:several'
        when gone then 'drift:gone'
        when was_posted and $on_change = 'ignore' then 'skip'
        when was_posted and same_content and edited and $on_drift = 'report' then 'drift:edited'
        when was_posted and same_content and edited then 'update:overwritten'
        when was_posted and same_content then 'skip'
        when last_event = 'rejected' and last_hash is not distinct from payload_hash then 'hold:refused'
        -- what cannot be compared may still differ: it is taken as done only where it could not be sent
        when was_posted and as_wanted and (fields_changed or locked_because is not null or $on_change = 'hold')
            then 'adopt'
        when was_posted and $on_change = 'hold' then 'hold:changed'
        when was_posted and edited and $on_drift = 'report' then 'drift:edited'
        when was_posted and edited then 'update:overwritten'
        when was_posted then 'update'
        when found_target is not null and (as_wanted or $on_change = 'ignore') then 'link'
        when found_target is not null and $on_change = 'hold' then 'hold:differs'
        when found_target is not null then 'update'
        when last_event in ('sending', 'unknown') and not coalesce(mirrored, false) then 'find'
        else 'create'
    end as wish,
    if(locked_because is not null and wish like 'update%', 'hold:locked', wish) as verdict,
    ' (' || array_to_string(targets, ', ') || ')' as said_targets
    from compared
)
select
    $kind, judged.document_id, split_part(verdict, ':', 1) as action,
    case verdict
        when 'ignore' then ignored_because
        when 'hold' then held_because
        when 'hold:locked' then locked_because
        when 'hold:refused' then concat(sentences.sentence, refusal.because)
        when 'hold:several' then concat(sentences.sentence, said_targets, identify.sentence || judged.reference)
        when 'hold:contested' then concat(sentences.sentence, said_targets, identify.sentence || judged.reference)
        else sentences.sentence
    end as because,
    (edited or gone) and verdict not in ('ignore', 'hold') as drift,
    coalesce(found_target, known_target) as target_id, judged.payload_hash, targets
from judged
left join refusals as refusal on refusal.entry = if(verdict = 'hold:refused', judged.last_entry, null)
left join sentences on sentences.code = nullif(split_part(verdict, ':', 2), '')
left join sentences as identify on identify.code = 'identify';

-- name: actions
-- purpose: what is to be sent for a kind, with its content, the target's record as last read, and, where the answer
-- was lost, the content that was sent then
select plan.kind, plan.document_id, plan.action, plan.payload_hash, documents.fields, plan.target_id, documents.reference,
    documents.payload, coalesce(mirror.record, documents.base) as base,
    sent.payload_hash as sent_hash, sent.fields as sent_fields, sent.because as said,
    linked.target_id as linked_target
from plan
join documents using (kind, document_id)
left join ledger.standing on standing.kind = plan.kind and standing.document_id = plan.document_id
left join ledger.linked on linked.kind = plan.kind and linked.document_id = plan.document_id
left join ledger.attempts as sent on sent.entry = if(plan.action = 'find', standing.last_entry, null)
left join mirror on mirror.kind = plan.kind and mirror.target_id = plan.target_id
where plan.kind = $kind and plan.action in ('create', 'update', 'find')
order by plan.document_id;

-- name: planned
-- purpose: the plan as a person reads it: every action with what was written, what stands there, what is wanted
create or replace table planned as
select plan.kind, plan.document_id, documents.label, plan.action, plan.because, plan.drift, documents.amount,
    documents.currency, plan.target_id, posted.fields as last_written, mirror.fields as in_target,
    coalesce(documents.fields, documents.payload) as wanted, plan.candidates
from plan
join documents using (kind, document_id)
left join mirror on mirror.kind = plan.kind and mirror.target_id = plan.target_id
left join ledger.standing on standing.kind = plan.kind and standing.document_id = plan.document_id
left join ledger.attempts as posted on posted.entry = standing.posted_entry
where plan.drift or plan.action not in ('skip', 'ignore');
