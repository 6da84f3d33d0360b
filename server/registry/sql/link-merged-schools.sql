update school
set merged_into = target.id
from jsonb_to_recordset($1::jsonb) as r (code text, "mergedInto" text)
left join school as target on target.code = r."mergedInto"
where school.code = r.code and school.merged_into is distinct from target.id
returning school.code
