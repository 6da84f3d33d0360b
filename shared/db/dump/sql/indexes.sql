-- Indexes that no constraint made.
select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_class r on r.oid = i.indrelid and r.relkind = 'r'
where r.relnamespace = current_schema()::regnamespace
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
order by r.relname, c.relname
