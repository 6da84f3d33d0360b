-- Whether this is the WebAssembly build, and whether TimescaleDB's own scheduler runs for this database.
select version() ~* 'emscripten' as embedded,
  exists (
    select from pg_stat_activity
    where backend_type like 'TimescaleDB Background Worker Scheduler%' and datname = current_database()
  ) as "hasScheduler"
