insert into engine_position (xid, seq, closed_slot, saved_at, registry_version)
values ($1::text::xid8, $2::bigint, $3::timestamptz, $4::timestamptz, $5::bigint)
on conflict (only_row) do update
set xid = excluded.xid, seq = excluded.seq, closed_slot = excluded.closed_slot, saved_at = excluded.saved_at,
  registry_version = excluded.registry_version
