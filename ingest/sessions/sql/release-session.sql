update broker_session set holder = null, held_until = null
where broker = $1::text and client_id = $2::text and holder = $3::text
