-- name: without_nulls
-- purpose: a struct as JSON text without its empty fields, every digit kept: DuckDB's own JSON functions read numbers
-- as doubles. Field names are plain words; inside a text every quote is escaped, so that nothing there looks like one
create or replace temp macro without_nulls(content) as
    regexp_replace(regexp_replace(to_json(content)::text, ',"\w+":null', '', 'g'), '"\w+":null,?', '', 'g');

-- name: named
-- purpose: the id of a record of the source; one that came without an id is held back under a name made of its content
create or replace temp macro named(id, content) as coalesce(id, 'sem-id-' || sha256(content)[:12]);

-- name: is_nameless
-- purpose: whether an id is such a name: nobody can be asked for it
create or replace temp macro is_nameless(id) as contains(id, 'sem-id-');

-- name: joined
-- purpose: two JSON objects as one, every digit kept; a field of both has the second one's value
create or replace temp macro joined(first, second) as
    case '{}' when first then second when second then first else left(first, -1) || ',' || second[2:] end;

-- name: folded
-- purpose: a name as people compare it, everywhere: no accents, no capitals, one apostrophe, nothing invisible, single
-- spaces of one kind
create or replace temp macro folded(name) as
    lower(strip_accents(nfc_normalize(trim(regexp_replace(
        regexp_replace(
            regexp_replace(name, '[’‘ʼ´`′]', '''', 'g'),
            '[\x{00AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{FEFF}]', '', 'g'
        ),
        '[\s\x{000B}\x{001C}-\x{001F}\x{0085}\x{00A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]+', ' ', 'g'
    )))));

-- name: as_word
-- purpose: a word of a vendor's list, however it is written: Em andamento is EM_ANDAMENTO
create or replace temp macro as_word(text) as upper(replace(folded(text), ' ', '_'));

-- name: dotted_rut
-- purpose: a bare RUT with its dots and its hyphen: 12345678K is 12.345.678-K
create or replace temp macro dotted_rut(bare) as
    replace(format('{:,}', try_cast(left(bare, -1) as bigint)), ',', '.') || '-' || right(bare, 1);

-- name: in_pesos
-- purpose: an amount as it is written in Chile: $ 1.234.567, decimals only where there are some
create or replace temp macro in_pesos(amount) as
    if(amount < 0, '-$ ', '$ ') || replace(format('{:,}', abs(trunc(amount))::bigint), ',', '.')
    || if(amount = trunc(amount), '', ',' || rtrim(split_part(abs(amount)::text, '.', 2), '0'));

-- name: listed
-- purpose: aggregate: those texts for which the condition holds, once each, in one order
create or replace temp macro listed(words, condition) as
    string_agg(distinct words, ', ' order by words) filter (where condition);

-- name: wide
-- purpose: a vendor's number before it is multiplied by another one: DuckDB multiplies decimals of 18 digits within 18
create or replace temp macro wide(number) as number::decimal(38, 9);

-- name: money_text
-- purpose: an amount as it is written in Brazil and Chile: R$ 1.234,56; a peso has no cents
create or replace temp macro money_text(amount, currency) as
    case currency when 'BRL' then 'R$ ' when 'CLP' then '$ ' else coalesce(currency || ' ', '') end
    || if(amount < 0, '-', '') || replace(format('{:,}', abs(trunc(amount))::bigint), ',', '.')
    || if(currency = 'CLP' and amount = trunc(amount), '', ',' || split_part(abs(amount)::decimal(18, 2)::text, '.', 2));
