-- Primary keys first, then by their text: generated names would differ from one making to the next.
select r.relname as "table", pg_get_constraintdef(c.oid) as definition
from pg_constraint c
join pg_class r on r.oid = c.conrelid and r.relkind = 'r'
where r.relnamespace = current_schema()::regnamespace and c.contype in ('p', 'u', 'c', 'f')
order by r.relname, array_position('{p,u,f,c}'::"char"[], c.contype), 2
