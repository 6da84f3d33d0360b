-- Views, functions and triggers; a continuous aggregate with the text it was made from.
select 'view' as kind, c.relname as name, coalesce(a.view_definition, pg_get_viewdef(c.oid, true)) as definition,
  obj_description(c.oid, 'pg_class') as comment, a.view_name is not null as continuous
from pg_class c
left join timescaledb_information.continuous_aggregates a
  on a.view_schema = current_schema() and a.view_name = c.relname
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'v'
union all
select 'function', p.proname, pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'), false
from pg_proc p
where p.pronamespace = current_schema()::regnamespace and p.prokind in ('f', 'p')
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
union all
select 'trigger', t.tgname, pg_get_triggerdef(t.oid), null, false
from pg_trigger t
join pg_class r on r.oid = t.tgrelid
where r.relnamespace = current_schema()::regnamespace and not t.tgisinternal and t.tgname not like 'ts\_%'
order by 1, 2
