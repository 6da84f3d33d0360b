-- What the status page says about the database and about simulated devices.
select current_setting('server_version') as postgres,
  (select extversion from pg_extension where extname = 'timescaledb') as timescale,
  (select count(*)::int from device where simulated and (valid_to is null or valid_to >= $1::date)) as "simulatedDevices"
