-- Plain tables and hypertables of the schema, with what makes a hypertable of them.
select c.relname as name, obj_description(c.oid, 'pg_class') as comment, array_to_string(c.reloptions, ', ') as options,
  d.column_name as "timeColumn", d.time_interval::text as "chunkInterval"
from pg_class c
left join timescaledb_information.dimensions d
  on d.hypertable_schema = current_schema() and d.hypertable_name = c.relname and d.dimension_number = 1
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
order by c.relname
