-- A reader that takes everything seen here from the tables themselves starts with what is not.
select pg_current_snapshot()::text as snapshot
