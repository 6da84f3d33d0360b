-- Sessions of earlier settings. None until every session of today's is subscribed: what they still get, nobody else does.
select client_id as "clientId" from broker_session
where broker = $1::text and owner = $2::text and client_id <> all ($3::text[])
  and (select count(*) from broker_session
    where broker = $1::text and owner = $2::text and client_id = any ($3::text[]) and settled) = cardinality($3::text[])
