-- Numbers are given in the order of the list, so the answer is in that order too.
insert into event (at, kind, severity, area_id, school_id, params, simulated)
select e.at, e.kind, e.severity, e.area, e.school, e.params, e.simulated
from jsonb_to_recordset($1::jsonb) as e (n int, at timestamptz, kind text, severity text, area int, school int, params jsonb, simulated boolean)
order by e.n
returning id::text as id
