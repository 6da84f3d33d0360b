-- Whether the journal still reaches back to a position. It is pruned from its oldest end, in this order.
select exists (select from journal where (xid, seq) <= ($1::text::xid8, $2::bigint)) as holds
