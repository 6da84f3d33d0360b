select compress_chunk($1::text::regclass, true)
