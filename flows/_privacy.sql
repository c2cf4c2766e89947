-- name: named
-- purpose: which values of the classified columns may stand in a text: those whose first word does, as people compare
-- words. A join on a word costs what the names and the texts cost together; each name with each text would be both times
with known as (select distinct folded(value) as value from ({columns}))
select value from known
where length(value) >= $shortest and regexp_extract(value, '[\p{{L}}\p{{N}}_]+') in (select unnest($words));
