-- Keeps a session's lease and what is known of it. No row: it is somebody else's by now.
update broker_session
set held_until = clock_timestamp() + $4::int * interval '1 millisecond', filters = $5::text[], settled = $6::boolean,
  seen_at = $7::timestamptz, lost_at = $8::timestamptz, lost_after = $9::bigint * interval '1 millisecond'
where broker = $1::text and client_id = $2::text and holder = $3::text
returning client_id
