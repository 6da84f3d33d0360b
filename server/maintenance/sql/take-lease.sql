-- One row if the lease is ours, or was free, or had run out; none if somebody else has it.
insert into maintenance_lease (holder, until)
values ($1::text, clock_timestamp() + $2::int * interval '1 second')
on conflict (only_row) do update set holder = excluded.holder, until = excluded.until
where maintenance_lease.holder = excluded.holder or maintenance_lease.until < clock_timestamp()
returning holder
