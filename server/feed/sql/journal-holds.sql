-- Whether the journal still reaches back to a position. It is pruned from its oldest end, in this order. A position
-- ahead of every transaction there has been is of another database, from before this one was restored or copied.
select exists (select from journal where (xid, seq) <= ($1::text::xid8, $2::bigint))
  and $1::text::xid8 < pg_snapshot_xmax(pg_current_snapshot()) as holds
