-- Keeps the broker's count and says by how much it last grew. A smaller count is that of a broker started anew. With
-- $3 the growth is our own doing.
insert into broker_drops as known (broker, dropped) values ($1::text, $2::bigint)
on conflict (broker) do update set
  dropped = excluded.dropped,
  increase = case when excluded.dropped in (known.dropped, 0) or $3::boolean then known.increase
    when excluded.dropped > known.dropped then excluded.dropped - known.dropped
    else excluded.dropped end,
  increased_at = case when excluded.dropped in (known.dropped, 0) or $3::boolean then known.increased_at
    else clock_timestamp() end
returning increase, increased_at as "increasedAt"
