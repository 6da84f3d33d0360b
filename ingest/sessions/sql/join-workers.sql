-- Says that this program is alive, forgets those that are not, and gives those that are, the longest running first.
with gone as (
  delete from ingest_worker where broker = $1::text and owner = $2::text and alive_until < clock_timestamp()
), mine as (
  insert into ingest_worker (broker, owner, worker, started_at, alive_until)
  values ($1::text, $2::text, $3::text, clock_timestamp(), clock_timestamp() + $4::int * interval '1 millisecond')
  on conflict (broker, owner, worker) do update set alive_until = excluded.alive_until
  returning worker, started_at
)
select worker from (
  select worker, started_at from mine
  union all
  select worker, started_at from ingest_worker
  where broker = $1::text and owner = $2::text and worker <> $3::text and alive_until >= clock_timestamp()
) as alive
order by started_at, worker
