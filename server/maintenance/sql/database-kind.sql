-- Whether this is the WebAssembly build, and whether TimescaleDB runs jobs here: its launcher starts a scheduler for
-- every database of the server.
select version() ~* 'emscripten' as embedded,
  exists (
    select from pg_stat_activity where backend_type like 'TimescaleDB Background Worker Launcher%'
  ) as "runsJobs"
