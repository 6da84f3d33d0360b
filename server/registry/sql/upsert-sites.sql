insert into site as s (school_id, code, name, is_main)
select school.id, r.code, r.name, r.main
from jsonb_to_recordset($1::jsonb) as r (school text, code text, name text, main boolean)
join school on school.code = r.school
on conflict (school_id, code) do update set name = excluded.name, is_main = excluded.is_main
where (s.name, s.is_main) is distinct from (excluded.name, excluded.is_main)
returning (select code from school where id = s.school_id) as code
