delete from broker_session where broker = $1::text and client_id = $2::text and holder = $3::text
