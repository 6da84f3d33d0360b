select xid::text as xid, seq::text as seq, (extract(epoch from closed_slot) * 1000)::float8 as "closedSlot",
  (extract(epoch from saved_at) * 1000)::float8 as "savedAt", registry_version as "registryVersion"
from engine_position
