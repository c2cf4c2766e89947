-- name: tables
-- purpose: what an integration hands to the plan, and what the plan hands back, which only the run itself needs
create or replace table documents (
    kind text, document_id text, record_id text, found_at text, label text, amount decimal(18, 2), currency text,
    reference text, natural_key text[], target_id text, payload text, payload_hash uuid, fields text,
    fields_hash uuid, base text, mirrored boolean, stage integer, ignored_because text, held_because text,
    waits_because text, noticed_because text
);
create or replace table mirror (
    kind text, target_id text, reference text, natural_key text[], fields text, fields_hash uuid, record text,
    lives boolean not null, stage integer, shown text, locked_because text
);
create or replace temp table plan (
    kind text, document_id text, action text, because text, drift boolean, target_id text, payload_hash uuid,
    candidates text[]
);
create or replace temp table censuses (kind text, document_id text, is_gone boolean);

-- name: sentences
-- purpose: why a document is not posted, in the words that finance reads, in the language of this integration
create or replace table sentences as
select code, sentence
from (values
    ('pt-BR', 'several', 'Há mais de um registro no destino que corresponde a este documento; deixe só um'),
    ('pt-BR', 'contested', 'Mais de um documento corresponde ao mesmo registro no destino'),
    ('pt-BR', 'identify', '; ou identifique lá o certo com a referência '),
    ('pt-BR', 'unclear', 'Não dá para saber se já está no destino: falta, ou não se lê, o que o identifica'),
    ('pt-BR', 'dead', 'Está no destino com a nossa referência, mas não vale mais lá; reabra-o lá, ou tire dele a referência'),
    ('pt-BR', 'unwritable', 'Contém um sinal que nenhum sistema aceita; corrija o texto na origem'),
    ('pt-BR', 'refused', 'O destino recusou este conteúdo: '),
    ('pt-BR', 'changed', 'Mudou na origem depois de lançado, e o destino não permite alterar; ajuste no destino à mão'),
    ('pt-BR', 'differs', 'Já está no destino com outro conteúdo, e o destino não permite alterar; ajuste no destino à mão'),
    ('pt-BR', 'edited', 'Foi alterado no destino à mão depois de lançado'),
    ('pt-BR', 'overwritten', 'Foi alterado no destino à mão depois de lançado; o que a origem diz foi gravado de novo'),
    ('pt-BR', 'gone', 'Não está mais no destino, onde já tinha sido lançado; nada foi lançado de novo'),
    ('pt-BR', 'repriced', 'Mudou na origem depois de lançado, e não é enviado de novo: lançado com {posted}, na origem {amount}'),
    ('pt-BR', 'broken', 'Depois de lançado: '),
    ('pt-BR', 'open', 'Foi enviado, e ainda não se sabe se chegou; é procurado no destino antes de ser enviado de novo'),
    ('pt-BR', 'not_sent', 'Não foi enviado nesta execução; a próxima tenta de novo'),
    ('es-CL', 'several', 'Hay más de un registro en el destino que corresponde a este documento; deje uno solo'),
    ('es-CL', 'contested', 'Más de un documento corresponde al mismo registro en el destino'),
    ('es-CL', 'identify', '; o identifique allá el correcto con la referencia '),
    ('es-CL', 'unclear', 'No se puede saber si ya está en el destino: falta, o no se lee, lo que lo identifica'),
    ('es-CL', 'dead', 'Está en el destino con nuestra referencia, pero ya no vale allá; reábralo allá, o quítele la referencia'),
    ('es-CL', 'unwritable', 'Contiene un signo que ningún sistema acepta; corrija el texto en el origen'),
    ('es-CL', 'refused', 'El destino rechazó este contenido: '),
    ('es-CL', 'changed', 'Cambió en el origen después de contabilizado, y el destino no permite cambiarlo; ajústelo allá a mano'),
    ('es-CL', 'differs', 'Ya está en el destino con otro contenido, y el destino no permite cambiarlo; ajústelo allá a mano'),
    ('es-CL', 'edited', 'Fue cambiado a mano en el destino después de contabilizado'),
    ('es-CL', 'overwritten', 'Fue cambiado a mano en el destino después de contabilizado; se grabó de nuevo lo que dice el origen'),
    ('es-CL', 'gone', 'Ya no está en el destino, donde había sido contabilizado; no se contabilizó de nuevo'),
    ('es-CL', 'repriced', 'Cambió en el origen después de contabilizado, y no se envía de nuevo: contabilizado por {posted}, en el origen {amount}'),
    ('es-CL', 'broken', 'Después de contabilizado: '),
    ('es-CL', 'open', 'Fue enviado, y aún no se sabe si llegó; se busca en el destino antes de enviarlo de nuevo'),
    ('es-CL', 'not_sent', 'No se envió en esta ejecución; la próxima lo intenta de nuevo')
) as words(language, code, sentence)
where language = getvariable('language');

-- name: take_documents
-- purpose: the documents of a kind as the integration computes them (view "block"), with digests of their content:
-- 128 bits of SHA-256, so that a million comparisons stay cheap and readable
insert into documents by name
select *, $kind as kind, sha256(payload)[:32]::uuid as payload_hash, sha256(fields)[:32]::uuid as fields_hash
from block;

-- name: take_waiting
-- purpose: what waits since an earlier run and is wanted no more, as the integration says (table "waited"): it waits for
-- nothing
insert into documents by name
select kind, document_id, document_id as record_id, label, currency, '{}' as payload,
    sha256('{}')[:32]::uuid as payload_hash, because as ignored_because
from waited
where kind = $kind and document_id not in (select document_id from documents where kind = $kind);

-- name: take_mirror
-- purpose: what the target holds, as the integration reads it (view "block")
insert into mirror by name select *, sha256(fields)[:32]::uuid as fields_hash from block;

-- name: repeated
-- purpose: a document or a record of the target that the integration's SQL names twice would be decided on twice
select document_id from documents where kind = $kind group by document_id having count(*) > 1
union all
select target_id from mirror where kind = $kind group by target_id having count(*) > 1
limit 5;

-- name: known
-- purpose: each document of the kind with all that the ledger and the posting rules say of it. It is open where the
-- ledger knows that it may have been sent and not what became of it, or that a person wants it looked for
create or replace temp table known as
with held as (
    select document_id as record_id, string_agg(
        because || if(shown is null, '', ' (' || shown || ')'), '; ' order by position
    ) as because
    from breaches
    where len(kinds) = 0 or list_contains(kinds, getvariable('kind'))
    group by document_id
)
select
    documents.document_id, documents.reference, documents.natural_key, documents.payload_hash, documents.fields_hash,
    documents.amount, documents.currency, coalesce(documents.mirrored, false) as is_covered, documents.stage,
    documents.ignored_because, documents.noticed_because,
    coalesce(nullif(concat_ws('; ', held.because, documents.held_because), ''), documents.waits_because)
        as held_because,
    coalesce(linked.target_id, documents.target_id) as known_target,
    standing.posted_entry is not null as was_posted, standing.posted_hash, standing.posted_fields_hash,
    standing.posted_amount, standing.last_event, standing.last_hash, standing.last_entry,
    last_event = 'rejected' and last_hash is not distinct from documents.payload_hash
        and (getvariable('refusals') = 'hold' or standing.last_as_of::date >= getvariable('today')) as is_refused,
    documents.payload_hash is not distinct from standing.posted_hash as same_content,
    coalesce(standing.is_open, false) as is_open,
    -- what no XML and no JSON carries, or a content that could not be put together; a cheap look first
    documents.payload is null or contains(documents.payload, chr(65534)) or contains(documents.payload, chr(65535))
        or contains(documents.payload, '\u') and regexp_matches(
            documents.payload, '(^|[^\\])(\\\\)*\\u(00[01][0-9a-f]|fff[ef])', 'i'
        ) as is_unwritable
from documents
left join (
    select document_id, target_id from links_now where kind = getvariable('kind')
) as linked using (document_id)
left join ledger.standing
    on standing.kind = getvariable('kind') and standing.document_id = documents.document_id
left join held using (record_id)
where documents.kind = getvariable('kind');

-- name: candidates
-- purpose: for documents that have no record of theirs yet, the records that may be it: by our reference, whether they
-- still live or not, a living one rather than a dead one; else, by nature, those that live and carry no reference.
-- A record whose key is only partly readable may be the document's where all that is readable agrees; its first part
-- is whom it concerns
create or replace temp table candidates as
with strangers as (
    select document_id, reference, natural_key, list_count(natural_key) = len(natural_key) as is_whole
    from known where known_target is null
),
unclaimed as (
    select target_id, reference, natural_key, lives, shown, list_count(natural_key) = len(natural_key) as is_whole
    from mirror
    where kind = getvariable('kind')
        and target_id not in (select target_id from links_now where kind = getvariable('kind'))
),
by_reference as (
    select strangers.document_id, target_id, lives, shown
    from strangers join unclaimed using (reference)
    qualify lives or not bool_or(lives) over (partition by strangers.document_id)
),
nameless as (
    from unclaimed where lives and reference is null
),
by_nature as (
    select strangers.document_id, target_id, nameless.lives, shown
    from strangers join nameless using (natural_key)
    where strangers.is_whole and strangers.document_id not in (select document_id from by_reference)
),
unclear as (
    select strangers.document_id, target_id, shown
    from strangers
    join nameless on nameless.natural_key[1] = strangers.natural_key[1]
        and len(nameless.natural_key) = len(strangers.natural_key)
    where not (nameless.is_whole and strangers.is_whole)
        and strangers.document_id not in (select document_id from by_reference)
        and list_bool_and(list_transform(
            list_zip(nameless.natural_key, strangers.natural_key), lambda pair: coalesce(pair[1] = pair[2], true)
        ))
),
claims as (
    select *, 'reference' as found_by, count(*) over (partition by target_id) as claims from by_reference
    union all by name
    select *, 'nature' as found_by, count(*) over (partition by target_id) as claims from by_nature
    union all by name
    select *, true as lives, 'unclear' as found_by, 1 as claims from unclear
)
select document_id, min(found_by) as found_by, bool_or(found_by = 'unclear') as is_unclear,
    list(target_id order by target_id) as targets, list(coalesce(shown, target_id) order by target_id) as shown,
    bool_or(claims > 1) as is_contested
from claims
group by document_id;

-- name: compared
-- purpose: each document beside the one record that is its counter-entry or would become it, and what differs
create or replace temp table compared as
select known.*, candidates.targets, candidates.shown, candidates.found_by,
    coalesce(is_contested, false) as is_contested, coalesce(len(candidates.targets) > 1, false) as are_several,
    not was_posted and known_target is null and (
        coalesce(is_unclear, false)
        or known.natural_key is not null and list_count(known.natural_key) < len(known.natural_key)
            and found_by is distinct from 'reference'
    ) as is_unclear,
    found.target_id as found_target, found.locked_because, coalesce(found.lives, true) as lives,
    was_posted and found_target is not null and posted_fields_hash is not null
        and found.fields_hash is distinct from posted_fields_hash and found.fields_hash is distinct from known.fields_hash as was_edited,
    found_target is not null
        and (known.fields_hash is null or found.fields_hash is not distinct from known.fields_hash) as as_wanted,
    known.fields_hash is distinct from posted_fields_hash as fields_changed,
    coalesce(found.stage > known.stage, false) as is_past,
    was_posted and found_target is null and is_covered as is_missing
from known
left join candidates using (document_id)
left join mirror as found on found.kind = getvariable('kind') and found.target_id = coalesce(
    known.known_target,
    if(len(candidates.targets) = 1 and not candidates.is_unclear and not candidates.is_contested, candidates.targets[1], null)
);

-- name: missing
-- purpose: what was posted, is still wanted, and does not stand where it should: asked for by its id before anybody
-- calls it gone; in an order of its own each day, where there are too many for one run
select document_id, known_target
from compared
where is_missing and ignored_because is null and known_target is not null
order by hash(document_id || getvariable('today'));

-- name: decide
-- purpose: the decision table, the same for every integration: what was posted, what stands there, what is wanted
insert into plan
with judged as (
    select compared.*, case
        when was_posted and (ignored_because is not null or is_past) then 'skip'
        when is_gone then 'gone:gone'
        when was_posted and getvariable('on_change') = 'ignore' then 'skip'
        when was_posted and was_edited and (same_content or getvariable('on_change') = 'notice') then
            if(getvariable('on_drift') = 'report' or held_because is not null or locked_because is not null
                or getvariable('on_change') = 'notice', 'drift:edited', 'update:overwritten')
        when was_posted and (same_content or getvariable('on_change') = 'notice') then case
            when noticed_because is not null then 'notice'
            when not same_content and amount is distinct from posted_amount and posted_amount is not null
                then 'notice:repriced'
            -- what is compared has another form since an update of the software: noted, so that it stays comparable
            when as_wanted and fields_changed and fields_hash is not null then 'adopt'
            when held_because is not null then 'notice:broken'
            else 'skip'
        end
        -- what cannot be compared may still differ: it is taken as done only where it could not be sent
        when was_posted and as_wanted
            and (fields_changed or locked_because is not null or getvariable('on_change') = 'hold') then 'adopt'
        when was_posted and is_refused then 'hold:refused'
        when was_posted and held_because is not null then 'hold'
        when was_posted and getvariable('on_change') = 'hold' then 'hold:changed'
        when was_posted and was_edited and getvariable('on_drift') = 'report' then 'drift:edited'
        when was_posted and locked_because is not null then 'hold:locked'
        when was_posted and is_unwritable then 'hold:unwritable'
        when was_posted then if(was_edited, 'update:overwritten', 'update')
        -- from here on it was never posted. A record with our reference is its own, whatever the source says by now
        when is_open and found_target is null and found_by is distinct from 'reference' then 'unknown:open'
        when is_past then 'skip'
        when found_by = 'reference' and found_target is not null and lives
            and (ignored_because is not null or held_because is not null) then 'link'
        when known_target is not null and as_wanted and ignored_because is null then 'link'
        when ignored_because is not null then 'ignore'
        when held_because is not null then 'hold'
        when is_contested then 'hold:contested'
        when is_unclear then 'hold:unclear'
        when are_several then 'hold:several'
        when found_by = 'reference' and not lives then if(locked_because is null, 'hold:dead', 'hold:locked')
        when found_target is not null and (as_wanted or getvariable('on_change') in ('ignore', 'notice')) then 'link'
        when is_refused then 'hold:refused'
        when found_target is not null and getvariable('on_change') = 'hold' then 'hold:differs'
        when found_target is not null and locked_because is not null then 'hold:locked'
        when is_unwritable then 'hold:unwritable'
        when found_target is not null then 'update'
        else 'create'
    end as verdict,
    coalesce(' (' || array_to_string(shown, ', ') || ')', '') as said_shown
    from compared
    left join censuses on censuses.kind = getvariable('kind') and censuses.document_id = compared.document_id
),
refusals as (
    select entry, because from ledger.attempts where kind = getvariable('kind') and event = 'rejected'
)
select
    getvariable('kind'), judged.document_id, split_part(verdict, ':', 1) as action,
    case verdict
        when 'ignore' then ignored_because
        when 'hold' then held_because
        when 'notice' then noticed_because
        when 'notice:broken' then sentences.sentence || held_because
        when 'notice:repriced' then replace(replace(
            sentences.sentence, '{posted}', money_text(posted_amount, currency)),
            '{amount}', coalesce(money_text(amount, currency), '?'))
        when 'hold:locked' then locked_because
        when 'hold:refused' then concat(sentences.sentence, refusal.because)
        when 'hold:unclear' then concat(
            sentences.sentence, said_shown, if(len(targets) > 0, identify.sentence || judged.reference, null)
        )
        when 'hold:several' then concat(sentences.sentence, said_shown, identify.sentence || judged.reference)
        when 'hold:contested' then concat(sentences.sentence, said_shown, identify.sentence || judged.reference)
        else sentences.sentence
    end as because,
    action in ('drift', 'gone') or verdict = 'update:overwritten' as drift,
    coalesce(found_target, known_target) as target_id,
    -- what is linked as it stands, and not as it is wanted, was not posted with this content
    if(verdict = 'link' and not as_wanted and getvariable('on_change') not in ('ignore', 'notice'), null, judged.payload_hash)
        as payload_hash,
    targets
from judged
left join refusals as refusal on refusal.entry = if(verdict = 'hold:refused', judged.last_entry, null)
left join sentences on sentences.code = nullif(split_part(verdict, ':', 2), '')
left join sentences as identify on identify.code = 'identify';

-- name: actions
-- purpose: what is to be sent for a kind, with its content and the target's record as last read
select plan.kind, plan.document_id, plan.action, plan.payload_hash, documents.fields, plan.target_id,
    documents.reference, documents.payload, documents.amount, documents.currency,
    coalesce(mirror.record, documents.base) as base, linked.target_id as linked_target
from plan
join documents using (kind, document_id)
left join ledger.linked on linked.kind = plan.kind and linked.document_id = plan.document_id
left join mirror on mirror.kind = plan.kind and mirror.target_id = plan.target_id
where plan.kind = $kind and plan.action in ('create', 'update')
order by plan.document_id;

-- name: open
-- purpose: what may have been sent, by any run, and nobody knows what became of it: by what was sent then, or, where an
-- older version kept nothing of it, by what is wanted now
select standing.kind, standing.document_id, 'create' as action, standing.last_event,
    coalesce(sent.payload_hash, documents.payload_hash) as payload_hash, coalesce(sent.fields, documents.fields) as fields,
    coalesce(sent.amount, documents.amount) as amount, coalesce(sent.currency, documents.currency) as currency,
    coalesce(sent.sent ->> 'target_id', documents.target_id) as target_id,
    coalesce(sent.sent ->> 'reference', documents.reference) as reference,
    coalesce(sent.sent -> 'payload', documents.payload) as payload, documents.base as base, standing.receipt,
    sent.recorded_at as sent_at, linked.target_id as linked_target
from ledger.standing
left join ledger.attempts as sent on sent.entry = standing.sent_entry
left join documents on documents.kind = standing.kind and documents.document_id = standing.document_id
left join ledger.linked on linked.kind = standing.kind and linked.document_id = standing.document_id
where standing.kind = $kind and standing.is_open and coalesce(sent.sent, documents.payload) is not null
order by standing.document_id;

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
