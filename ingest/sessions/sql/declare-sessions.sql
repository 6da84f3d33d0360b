insert into broker_session (broker, client_id, owner)
select $1::text, client_id, $2::text from unnest($3::text[]) as wanted (client_id)
on conflict (broker, client_id) do nothing
