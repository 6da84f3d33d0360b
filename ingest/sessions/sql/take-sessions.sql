-- Takes up to $6 of the named sessions that nobody else holds, in the order in which they are named.
update broker_session as session
set holder = $4::text, held_until = clock_timestamp() + $5::int * interval '1 millisecond'
from (
  select broker, client_id from broker_session
  where broker = $1::text and owner = $2::text and client_id = any ($3::text[])
    and (holder is null or holder = $4::text or held_until < clock_timestamp())
  order by array_position($3::text[], client_id)
  limit $6::int
  for update skip locked
) as free
where session.broker = free.broker and session.client_id = free.client_id
returning session.client_id as "clientId", session.filters, session.settled, session.seen_at as "seenAt",
  session.lost_at as "lostAt", (extract(epoch from session.lost_after) * 1000)::bigint as "lostAfterMs"
