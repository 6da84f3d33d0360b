delete from ingest_worker where broker = $1::text and owner = $2::text and worker = $3::text
