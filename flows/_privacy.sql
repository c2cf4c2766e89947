-- name: named
-- purpose: which values of the classified columns occur in any of these texts, whatever their case
select distinct known.value
from (select distinct lower(trim(value)) as value from ({columns})) as known
join (select lower(unnest($texts)) as text) as said on contains(said.text, known.value)
where length(known.value) >= $shortest;
