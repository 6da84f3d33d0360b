-- Chunks of a hypertable that end before a moment and are not compressed, oldest first.
select format('%I.%I', chunk_schema, chunk_name) as chunk
from timescaledb_information.chunks
where hypertable_schema = current_schema() and hypertable_name = $1::text
  and range_end < $2::timestamptz and not is_compressed
order by range_start
